-- name: conversation_move
-- in: from_id int, to_id int
-- all: id int, inbox_id int, version int
UPDATE conversation SET customer_id = :to_id, version = version + 1 WHERE customer_id = :from_id
RETURNING id, inbox_id, version;

-- name: conversation_move_back
-- in: ids ids, from_id int, to_id int
-- all: id int, inbox_id int, version int
UPDATE conversation SET customer_id = :to_id, version = version + 1 WHERE id @any(:ids) AND customer_id = :from_id
RETURNING id, inbox_id, version;

-- name: entry_move
-- in: from_id int, to_id int
-- all: id int
UPDATE entry SET customer_id = :to_id WHERE customer_id = :from_id AND customer_id > 0 RETURNING id;

-- name: entry_move_back
-- in: ids ids, from_id int, to_id int
UPDATE entry SET customer_id = :to_id WHERE id @any(:ids) AND customer_id = :from_id;
