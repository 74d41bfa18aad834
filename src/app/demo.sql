-- name: demo_mark
-- in: kind text, id int
INSERT INTO demo_row (kind, id) VALUES (:kind, :id) ON CONFLICT DO NOTHING;

-- name: demo_any
-- out: n int
SELECT count(*) FROM (SELECT 1 FROM demo_row LIMIT 1) t;

-- name: demo_other_administrators
-- out: n int
SELECT count(*) FROM person p JOIN role r ON r.id = p.role_id
 WHERE p.active AND r.builtin AND r.name = 'administrator'
   AND p.id NOT IN (SELECT id FROM demo_row WHERE kind = 'person');

-- name: demo_customer_finish
-- in: id int, created_at time, last_seen_at time?, blocked bool, conversation_count int
UPDATE customer SET created_at = :created_at, last_seen_at = :last_seen_at, blocked = :blocked,
       conversation_count = :conversation_count WHERE id = :id;

-- name: demo_conversation_finish
-- in: id int, status text, priority int, assignee_id int, team_id int, snippet text, last_direction text, last_at time, last_in_id int, waiting_since time?, snoozed_until time?, first_reply_at time?, resolved_at time?, message_count int, created_at time
UPDATE conversation SET status = :status, priority = :priority, assignee_id = :assignee_id, team_id = :team_id,
       snippet = :snippet, last_direction = :last_direction, last_at = :last_at, last_in_id = :last_in_id,
       waiting_since = :waiting_since, snoozed_until = :snoozed_until, first_reply_at = :first_reply_at,
       resolved_at = :resolved_at, message_count = :message_count, created_at = :created_at WHERE id = :id;

-- name: demo_person_finish
-- in: id int, signature text, presence text
UPDATE person SET signature = :signature, presence = :presence WHERE id = :id;

-- name: demo_read_by_all
-- in: conversation_id int, entry_id int
INSERT INTO read_mark (conversation_id, person_id, entry_id)
SELECT :conversation_id, id, :entry_id FROM demo_row WHERE kind = 'person' ON CONFLICT DO NOTHING;

-- name: demo_search_ids
-- all: id int, kind int
SELECT e.id, 2 FROM entry e JOIN conversation c ON c.id = e.conversation_id
 WHERE c.inbox_id IN (SELECT id FROM demo_row WHERE kind = 'inbox')
UNION ALL SELECT id, 1 FROM conversation WHERE inbox_id IN (SELECT id FROM demo_row WHERE kind = 'inbox')
UNION ALL SELECT customer_id, 3 FROM conversation WHERE inbox_id IN (SELECT id FROM demo_row WHERE kind = 'inbox')
UNION ALL SELECT id, 3 FROM demo_row WHERE kind = 'customer';

-- name: demo_drop_attachments
DELETE FROM attachment WHERE entry_id IN (SELECT e.id FROM entry e WHERE e.inbox_id IN (SELECT id FROM demo_row WHERE kind = 'inbox'));

-- name: demo_drop_files
DELETE FROM file WHERE inbox_id IN (SELECT id FROM demo_row WHERE kind = 'inbox');

-- name: demo_drop_html
DELETE FROM entry_html WHERE entry_id IN (SELECT e.id FROM entry e WHERE e.inbox_id IN (SELECT id FROM demo_row WHERE kind = 'inbox'));

-- name: demo_drop_entries
DELETE FROM entry WHERE inbox_id IN (SELECT id FROM demo_row WHERE kind = 'inbox');

-- name: demo_drop_jobs
DELETE FROM job WHERE inbox_id IN (SELECT id FROM demo_row WHERE kind = 'inbox');

-- name: demo_customers_of_inboxes
-- doc: Whoever wrote to a demo inbox while it was there, and to no other.
INSERT INTO demo_row (kind, id)
SELECT DISTINCT 'customer', c.customer_id FROM conversation c
 WHERE c.inbox_id IN (SELECT id FROM demo_row WHERE kind = 'inbox')
   AND NOT EXISTS (SELECT 1 FROM conversation o WHERE o.customer_id = c.customer_id
                   AND o.inbox_id NOT IN (SELECT id FROM demo_row WHERE kind = 'inbox'))
ON CONFLICT DO NOTHING;

-- name: demo_drop_conversations
DELETE FROM conversation WHERE inbox_id IN (SELECT id FROM demo_row WHERE kind = 'inbox');

-- name: demo_drop_events
DELETE FROM event WHERE inbox_id IN (SELECT id FROM demo_row WHERE kind = 'inbox')
   OR customer_id IN (SELECT id FROM demo_row WHERE kind = 'customer');

-- name: demo_drop_inbound
DELETE FROM inbound WHERE inbox_id IN (SELECT id FROM demo_row WHERE kind = 'inbox');

-- name: demo_drop_visitors
DELETE FROM visitor WHERE inbox_id IN (SELECT id FROM demo_row WHERE kind = 'inbox');

-- name: demo_drop_customers
DELETE FROM customer WHERE id IN (SELECT id FROM demo_row WHERE kind = 'customer')
   AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.customer_id = customer.id);

-- name: demo_drop_macros
DELETE FROM macro WHERE id IN (SELECT id FROM demo_row WHERE kind = 'macro');

-- name: demo_drop_canned
DELETE FROM canned WHERE id IN (SELECT id FROM demo_row WHERE kind = 'canned');

-- name: demo_drop_tags
DELETE FROM tag WHERE id IN (SELECT id FROM demo_row WHERE kind = 'tag');

-- name: demo_drop_scope
DELETE FROM scope_inbox WHERE id IN (SELECT id FROM demo_row WHERE kind = 'inbox');

-- name: demo_drop_person_inbox
DELETE FROM person_inbox WHERE inbox_id IN (SELECT id FROM demo_row WHERE kind = 'inbox');

-- name: demo_drop_cursors
DELETE FROM mail_cursor WHERE inbox_id IN (SELECT id FROM demo_row WHERE kind = 'inbox');

-- name: demo_drop_inboxes
DELETE FROM inbox WHERE id IN (SELECT id FROM demo_row WHERE kind = 'inbox');

-- name: demo_drop_teams
DELETE FROM team WHERE id IN (SELECT id FROM demo_row WHERE kind = 'team');

-- name: demo_drop_sessions
DELETE FROM session WHERE person_id IN (SELECT id FROM demo_row WHERE kind = 'person');

-- name: demo_free_assigned
UPDATE conversation SET assignee_id = 0, version = version + 1
 WHERE assignee_id IN (SELECT id FROM demo_row WHERE kind = 'person');

-- name: demo_drop_people
DELETE FROM person WHERE id IN (SELECT id FROM demo_row WHERE kind = 'person');

-- name: demo_drop_marks
DELETE FROM demo_row;
