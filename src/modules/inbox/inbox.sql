-- name: inbox_rows
-- in: id int?
-- all: id int, name text, channel text, address text, key text, color text, active bool, language text, settings text, link_state text, last_ok_at time?, last_error_at time?, last_error_key text, last_error_arg text, next_try_at time?, version int
SELECT id, name, channel, address, key, color, active, language, settings, link_state, last_ok_at, last_error_at,
       last_error_key, last_error_arg, next_try_at, version
  FROM inbox
--? id
 WHERE id = :id
--.
 ORDER BY id;

-- name: inbox_by_key
-- in: key text
-- out: id int
SELECT id FROM inbox WHERE key = :key;

-- name: inbox_by_name
-- in: name text
-- out: id int
SELECT id FROM inbox WHERE name = :name;

-- name: inbox_insert
-- in: name text, channel text, address text, key text, color text, language text, settings text
-- out: id int
INSERT INTO inbox (name, channel, address, key, color, language, settings)
VALUES (:name, :channel, :address, :key, :color, :language, :settings)
ON CONFLICT DO NOTHING RETURNING id;

-- name: inbox_update
-- in: id int, version int, name text?, address text?, color text?, active bool?, language text?, settings text?
-- out: version int
UPDATE inbox SET version = version + 1
--? name
     , name = :name
--.
--? address
     , address = :address
--.
--? color
     , color = :color
--.
--? active
     , active = :active
--.
--? language
     , language = :language
--.
--? settings
     , settings = :settings
--.
 WHERE id = :id AND version = :version RETURNING version;

-- name: inbox_link_ok
-- in: id int, link_state text, at time
UPDATE inbox SET link_state = :link_state, last_ok_at = CASE WHEN :link_state = 'ok' THEN :at ELSE last_ok_at END,
       next_try_at = NULL WHERE id = :id;

-- name: inbox_link_failed
-- in: id int, at time, error_key text, error_arg text, next_try_at time?
UPDATE inbox SET link_state = 'failing', last_error_at = :at, last_error_key = :error_key,
       last_error_arg = :error_arg, next_try_at = :next_try_at WHERE id = :id;

-- name: inbox_settings_put
-- in: id int, settings text
UPDATE inbox SET settings = :settings WHERE id = :id;

-- name: conversation_rows
-- in: ids ids
-- as: ConversationRow
-- all: id int, inbox_id int, channel text, customer_id int, visitor_id int, subject text, status text, priority int, assignee_id int, team_id int, language text, snippet text, last_direction text, last_at time, last_in_id int, waiting_since time?, snoozed_until time?, first_reply_at time?, resolved_at time?, due_at time?, mood text, failed_count int, message_count int, seen_by_customer int, created_at time, version int
SELECT id, inbox_id, channel, customer_id, visitor_id, subject, status, priority, assignee_id, team_id, language, snippet,
       last_direction, last_at, last_in_id, waiting_since, snoozed_until, first_reply_at, resolved_at, due_at, mood,
       failed_count, message_count, seen_by_customer, created_at, version
  FROM conversation WHERE id @any(:ids);

-- name: conversation_page
-- doc: One inbox's share of a page, out of an index alone: each order's begins with the inbox and the status.
-- in: inbox_id int, status text, assignee_id int?, team_id int?, newest bool?, oldest bool?, waiting bool?, priority bool?, newest_key int?, oldest_key int?, waiting_key int?, priority_key int?, priority_at int?, after_id int, most int
-- one: newest, oldest, waiting, priority
-- all: id int, key int, priority int
SELECT id, 0
--? newest
  + last_at
--.
--? oldest
  + last_at
--.
--? waiting
  + waiting_since
--.
--? priority
  + last_at
--.
  , 0
--? priority
  + priority
--.
  FROM conversation
 WHERE inbox_id = :inbox_id AND status = :status AND :after_id >= 0
--? assignee_id
   AND assignee_id = :assignee_id
--.
--? team_id
   AND team_id = :team_id AND team_id > 0
--.
--? newest_key
   AND (last_at, id) < (:newest_key, :after_id)
--.
--? oldest_key
   AND (last_at, id) > (:oldest_key, :after_id)
--.
--? waiting_key
   AND (waiting_since, id) > (:waiting_key, :after_id)
--.
--? priority_key
   AND (priority, last_at, id) < (:priority_key, :priority_at, :after_id)
--.
--? newest
 ORDER BY last_at DESC, id DESC
--.
--? oldest
 ORDER BY last_at, id
