-- name: macro_rows
-- in: id int?
-- all: id int, name text, canned_id int?, status text?, snooze_hours int?, priority text?, assignee text?, team_id int?, version int
SELECT id, name, canned_id, status, snooze_hours, priority, assignee, team_id, version FROM macro
--? id
 WHERE id = :id
--.
 ORDER BY name, id;

-- name: macro_tags
-- in: id int?
-- all: macro_id int, tag_id int
SELECT macro_id, tag_id FROM macro_tag
--? id
 WHERE macro_id = :id
--.
 ORDER BY macro_id, tag_id;

-- name: macro_named
-- in: name text
-- out: id int
SELECT id FROM macro WHERE name = :name;

-- name: macro_insert
-- in: name text, canned_id int?, status text?, snooze_hours int?, priority text?, assignee text?, team_id int?
-- out: id int
INSERT INTO macro (name, canned_id, status, snooze_hours, priority, assignee, team_id)
VALUES (:name, :canned_id, :status, :snooze_hours, :priority, :assignee, :team_id)
ON CONFLICT (name) DO NOTHING RETURNING id;

-- name: macro_update
-- in: id int, version int, name text, canned_id int?, status text?, snooze_hours int?, priority text?, assignee text?, team_id int?
-- out: version int
UPDATE macro
   SET name = :name, canned_id = :canned_id, status = :status, snooze_hours = :snooze_hours, priority = :priority,
       assignee = :assignee, team_id = :team_id, version = version + 1
 WHERE id = :id AND version = :version RETURNING version;

-- name: macro_delete
-- in: id int
-- out: id int
DELETE FROM macro WHERE id = :id RETURNING id;

-- name: macro_tag_clear
-- in: macro_id int
DELETE FROM macro_tag WHERE macro_id = :macro_id;

-- name: macro_tag_put
-- in: macro_id int, tag_id int
-- out: tag_id int
INSERT INTO macro_tag (macro_id, tag_id) SELECT :macro_id, id FROM tag WHERE id = :tag_id
ON CONFLICT (macro_id, tag_id) DO UPDATE SET tag_id = excluded.tag_id RETURNING tag_id;
