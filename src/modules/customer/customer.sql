-- name: customer_get
-- in: id int
-- out: id int, name text, email text, country text, language text, zone text, blocked bool, conversation_count int, created_at time, last_seen_at time?, version int, merged_into int
SELECT id, name, email, country, language, zone, blocked, conversation_count, created_at, last_seen_at, version, merged_into
  FROM customer WHERE id = :id;

-- name: customer_briefs
-- in: ids ids
-- all: id int, name text, country text, language text, zone text
SELECT id, name, country, language, zone FROM customer WHERE id @any(:ids);

-- name: customer_page
-- in: before int, most int
-- all: id int, name text, email text, country text, language text, zone text, blocked bool, conversation_count int, created_at time, last_seen_at time?, version int
SELECT id, name, email, country, language, zone, blocked, conversation_count, created_at, last_seen_at, version
  FROM customer WHERE id < :before AND merged_into = 0 ORDER BY id DESC LIMIT :most;

-- name: customer_insert
-- in: name text, email text, country text, language text, zone text, created_at time
-- out: id int
INSERT INTO customer (name, email, country, language, zone, created_at)
VALUES (:name, :email, :country, :language, :zone, :created_at) RETURNING id;

-- name: customer_update
-- in: id int, version int, name text?, country text?, language text?, zone text?, blocked bool?
-- out: version int
UPDATE customer SET version = version + 1
--? name
     , name = :name
--.
--? country
     , country = :country
--.
--? language
     , language = :language
--.
--? zone
     , zone = :zone
--.
--? blocked
     , blocked = :blocked
--.
 WHERE id = :id AND version = :version AND merged_into = 0 RETURNING version;

-- name: customer_learn
-- in: id int, name text, country text, language text, zone text, at time
UPDATE customer SET
  name = CASE WHEN name = '' THEN :name ELSE name END,
  country = CASE WHEN country = '' THEN :country ELSE country END,
  language = CASE WHEN language = '' THEN :language ELSE language END,
  zone = CASE WHEN zone = '' THEN :zone ELSE zone END,
  last_seen_at = :at
 WHERE id = :id;

-- name: customer_set_email
-- in: id int, email text
UPDATE customer SET email = :email, version = version + 1 WHERE id = :id;

-- name: customer_count_conversation
-- in: id int
UPDATE customer SET conversation_count = conversation_count + 1 WHERE id = :id;

-- name: identity_find
-- in: kind text, value text
-- out: customer_id int, verified bool, blocked bool
SELECT i.customer_id, i.verified, c.blocked FROM identity i JOIN customer c ON c.id = i.customer_id
 WHERE i.kind = :kind AND i.value = :value;

-- name: identity_drop_claim
-- doc: Its owner turned up: a mere claim of somebody else's ends.
-- in: kind text, value text
DELETE FROM identity WHERE kind = :kind AND value = :value AND NOT verified;

-- name: customer_forget_email
-- in: id int, email text
UPDATE customer SET email = '', version = version + 1 WHERE id = :id AND email = :email;

-- name: identity_insert
-- in: customer_id int, kind text, value text, verified bool, at time
-- out: id int
INSERT INTO identity (customer_id, kind, value, verified, at)
VALUES (:customer_id, :kind, :value, :verified, :at)
ON CONFLICT (kind, value) DO NOTHING RETURNING id;

-- name: identity_list
-- in: customer_id int
-- as: Identity
-- all: id int, kind text, value text, verified bool
SELECT id, kind, value, verified FROM identity WHERE customer_id = :customer_id ORDER BY id;

-- name: identity_delete
-- in: id int, customer_id int
-- out: id int, kind text, value text
DELETE FROM identity WHERE id = :id AND customer_id = :customer_id RETURNING id, kind, value;

-- name: note_list
-- in: customer_id int
-- as: CustomerNote
-- all: id int, text text, person_id int, at time
SELECT id, text, person_id, at FROM customer_note WHERE customer_id = :customer_id ORDER BY id DESC LIMIT 100;

-- name: note_insert
-- in: customer_id int, person_id int, text text, at time
-- out: id int
INSERT INTO customer_note (customer_id, person_id, text, at) VALUES (:customer_id, :person_id, :text, :at)
RETURNING id;

-- name: note_delete
-- in: id int, customer_id int
-- out: id int
DELETE FROM customer_note WHERE id = :id AND customer_id = :customer_id RETURNING id;