--.
--? waiting
   AND waiting_since IS NOT NULL
 ORDER BY waiting_since, id
--.
--? priority
 ORDER BY priority DESC, last_at DESC, id DESC
--.
 LIMIT :most;

-- name: conversation_tagged
-- doc: The same for a tag, whose rows stand in each order themselves.
-- in: inbox_id int, status text, assignee_id int?, team_id int?, tag_id int, newest bool?, oldest bool?, waiting bool?, priority bool?, newest_key int?, oldest_key int?, waiting_key int?, priority_key int?, priority_at int?, after_id int, most int
-- one: newest, oldest, waiting, priority
-- all: id int, key int, priority int
SELECT conversation_id, 0
--? newest
  + last_at
--.
--? oldest
  + last_at
--.
--? waiting
  + waiting_since
--.
--? priority
  + last_at
--.
  , 0
--? priority
  + priority
--.
  FROM conversation_tag t
 WHERE tag_id = :tag_id AND inbox_id = :inbox_id AND status = :status AND :after_id >= 0
--? assignee_id
   AND EXISTS (SELECT 1 FROM conversation c WHERE c.id = t.conversation_id AND c.assignee_id = :assignee_id)
--.
--? team_id
   AND EXISTS (SELECT 1 FROM conversation c WHERE c.id = t.conversation_id AND c.team_id = :team_id)
--.
--? newest_key
   AND (last_at, conversation_id) < (:newest_key, :after_id)
--.
--? oldest_key
   AND (last_at, conversation_id) > (:oldest_key, :after_id)
--.
--? waiting_key
   AND (waiting_since, conversation_id) > (:waiting_key, :after_id)
--.
--? priority_key
   AND (priority, last_at, conversation_id) < (:priority_key, :priority_at, :after_id)
--.
--? newest
 ORDER BY last_at DESC, conversation_id DESC
--.
--? oldest
 ORDER BY last_at, conversation_id
--.
--? waiting
   AND waiting_since IS NOT NULL
 ORDER BY waiting_since, conversation_id
--.
--? priority
 ORDER BY priority DESC, last_at DESC, conversation_id DESC
--.
 LIMIT :most;

-- name: conversation_count
-- in: inbox_id int, status text
-- out: n int
SELECT count(*) FROM (SELECT 1 FROM conversation WHERE inbox_id = :inbox_id AND status = :status LIMIT 100) few;

-- name: conversation_count_of
-- in: scope ids, status text, assignee_id int
-- out: n int
SELECT count(*) FROM (SELECT 1 FROM conversation
 WHERE assignee_id = :assignee_id AND inbox_id @any(:scope) AND status = :status LIMIT 100) few;

-- name: conversation_count_unread
-- in: scope ids, person_id int
-- out: n int
SELECT count(*) FROM (SELECT 1 FROM conversation c
 WHERE c.assignee_id = :person_id AND c.status = 'open' AND c.inbox_id @any(:scope) AND c.last_in_id > 0
   AND NOT EXISTS (SELECT 1 FROM read_mark m WHERE m.conversation_id = c.id AND m.person_id = :person_id
                   AND m.entry_id >= c.last_in_id)
 LIMIT 100) few;

-- name: conversation_insert
-- in: inbox_id int, channel text, customer_id int, visitor_id int, subject text, status text, language text, at time
-- out: id int
INSERT INTO conversation (inbox_id, channel, customer_id, visitor_id, subject, status, language, last_at, created_at)
VALUES (:inbox_id, :channel, :customer_id, :visitor_id, :subject, :status, :language, :at, :at) RETURNING id;

-- name: conversation_came_in
-- in: id int, entry_id int, at time, snippet text, status text, language text, waits bool
UPDATE conversation SET last_in_id = :entry_id, last_at = :at, snippet = :snippet, last_direction = 'in',
       status = :status, snoozed_until = CASE WHEN :status = 'open' THEN NULL ELSE snoozed_until END,
       resolved_at = CASE WHEN :status = 'open' THEN NULL ELSE resolved_at END,
       waiting_since = CASE WHEN :waits THEN COALESCE(waiting_since, :at) ELSE waiting_since END, message_count = message_count + 1,
       language = CASE WHEN :language <> '' THEN :language ELSE language END, version = version + 1
 WHERE id = :id;

-- name: conversation_went_out
-- in: id int, at time, snippet text
UPDATE conversation SET last_at = :at, snippet = :snippet, last_direction = 'out', waiting_since = NULL,
       first_reply_at = COALESCE(first_reply_at, :at), message_count = message_count + 1, version = version + 1
 WHERE id = :id;

