-- name: merge_insert
-- in: into_id int, from_id int, person_id int, at time, filled text
-- out: id int
INSERT INTO customer_merge (into_id, from_id, person_id, at, filled)
VALUES (:into_id, :from_id, :person_id, :at, :filled) RETURNING id;

-- name: merge_get
-- in: id int
-- out: id int, into_id int, from_id int, person_id int, at time, filled text, undone_at time?
SELECT id, into_id, from_id, person_id, at, filled, undone_at FROM customer_merge WHERE id = :id;

-- name: merge_list
-- in: into_id int
-- all: id int, from_id int, from_name text, person_id int, at time, undone_at time?
SELECT m.id, m.from_id, c.name, m.person_id, m.at, m.undone_at
  FROM customer_merge m JOIN customer c ON c.id = m.from_id
 WHERE m.into_id = :into_id ORDER BY m.id DESC LIMIT 50;

-- name: merge_end
-- in: id int, at time
UPDATE customer_merge SET undone_at = :at WHERE id = :id;

-- name: merge_moved_put
-- in: merge_id int, table_name text, ids text
INSERT INTO customer_merge_moved (merge_id, table_name, ids) VALUES (:merge_id, :table_name, :ids);

-- name: merge_moved_get
-- in: merge_id int, table_name text
-- out: ids text
SELECT ids FROM customer_merge_moved WHERE merge_id = :merge_id AND table_name = :table_name;

-- name: merge_into
-- doc: The joined one stays as a sign that says where to look; 0: it stands for itself again.
-- in: id int, into_id int
UPDATE customer SET merged_into = :into_id, version = version + 1 WHERE id = :id;

-- name: merge_fill
-- in: id int, version int, name text, email text, country text, language text, zone text, blocked bool, conversation_count int, last_seen_at time?
-- out: version int
UPDATE customer SET name = :name, email = :email, country = :country, language = :language, zone = :zone,
       blocked = :blocked, conversation_count = :conversation_count, last_seen_at = :last_seen_at,
       version = version + 1
 WHERE id = :id AND version = :version RETURNING version;

-- name: identity_move
-- in: from_id int, to_id int
-- all: id int
UPDATE identity SET customer_id = :to_id WHERE customer_id = :from_id RETURNING id;

-- name: identity_move_back
-- in: ids ids, from_id int, to_id int
UPDATE identity SET customer_id = :to_id WHERE id @any(:ids) AND customer_id = :from_id;

-- name: note_move
-- in: from_id int, to_id int
-- all: id int
UPDATE customer_note SET customer_id = :to_id WHERE customer_id = :from_id RETURNING id;

-- name: note_move_back
-- in: ids ids, from_id int, to_id int
UPDATE customer_note SET customer_id = :to_id WHERE id @any(:ids) AND customer_id = :from_id;

-- name: key_move
-- in: from_id int, to_id int
-- all: id int
UPDATE customer_key SET customer_id = :to_id WHERE customer_id = :from_id RETURNING id;

-- name: key_move_back
-- in: ids ids, from_id int, to_id int
UPDATE customer_key SET customer_id = :to_id WHERE id @any(:ids) AND customer_id = :from_id;

-- name: key_put
-- in: customer_id int, key text
INSERT INTO customer_key (customer_id, key)
SELECT :customer_id, :key WHERE NOT EXISTS (SELECT 1 FROM customer_key WHERE customer_id = :customer_id AND key = :key);

-- name: key_drop
-- in: customer_id int, key text
DELETE FROM customer_key WHERE customer_id = :customer_id AND key = :key;

-- name: same_by_key
-- in: customer_id int
-- all: id int, key text
SELECT other.customer_id, min(other.key) FROM customer_key mine
  JOIN customer_key other ON other.key = mine.key AND other.customer_id <> mine.customer_id
 WHERE mine.customer_id = :customer_id GROUP BY other.customer_id ORDER BY other.customer_id LIMIT 20;

-- name: same_by_name
-- in: customer_id int, name text, country text
-- all: id int
SELECT id FROM customer
 WHERE country = :country AND lower(name) = lower(:name) AND id <> :customer_id AND merged_into = 0 ORDER BY id LIMIT 20;
