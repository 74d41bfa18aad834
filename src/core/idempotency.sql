-- name: idempotency_claim
-- in: actor text, key text, request text, at time
-- out: fresh int
INSERT INTO idempotency (actor, key, request, status, reply, at)
VALUES (:actor, :key, :request, 0, '', :at)
ON CONFLICT (actor, key) DO NOTHING
RETURNING 1;

-- name: idempotency_get
-- in: actor text, key text
-- out: request text, status int, reply text, location text
SELECT request, status, reply, location FROM idempotency WHERE actor = :actor AND key = :key;

-- name: idempotency_store
-- in: actor text, key text, status int, reply text, location text
UPDATE idempotency SET status = :status, reply = :reply, location = :location
 WHERE actor = :actor AND key = :key;

-- name: idempotency_clear
-- in: before time
DELETE FROM idempotency WHERE (actor, key) IN (
  SELECT actor, key FROM idempotency WHERE at < :before ORDER BY at LIMIT 500);