-- name: conversation_noted
-- in: id int, at time, snippet text
UPDATE conversation SET last_at = :at, snippet = :snippet, last_direction = 'note', version = version + 1 WHERE id = :id;

-- name: conversation_touch
-- in: id int
UPDATE conversation SET version = version + 1 WHERE id = :id;

-- name: conversation_unwait
-- in: id int, waiting_since time?, snippet text, last_direction text
UPDATE conversation SET waiting_since = :waiting_since, message_count = message_count - 1, snippet = :snippet,
       last_direction = :last_direction, version = version + 1 WHERE id = :id;

-- name: conversation_set
-- in: id int, version int, status text?, snoozed_until time?, snooze_clear bool?, resolved_at time?, waiting_since time?, assignee_id int?, team_id int?, priority int?, subject text?, seen_by_customer int?
-- one: snoozed_until, snooze_clear
-- out: version int
UPDATE conversation SET version = version + 1
--? status
     , status = :status
--.
--? snoozed_until
     , snoozed_until = :snoozed_until
--.
--? snooze_clear
     , snoozed_until = NULL
--.
--? resolved_at
     , resolved_at = :resolved_at
--.
--? waiting_since
     , waiting_since = NULLIF(:waiting_since, 0)
--.
--? assignee_id
     , assignee_id = :assignee_id
--.
--? team_id
     , team_id = :team_id
--.
--? priority
     , priority = :priority
--.
--? subject
     , subject = :subject
--.
--? seen_by_customer
     , seen_by_customer = :seen_by_customer
--.
 WHERE id = :id AND version = :version RETURNING version;

-- name: conversation_seen_by_customer
-- in: id int, entry_id int
-- Nobody has seen what is not said yet: at most the newest entry there is.
UPDATE conversation SET seen_by_customer = e.newest, version = version + 1
  FROM (SELECT max(id) AS newest FROM entry WHERE conversation_id = :id AND id <= :entry_id) e
 WHERE conversation.id = :id AND seen_by_customer < e.newest;

-- name: conversation_failed
-- in: id int, delta int
UPDATE conversation SET failed_count = CASE WHEN failed_count + :delta > 0 THEN failed_count + :delta ELSE 0 END,
       version = version + 1 WHERE id = :id;

-- name: conversation_woken
-- in: now time
-- all: id int, inbox_id int
UPDATE conversation SET status = 'open', snoozed_until = NULL, version = version + 1
 WHERE id IN (SELECT id FROM conversation WHERE status = 'snoozed' AND snoozed_until <= :now ORDER BY snoozed_until LIMIT 50)
RETURNING id, inbox_id;

-- name: conversation_of_visitor
-- in: visitor_id int
-- out: id int, status text
SELECT id, status FROM conversation WHERE visitor_id = :visitor_id AND visitor_id > 0 ORDER BY last_at DESC, id DESC LIMIT 1;

-- name: conversation_of_customer
-- in: customer_id int, scope ids
-- all: id int, inbox_id int, channel text
SELECT id, inbox_id, channel FROM conversation
 WHERE customer_id = :customer_id AND +inbox_id @any(:scope) ORDER BY last_at DESC LIMIT 200;

-- name: entry_insert
-- in: conversation_id int, inbox_id int, kind text, at time, direction text, person_id int, customer_id int, text text, quoted text, html bool, language text, state text, send_at time?, external_id text, client_id text, sender text, recipients text, cc text, subject text, automatic bool, event text, raw_hash text, file_count int
-- out: id int
INSERT INTO entry (conversation_id, inbox_id, kind, at, direction, person_id, customer_id, text, quoted, html, language,
                   state, send_at, external_id, client_id, sender, recipients, cc, subject, automatic, event, raw_hash, file_count)
VALUES (:conversation_id, :inbox_id, :kind, :at, :direction, :person_id, :customer_id, :text, :quoted, :html, :language,
        :state, :send_at, :external_id, :client_id, :sender, :recipients, :cc, :subject, :automatic, :event, :raw_hash, :file_count)
ON CONFLICT DO NOTHING RETURNING id;

