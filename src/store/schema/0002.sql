-- An index with nothing in it is made by today's rules: there is nothing to make anew.
UPDATE search_state SET version = 2 WHERE NOT EXISTS (SELECT 1 FROM search_doc);
