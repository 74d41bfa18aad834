-- name: reactor_place
-- in: module text
-- out: xid int, id int
SELECT xid, id FROM reactor WHERE module = :module;

-- name: reactor_move
-- in: module text, xid int, id int
INSERT INTO reactor (module, xid, id) VALUES (:module, :xid, :id)
ON CONFLICT (module) DO UPDATE SET xid = excluded.xid, id = excluded.id;

-- name: reactor_fail
-- in: module text, event_id int, error_key text, at time
INSERT INTO reactor_failed (module, event_id, error_key, at)
VALUES (:module, :event_id, :error_key, :at);

-- name: failed_list
-- doc: Sendings and reactions that failed, newest first; of the inboxes given, and what is of none.
-- in: scope ids, at time, id int, what text, most int
-- out: what text, id int, kind text, state text, tries int, conversation_id int, error_key text, error_arg text, at time
SELECT what, id, kind, state, tries, conversation_id, error_key, error_arg, at FROM (
  SELECT 'job' AS what, id, kind, state, tries, conversation_id, error_key, error_arg, at FROM job
   WHERE state IN ('failed', 'unknown') AND (inbox_id = 0 OR inbox_id @any(:scope))
  UNION ALL
  SELECT 'event', f.id, f.module, 'failed', 5, coalesce(e.conversation_id, 0), f.error_key, '', f.at
    FROM reactor_failed f LEFT JOIN event e ON e.id = f.event_id
   WHERE e.id IS NULL OR e.inbox_id = 0 OR e.inbox_id @any(:scope)) u
 WHERE at < :at OR (at = :at AND (id < :id OR (id = :id AND what < :what)))
 ORDER BY at DESC, id DESC, what DESC LIMIT :most;

-- name: reactor_failed_inbox
-- in: id int
-- out: inbox_id int
SELECT coalesce(e.inbox_id, 0) FROM reactor_failed f LEFT JOIN event e ON e.id = f.event_id WHERE f.id = :id;

-- name: reactor_failed_get
-- in: id int
-- out: id int, module text, event_id int, error_key text, at time
SELECT id, module, event_id, error_key, at FROM reactor_failed WHERE id = :id;

-- name: reactor_failed_drop
-- in: id int
DELETE FROM reactor_failed WHERE id = :id;

-- name: event_one
-- in: id int
-- out: id int, at time, kind text, actor_kind int, actor_id int, conversation_id int, inbox_id int, customer_id int, data json
SELECT id, at, kind, actor_kind, actor_id, conversation_id, inbox_id, customer_id, data
  FROM event WHERE id = :id;

-- name: job_insert
-- in: kind text, jobkey text, subject int, inbox_id int, conversation_id int, run_at time, data json, at time
-- out: id int
INSERT INTO job (kind, jobkey, subject, inbox_id, conversation_id, state, run_at, data, at, waits)
VALUES (:kind, :jobkey, :subject, :inbox_id, :conversation_id, 'queued', :run_at, :data, :at,
        CASE WHEN :jobkey <> '' AND EXISTS (
          SELECT 1 FROM job b WHERE b.jobkey = :jobkey AND b.state IN ('queued', 'running')) THEN 1 ELSE 0 END)
RETURNING id;

-- name: job_due
-- in: now time, most int
-- out: id int
SELECT id FROM job WHERE state = 'queued' AND waits = 0 AND run_at <= :now ORDER BY run_at, id LIMIT :most;

-- name: job_claim
-- in: id int, now time, lease_until time, node text
-- out: id int, kind text, jobkey text, subject int, inbox_id int, conversation_id int, run_at time, tries int, data json
UPDATE job SET state = 'running', tries = tries + 1, lease_until = :lease_until, node = :node
 WHERE id = :id AND state = 'queued' AND run_at <= :now
   AND (jobkey = '' OR NOT EXISTS (
     SELECT 1 FROM job b WHERE b.jobkey = job.jobkey AND b.state IN ('queued', 'running') AND b.id < job.id))
RETURNING id, kind, jobkey, subject, inbox_id, conversation_id, run_at, tries, data;

-- name: job_wait
-- doc: What could not be claimed because an older one of its key is there.
-- in: id int
UPDATE job SET waits = 1
 WHERE id = :id AND state = 'queued' AND jobkey <> '' AND EXISTS (
   SELECT 1 FROM job b WHERE b.jobkey = job.jobkey AND b.state IN ('queued', 'running') AND b.id < job.id);

-- name: job_next
-- doc: The oldest of a key may start, now that one of them has ended.
-- in: jobkey text
UPDATE job SET waits = 0
 WHERE id = (SELECT b.id FROM job b WHERE b.jobkey = :jobkey AND b.state IN ('queued', 'running') ORDER BY b.id LIMIT 1)
   AND waits = 1;