-- name: entry_page
-- in: conversation_id int, before int, most int
-- all: id int, conversation_id int, inbox_id int, kind text, at time, direction text, person_id int, customer_id int, text text, quoted text, html bool, language text, state text, state_key text, state_arg text, send_at time?, external_id text, client_id text, sender text, recipients text, cc text, subject text, automatic bool, event text, raw_hash text, file_count int, version int
SELECT id, conversation_id, inbox_id, kind, at, direction, person_id, customer_id, text, quoted, html, language, state,
       state_key, state_arg, send_at, external_id, client_id, sender, recipients, cc, subject, automatic, event, raw_hash, file_count, version
  FROM entry WHERE conversation_id = :conversation_id AND id < :before ORDER BY id DESC LIMIT :most;

-- name: entry_get
-- in: id int
-- out: id int, conversation_id int, inbox_id int, kind text, at time, direction text, person_id int, customer_id int, text text, quoted text, html bool, language text, state text, state_key text, state_arg text, send_at time?, external_id text, client_id text, sender text, recipients text, cc text, subject text, automatic bool, event text, raw_hash text, file_count int, version int
SELECT id, conversation_id, inbox_id, kind, at, direction, person_id, customer_id, text, quoted, html, language, state,
       state_key, state_arg, send_at, external_id, client_id, sender, recipients, cc, subject, automatic, event, raw_hash, file_count, version
  FROM entry WHERE id = :id;

-- name: entry_after
-- doc: Messages of a conversation the customer sees, oldest first.
-- in: conversation_id int, after int, most int
-- all: id int, at time, direction text, person_id int, text text, state text, client_id text, automatic bool, file_count int
SELECT id, at, direction, person_id, text, state, client_id, automatic, file_count FROM entry
 WHERE conversation_id = :conversation_id AND id > :after AND kind = 'message' AND state NOT IN ('held', 'undone')
 ORDER BY id LIMIT :most;

-- name: entry_by_client
-- in: conversation_id int, client_id text
-- out: id int
SELECT id FROM entry WHERE conversation_id = :conversation_id AND client_id = :client_id AND client_id <> '';

-- name: entry_by_external
-- in: inbox_id int, external_id text
-- out: id int, conversation_id int, state text
SELECT id, conversation_id, state FROM entry
 WHERE inbox_id = :inbox_id AND external_id = :external_id AND external_id <> '';

-- name: entry_state
-- in: id int, state text, state_key text, state_arg text
UPDATE entry SET state = :state, state_key = :state_key, state_arg = :state_arg, version = version + 1 WHERE id = :id;

-- name: entry_last_message
-- in: conversation_id int, before int
-- out: id int, at time, direction text, text text, sender text
SELECT id, at, direction, text, sender FROM entry
 WHERE conversation_id = :conversation_id AND kind = 'message' AND state <> 'undone' AND id < :before ORDER BY id DESC LIMIT 1;

-- name: entry_last_in
-- in: conversation_id int
-- out: id int, at time, external_id text, sender text, recipients text, cc text, subject text
SELECT id, at, external_id, sender, recipients, cc, subject FROM entry
 WHERE conversation_id = :conversation_id AND kind = 'message' AND direction = 'in' AND NOT automatic
 ORDER BY id DESC LIMIT 1;

-- name: entry_references
-- in: conversation_id int, before int
-- all: external_id text
SELECT external_id FROM entry
 WHERE conversation_id = :conversation_id AND id < :before AND external_id <> '' ORDER BY id DESC LIMIT 20;

-- name: entry_html_put
-- in: entry_id int, html text
INSERT INTO entry_html (entry_id, html) VALUES (:entry_id, :html);

-- name: entry_html_get
-- in: entry_id int
-- out: html text
SELECT html FROM entry_html WHERE entry_id = :entry_id;

-- name: entry_timeline
-- in: customer_id int, scope ids, before int, most int
-- all: id int, kind text, at time, conversation_id int, inbox_id int, channel text, direction text, text text, person_id int
SELECT e.id, e.kind, e.at, e.conversation_id, e.inbox_id, c.channel, e.direction, substr(e.text, 1, 200), e.person_id
  FROM conversation c JOIN entry e ON e.conversation_id = c.id
 WHERE c.customer_id = :customer_id AND +c.inbox_id @any(:scope) AND e.id < :before AND e.kind <> 'event' AND e.state <> 'undone'
 ORDER BY e.id DESC LIMIT :most;

-- name: file_insert
-- in: hash text, name text, type text, size int, width int?, height int?, actor_kind int, actor_id int, inbox_id int, at time
-- out: id int
INSERT INTO file (hash, name, type, size, width, height, actor_kind, actor_id, inbox_id, at)
VALUES (:hash, :name, :type, :size, :width, :height, :actor_kind, :actor_id, :inbox_id, :at) RETURNING id;

