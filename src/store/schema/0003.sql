-- As in 0002, for the rules of version 3.
UPDATE search_state SET version = 3 WHERE NOT EXISTS (SELECT 1 FROM search_doc);
