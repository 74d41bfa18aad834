-- name: mention_put
-- in: entry_id int, person_id int, conversation_id int, inbox_id int, at time, seen_at time?
-- out: person_id int
INSERT INTO mention (entry_id, person_id, conversation_id, inbox_id, at, seen_at)
VALUES (:entry_id, :person_id, :conversation_id, :inbox_id, :at, :seen_at)
ON CONFLICT DO NOTHING RETURNING person_id;

-- name: mention_rows
-- in: ids ids
-- as: Mention
-- all: entry_id int, person_id int, seen_at time?
SELECT entry_id, person_id, seen_at FROM mention WHERE entry_id @any(:ids) ORDER BY entry_id, person_id;

-- name: mention_page
-- doc: Conversations that name a person, the newest mention first.
-- in: scope ids, person_id int, before int, most int, status text?, inbox_id int?, team_id int?, tag_id int?
-- all: id int, newest int, unseen int
SELECT c.id, m.newest, m.unseen
  FROM (SELECT conversation_id, max(entry_id) AS newest,
               sum(CASE WHEN seen_at IS NULL THEN 1 ELSE 0 END) AS unseen
          FROM mention WHERE person_id = :person_id AND inbox_id @any(:scope) GROUP BY conversation_id) m
  JOIN conversation c ON c.id = m.conversation_id
 WHERE m.newest < :before
--? status
   AND c.status = :status
--.
--? inbox_id
   AND c.inbox_id = :inbox_id
--.
--? team_id
   AND c.team_id = :team_id
--.
--? tag_id
   AND EXISTS (SELECT 1 FROM conversation_tag t WHERE t.conversation_id = c.id AND t.tag_id = :tag_id)
--.
 ORDER BY m.newest DESC LIMIT :most;

-- name: mention_unseen
-- in: scope ids, person_id int
-- out: n int
SELECT count(*) FROM (SELECT DISTINCT conversation_id FROM mention
 WHERE person_id = :person_id AND seen_at IS NULL AND inbox_id @any(:scope) LIMIT 100) few;

-- name: mention_unseen_here
-- in: conversation_id int, person_id int
-- out: n int
SELECT count(*) FROM (SELECT 1 FROM mention
 WHERE person_id = :person_id AND conversation_id = :conversation_id AND seen_at IS NULL LIMIT 1) one;

-- name: mention_seen
-- in: conversation_id int, person_id int, up_to int, at time
UPDATE mention SET seen_at = :at
 WHERE person_id = :person_id AND conversation_id = :conversation_id AND seen_at IS NULL AND entry_id <= :up_to;