-- name: file_get
-- in: id int
-- out: id int, hash text, name text, type text, size int, width int?, height int?, actor_kind int, actor_id int, inbox_id int
SELECT id, hash, name, type, size, width, height, actor_kind, actor_id, inbox_id FROM file WHERE id = :id;

-- name: file_hang
-- in: id int, inbox_id int
UPDATE file SET inbox_id = :inbox_id WHERE id = :id;

-- name: file_uses_hash
-- in: hash text
-- out: n int
SELECT (SELECT count(*) FROM (SELECT 1 FROM file WHERE hash = :hash LIMIT 1) f)
     + (SELECT count(*) FROM (SELECT 1 FROM entry WHERE raw_hash = :hash AND raw_hash <> '' LIMIT 1) e);

-- name: file_loose_clear
-- in: before time
DELETE FROM file WHERE id IN (
  SELECT f.id FROM file f WHERE f.inbox_id = 0 AND f.at < :before
     AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file_id = f.id)
     AND NOT EXISTS (SELECT 1 FROM draft d WHERE ',' || d.file_ids || ',' LIKE '%,' || f.id || ',%') LIMIT 500);

-- name: attachment_add
-- in: entry_id int, position int, file_id int, cid text
INSERT INTO attachment (entry_id, position, file_id, cid) VALUES (:entry_id, :position, :file_id, :cid);

-- name: attachment_rows
-- in: ids ids
-- all: entry_id int, cid text, id int, hash text, name text, type text, size int, width int?, height int?
SELECT a.entry_id, a.cid, f.id, f.hash, f.name, f.type, f.size, f.width, f.height
  FROM attachment a JOIN file f ON f.id = a.file_id WHERE a.entry_id @any(:ids) ORDER BY a.entry_id, a.position;

-- name: attachment_conversation
-- in: file_id int, conversation_id int
-- out: n int
SELECT count(*) FROM attachment a JOIN entry e ON e.id = a.entry_id
 WHERE a.file_id = :file_id AND e.conversation_id = :conversation_id AND e.kind = 'message' AND e.state NOT IN ('held', 'undone');

-- name: draft_get
-- in: conversation_id int, person_id int
-- out: kind text, text text, file_ids text, recipients text, cc text, at time, version int
SELECT kind, text, file_ids, recipients, cc, at, version FROM draft
 WHERE conversation_id = :conversation_id AND person_id = :person_id;

-- name: draft_put
-- in: conversation_id int, person_id int, kind text, text text, file_ids text, recipients text, cc text, at time
-- out: version int
INSERT INTO draft (conversation_id, person_id, kind, text, file_ids, recipients, cc, at, version)
VALUES (:conversation_id, :person_id, :kind, :text, :file_ids, :recipients, :cc, :at, :at)
ON CONFLICT (conversation_id, person_id) DO UPDATE SET kind = excluded.kind, text = excluded.text,
  file_ids = excluded.file_ids, recipients = excluded.recipients, cc = excluded.cc, at = excluded.at,
  version = draft.version + 1
RETURNING version;

-- name: draft_delete
-- in: conversation_id int, person_id int
DELETE FROM draft WHERE conversation_id = :conversation_id AND person_id = :person_id;

-- name: tag_rows
-- as: Tag
-- all: id int, name text, color text, version int
SELECT id, name, color, version FROM tag ORDER BY name;

-- name: tag_insert
-- in: name text, color text
-- out: id int
INSERT INTO tag (name, color) VALUES (:name, :color) ON CONFLICT (name) DO NOTHING RETURNING id;

-- name: tag_update
-- in: id int, version int, name text, color text
-- out: version int
UPDATE tag SET name = :name, color = :color, version = version + 1 WHERE id = :id AND version = :version RETURNING version;

-- name: tag_named
-- in: name text
-- out: id int
SELECT id FROM tag WHERE name = :name;

-- name: tag_delete
-- in: id int
-- out: id int
DELETE FROM tag WHERE id = :id RETURNING id;

-- name: tag_of_conversations
-- in: ids ids
-- all: conversation_id int, tag_id int
SELECT conversation_id, tag_id FROM conversation_tag WHERE conversation_id @any(:ids) ORDER BY conversation_id, tag_id;

