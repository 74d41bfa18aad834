-- name: event_insert
-- in: at time, kind text, actor_kind int, actor_id int, conversation_id int, inbox_id int, customer_id int, data json
INSERT INTO event (at, kind, actor_kind, actor_id, conversation_id, inbox_id, customer_id, data)
VALUES (:at, :kind, :actor_kind, :actor_id, :conversation_id, :inbox_id, :customer_id, :data);

-- name: event_after
-- in: xid int, id int, most int
-- out: xid int, id int, at time, kind text, actor_kind int, actor_id int, conversation_id int, inbox_id int, customer_id int, data json
SELECT 0, id, at, kind, actor_kind, actor_id, conversation_id, inbox_id, customer_id, data
  FROM event
 WHERE id > :id AND :xid >= 0
 ORDER BY id LIMIT :most;
-- @pgsql
SELECT xid::text::bigint, id, at, kind, actor_kind, actor_id, conversation_id, inbox_id, customer_id, data
  FROM event
 WHERE (xid, id) > (:xid::text::xid8, :id)
   AND xid < pg_snapshot_xmin(pg_current_snapshot())
 ORDER BY xid, id LIMIT :most;

-- name: event_of_conversation
-- in: conversation_id int, before int, most int
-- out: xid int, id int, at time, kind text, actor_kind int, actor_id int, conversation_id int, inbox_id int, customer_id int, data json
SELECT 0, id, at, kind, actor_kind, actor_id, conversation_id, inbox_id, customer_id, data
  FROM event
 WHERE conversation_id = :conversation_id AND conversation_id > 0 AND id < :before
 ORDER BY id DESC LIMIT :most;

-- name: event_of_customer
-- doc: What became of a customer's record, newest first.
-- in: customer_id int, before int, most int
-- all: id int, at time, kind text, actor_kind int, actor_id int, customer_id int, data json
SELECT id, at, kind, actor_kind, actor_id, customer_id, data
  FROM event
 WHERE customer_id = :customer_id AND id < :before
   AND kind IN ('customer_merged', 'customer_parted', 'customer_blocked')
 ORDER BY id DESC LIMIT :most;

-- name: event_clear
-- in: before time, kind text
DELETE FROM event WHERE id IN (
  SELECT id FROM event WHERE kind = :kind AND at < :before ORDER BY id LIMIT 500);
