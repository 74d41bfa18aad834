-- A token nobody uses lapses.
ALTER TABLE visitor ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0; -- a day it was last used, in ms since 1970 UTC
UPDATE visitor SET used_at = COALESCE((SELECT c.last_seen_at FROM customer c WHERE c.id = visitor.customer_id), at);