-- name: tag_put
-- in: conversation_id int, tag_id int
-- out: tag_id int
INSERT INTO conversation_tag (conversation_id, tag_id, inbox_id, status, last_at, waiting_since, priority)
SELECT v.id, t.id, v.inbox_id, v.status, v.last_at, v.waiting_since, v.priority
  FROM tag t CROSS JOIN conversation v WHERE t.id = :tag_id AND v.id = :conversation_id
    ON CONFLICT (conversation_id, tag_id) DO UPDATE SET tag_id = excluded.tag_id RETURNING tag_id;

-- name: tag_take
-- in: conversation_id int, tag_id int
DELETE FROM conversation_tag WHERE conversation_id = :conversation_id AND tag_id = :tag_id;

-- name: mark_read
-- in: conversation_id int, person_id int, entry_id int
INSERT INTO read_mark (conversation_id, person_id, entry_id) VALUES (:conversation_id, :person_id, :entry_id)
ON CONFLICT (conversation_id, person_id) DO UPDATE SET entry_id =
  CASE WHEN excluded.entry_id = 0 OR excluded.entry_id > read_mark.entry_id THEN excluded.entry_id ELSE read_mark.entry_id END;

-- name: mark_newest
-- in: conversation_id int
-- out: entry_id int
SELECT COALESCE(max(entry_id), 0) FROM read_mark WHERE conversation_id = :conversation_id;

-- name: mark_rows
-- in: ids ids, person_id int
-- all: conversation_id int, entry_id int
SELECT conversation_id, entry_id FROM read_mark WHERE conversation_id @any(:ids) AND person_id = :person_id;

-- name: canned_rows
-- in: id int?
-- all: id int, shortcut text, title text, folder text, used int, version int
SELECT id, shortcut, title, folder, used, version FROM canned
--? id
 WHERE id = :id
--.
 ORDER BY folder, title;

-- name: canned_texts
-- in: id int?
-- all: canned_id int, language text, text text
SELECT canned_id, language, text FROM canned_text
--? id
 WHERE canned_id = :id
--.
 ORDER BY canned_id, language;

-- name: canned_teams
-- all: canned_id int, team_id int
SELECT canned_id, team_id FROM canned_team ORDER BY canned_id, team_id;

-- name: canned_insert
-- in: shortcut text, title text, folder text
-- out: id int
INSERT INTO canned (shortcut, title, folder) VALUES (:shortcut, :title, :folder) ON CONFLICT (shortcut) DO NOTHING RETURNING id;

-- name: canned_named
-- in: shortcut text
-- out: id int
SELECT id FROM canned WHERE shortcut = :shortcut;

-- name: canned_update
-- in: id int, version int, shortcut text?, title text?, folder text?
-- out: version int
UPDATE canned SET version = version + 1
--? shortcut
     , shortcut = :shortcut
--.
--? title
     , title = :title
--.
--? folder
     , folder = :folder
--.
 WHERE id = :id AND version = :version RETURNING version;

-- name: canned_use
-- in: id int
UPDATE canned SET used = used + 1 WHERE id = :id;

-- name: canned_delete
-- in: id int
-- out: id int
DELETE FROM canned WHERE id = :id RETURNING id;

-- name: canned_text_clear
-- in: canned_id int
DELETE FROM canned_text WHERE canned_id = :canned_id;

-- name: canned_text_put
-- in: canned_id int, language text, text text
INSERT INTO canned_text (canned_id, language, text) VALUES (:canned_id, :language, :text)
ON CONFLICT (canned_id, language) DO UPDATE SET text = excluded.text;

-- name: canned_team_clear
-- in: canned_id int
DELETE FROM canned_team WHERE canned_id = :canned_id;

-- name: canned_team_put
-- in: canned_id int, team_id int
INSERT INTO canned_team (canned_id, team_id) VALUES (:canned_id, :team_id) ON CONFLICT DO NOTHING;

-- name: auto_answer_claim
-- in: inbox_id int, sender text, day int
-- out: fresh int
INSERT INTO auto_answer (inbox_id, sender, day) VALUES (:inbox_id, :sender, :day) ON CONFLICT DO NOTHING RETURNING 1;

-- name: auto_answer_clear
-- in: day int
DELETE FROM auto_answer WHERE day < :day;

-- name: entry_answered
-- doc: A colleague's answer after an entry.
-- in: conversation_id int, after int, person_id int
-- out: id int
SELECT id FROM entry
 WHERE conversation_id = :conversation_id AND id > :after AND kind = 'message' AND direction = 'out'
   AND NOT automatic AND person_id <> :person_id AND state <> 'undone' ORDER BY id LIMIT 1;