-- name: job_get
-- in: id int
-- out: id int, kind text, jobkey text, subject int, inbox_id int, conversation_id int, run_at time, tries int, data json, state text, error_key text, error_arg text, at time
SELECT id, kind, jobkey, subject, inbox_id, conversation_id, run_at, tries, data, state, error_key, error_arg, at
  FROM job WHERE id = :id;

-- name: job_state
-- in: id int, state text, run_at time, error_key text, error_arg text
UPDATE job SET state = :state, run_at = :run_at, error_key = :error_key, error_arg = :error_arg
 WHERE id = :id;

-- name: job_end
-- doc: The outcome of one run: what another run took over meanwhile stays as it is.
-- in: id int, tries int, state text, run_at time, error_key text, error_arg text
-- out: id int
UPDATE job SET state = :state, run_at = :run_at, error_key = :error_key, error_arg = :error_arg
 WHERE id = :id AND state = 'running' AND tries = :tries RETURNING id;

-- name: job_drop_queued
-- in: kind text, subject int
-- all: id int, jobkey text
DELETE FROM job WHERE kind = :kind AND subject = :subject AND state = 'queued' RETURNING id, jobkey;

-- name: job_requeue
-- in: id int, now time
-- out: id int
UPDATE job SET state = 'queued', run_at = :now, tries = 0, waits = 0 WHERE id = :id AND state IN ('failed', 'unknown')
RETURNING id;

-- name: job_of_subject
-- in: kind text, subject int
-- out: id int, state text
SELECT id, state FROM job WHERE kind = :kind AND subject = :subject ORDER BY id DESC LIMIT 1;

-- name: job_lost
-- in: now time, node text, most int
-- out: id int, kind text
SELECT id, kind FROM job
 WHERE state = 'running' AND (lease_until < :now OR (:node <> '' AND node = :node))
 ORDER BY id LIMIT :most;

-- name: job_unknown_due
-- in: now time, most int
-- out: id int, kind text
SELECT id, kind FROM job WHERE state = 'unknown' AND run_at > 0 AND run_at <= :now ORDER BY id LIMIT :most;

-- name: job_drop
-- in: id int
-- out: id int
DELETE FROM job WHERE id = :id AND state IN ('failed', 'unknown') RETURNING id;

-- name: job_clear
-- in: before time
DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state = 'done' AND at < :before LIMIT 500);

-- name: job_next_due
-- in: now time
-- out: run_at time
SELECT run_at FROM job WHERE state = 'queued' AND run_at > :now ORDER BY run_at LIMIT 1;

-- name: task_insert
-- in: kind text, input json, total int, at time
-- out: id int
INSERT INTO task (kind, state, input, total, at) VALUES (:kind, 'running', :input, :total, :at) RETURNING id;

-- name: task_running
-- in: most int
-- out: id int, kind text, input json, next int, done int, total int
SELECT id, kind, input, next, done, total FROM task WHERE state = 'running' ORDER BY id LIMIT :most;

-- name: task_save
-- in: id int, state text, next int, done int, error_key text
UPDATE task SET state = :state, next = :next, done = :done, error_key = :error_key WHERE id = :id;

-- name: inbound_insert
-- in: inbox_id int, delivery_id text, raw_hash text, size int, at time
-- out: id int
INSERT INTO inbound (inbox_id, delivery_id, raw_hash, size, state, at)
VALUES (:inbox_id, :delivery_id, :raw_hash, :size, 'new', :at)
ON CONFLICT (inbox_id, delivery_id) DO NOTHING
RETURNING id;

-- name: inbound_new_ones
-- in: now time, most int
-- out: id int, inbox_id int, delivery_id text, raw_hash text, size int, tries int, partial bool, error_key text, error_arg text, at time
SELECT id, inbox_id, delivery_id, raw_hash, size, tries, partial, error_key, error_arg, at FROM inbound
 WHERE state = 'new' AND next_at <= :now ORDER BY id LIMIT :most;

-- name: inbound_wait
-- doc: It could not be taken in now: not before next_at.
-- in: id int, sender text, tries int, next_at time
UPDATE inbound SET sender = :sender, tries = :tries, next_at = :next_at WHERE id = :id AND state = 'new';

-- name: inbound_ahead
-- doc: An earlier one of this sender that waits: what he wrote stays in order.
-- in: inbox_id int, id int, sender text
-- out: next_at time
SELECT next_at FROM inbound
 WHERE state = 'new' AND id < :id AND inbox_id = :inbox_id AND sender = :sender AND sender <> '' AND next_at > 0
 ORDER BY next_at DESC LIMIT 1;

-- name: inbound_set
-- in: id int, state text, sender text, subject text, error_key text, error_arg text
UPDATE inbound SET state = :state, sender = :sender, subject = :subject, tries = tries + 1,
       error_key = :error_key, error_arg = :error_arg WHERE id = :id;

