-- name: visitor_insert
-- in: inbox_id int, client_id text, customer_id int, name text, email text, signed_in bool, language text, page text, at time
-- out: id int
INSERT INTO visitor (inbox_id, client_id, customer_id, name, email, signed, language, page, at, used_at)
VALUES (:inbox_id, :client_id, :customer_id, :name, :email, :signed_in, :language, :page, :at, :at)
ON CONFLICT (inbox_id, client_id) DO NOTHING RETURNING id;

-- name: visitor_by_client
-- in: inbox_id int, client_id text
-- out: id int, inbox_id int, used_at time
SELECT id, inbox_id, used_at FROM visitor WHERE inbox_id = :inbox_id AND client_id = :client_id;

-- name: visitor_get
-- in: id int
-- out: id int, inbox_id int, customer_id int, name text, email text, language text, page text, used_at time
SELECT id, inbox_id, customer_id, name, email, language, page, used_at FROM visitor WHERE id = :id;

-- name: visitor_used
-- doc: Once a day is enough.
-- in: id int, at time, before time
UPDATE visitor SET used_at = :at WHERE id = :id AND used_at < :before;

-- name: visitor_retire
-- doc: Its browser begins anew under the same name.
-- in: id int
UPDATE visitor SET client_id = client_id || '~' || id WHERE id = :id;

-- name: visitor_email
-- in: id int, email text
UPDATE visitor SET email = :email WHERE id = :id;

-- name: visitor_move
-- in: from_id int, to_id int
-- all: id int
UPDATE visitor SET customer_id = :to_id WHERE customer_id = :from_id RETURNING id;

-- name: visitor_move_back
-- in: ids ids, from_id int, to_id int
UPDATE visitor SET customer_id = :to_id WHERE id @any(:ids) AND customer_id = :from_id;