-- name: inbound_failed_list
-- in: scope ids, after int, most int
-- out: id int, inbox_id int, at time, size int, sender text, subject text, error_key text, error_arg text, tries int
SELECT id, inbox_id, at, size, sender, subject, error_key, error_arg, tries FROM inbound
 WHERE state = 'failed' AND id > :after AND inbox_id @any(:scope) ORDER BY id LIMIT :most;

-- name: inbound_get
-- in: id int
-- out: id int, inbox_id int, delivery_id text, raw_hash text, size int, state text, partial bool
SELECT id, inbox_id, delivery_id, raw_hash, size, state, partial FROM inbound WHERE id = :id;

-- name: inbound_again
-- in: id int
UPDATE inbound SET state = 'new', next_at = 0, tries = CASE WHEN tries < 5 THEN tries ELSE 1 END
 WHERE id = :id AND state = 'failed' AND NOT partial;

-- name: inbound_of_delivery
-- in: inbox_id int, delivery_id text
-- out: id int
SELECT id FROM inbound WHERE inbox_id = :inbox_id AND delivery_id = :delivery_id;

-- name: inbound_whole
-- doc: It was fetched again, whole.
-- in: id int, raw_hash text, size int
UPDATE inbound SET state = 'new', partial = FALSE, raw_hash = :raw_hash, size = :size, next_at = 0
 WHERE id = :id AND state = 'failed' AND partial;

-- name: inbound_tried
-- doc: It was asked for again, in vain.
-- in: id int, error_key text, error_arg text
UPDATE inbound SET tries = tries + 1, error_key = :error_key, error_arg = :error_arg
 WHERE id = :id AND state = 'failed';

-- name: inbound_drop
-- in: id int
DELETE FROM inbound WHERE id = :id AND state = 'failed';

-- name: inbound_clear
-- in: before time
-- out: id int
DELETE FROM inbound WHERE id IN (SELECT id FROM inbound WHERE state = 'done' AND at < :before LIMIT 500)
RETURNING id;

-- name: inbound_uses_raw
-- in: raw_hash text
-- out: n int
SELECT count(*) FROM (SELECT 1 FROM inbound WHERE raw_hash = :raw_hash LIMIT 1) t;

-- name: lease_take
-- in: name text, node text, now time, expires time
-- out: node text
INSERT INTO lease (name, node, expires) VALUES (:name, :node, :expires)
ON CONFLICT (name) DO UPDATE SET node = excluded.node, expires = excluded.expires
 WHERE lease.node = excluded.node OR lease.expires < :now
RETURNING node;

-- name: setting_all
-- all: name text, value text
SELECT name, value FROM setting ORDER BY name;

-- name: setting_put
-- in: name text, value text
INSERT INTO setting (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: cleanup_noted
-- in: name text, at time, gone int
INSERT INTO cleanup_run (name, at, gone) VALUES (:name, :at, :gone)
ON CONFLICT (name) DO UPDATE SET at = excluded.at, gone = excluded.gone;

-- name: cleanup_runs
-- all: name text, at time, gone int
SELECT name, at, gone FROM cleanup_run;

-- name: mail_cursor_get
-- in: inbox_id int, folder text
-- out: uidvalidity int, uid int
SELECT uidvalidity, uid FROM mail_cursor WHERE inbox_id = :inbox_id AND folder = :folder;

-- name: mail_cursor_put
-- in: inbox_id int, folder text, uidvalidity int, uid int
INSERT INTO mail_cursor (inbox_id, folder, uidvalidity, uid) VALUES (:inbox_id, :folder, :uidvalidity, :uid)
ON CONFLICT (inbox_id, folder) DO UPDATE SET uidvalidity = excluded.uidvalidity, uid = excluded.uid;

-- name: inbound_set_partial
-- in: inbox_id int, delivery_id text, error_key text, error_arg text
UPDATE inbound SET partial = TRUE, error_key = :error_key, error_arg = :error_arg
 WHERE inbox_id = :inbox_id AND delivery_id = :delivery_id AND state = 'new';

-- name: mail_errand_insert
-- in: inbox_id int, kind text, inbound_id int, raw_hash text, folder text, at time
INSERT INTO mail_errand (inbox_id, kind, inbound_id, raw_hash, folder, at)
VALUES (:inbox_id, :kind, :inbound_id, :raw_hash, :folder, :at);

-- name: mail_errand_list
-- in: after int, most int
-- out: id int, inbox_id int, kind text, inbound_id int, raw_hash text, folder text, at time
SELECT id, inbox_id, kind, inbound_id, raw_hash, folder, at FROM mail_errand WHERE id > :after ORDER BY id LIMIT :most;

-- name: mail_errand_drop
-- in: id int
DELETE FROM mail_errand WHERE id = :id;

-- name: mail_errand_clear
-- in: before time
DELETE FROM mail_errand WHERE at < :before;
