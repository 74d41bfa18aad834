-- name: session_actor
-- in: token_hash text, now time
-- out: session_id int, person_id int, name text, role_name text, builtin bool, permissions text, all_inboxes bool
SELECT s.id, p.id, p.name, r.name, r.builtin, r.permissions, p.all_inboxes
  FROM session s JOIN person p ON p.id = s.person_id JOIN role r ON r.id = p.role_id
 WHERE s.token_hash = :token_hash AND s.expires_at > :now AND p.active;

-- name: session_insert
-- in: token_hash text, person_id int, at time, expires_at time
-- out: id int
INSERT INTO session (token_hash, person_id, at, expires_at)
VALUES (:token_hash, :person_id, :at, :expires_at) RETURNING id;

-- name: session_delete
-- in: id int
DELETE FROM session WHERE id = :id;

-- name: session_delete_others
-- in: person_id int, keep int
DELETE FROM session WHERE person_id = :person_id AND id <> :keep;

-- name: session_clear
-- in: before time
DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires_at < :before LIMIT 500);

-- name: scope_all
-- all: id int
SELECT id FROM scope_inbox ORDER BY id;

-- name: scope_of_person
-- in: person_id int
-- all: id int
SELECT inbox_id FROM person_inbox WHERE person_id = :person_id ORDER BY inbox_id;

-- name: person_sees_all
-- all: id int
SELECT id FROM person WHERE all_inboxes AND active;

-- name: scope_add
-- in: id int
INSERT INTO scope_inbox (id) VALUES (:id) ON CONFLICT (id) DO NOTHING;

-- name: person_inbox_clear
-- in: person_id int
DELETE FROM person_inbox WHERE person_id = :person_id;

-- name: person_inbox_add
-- in: person_id int, inbox_id int
INSERT INTO person_inbox (person_id, inbox_id)
SELECT :person_id, id FROM scope_inbox WHERE id = :inbox_id
ON CONFLICT DO NOTHING;

-- name: person_inbox_remove
-- in: person_id int, inbox_id int
DELETE FROM person_inbox WHERE person_id = :person_id AND inbox_id = :inbox_id;

-- name: person_inbox_all
-- all: person_id int, inbox_id int
SELECT person_id, inbox_id FROM person_inbox ORDER BY person_id, inbox_id;

-- name: inbox_people
-- in: inbox_id int
-- all: person_id int
SELECT person_id FROM person_inbox WHERE inbox_id = :inbox_id ORDER BY person_id;

-- name: person_credentials
-- in: email text
-- out: id int, password_hash text, active bool
SELECT id, password_hash, active FROM person WHERE email = :email;

-- name: person_list
-- in: id int?
-- all: id int, name text, email text, role_id int, role_name text, active bool, locale text, zone text, theme text, send_key text, signature text, presence text, languages json, all_inboxes bool, created_at time, last_seen_at time?, version int
SELECT p.id, p.name, p.email, p.role_id, r.name, p.active, p.locale, p.zone, p.theme, p.send_key, p.signature,
       p.presence, p.languages, p.all_inboxes, p.created_at, p.last_seen_at, p.version
  FROM person p JOIN role r ON r.id = p.role_id
--? id
 WHERE p.id = :id
--.
 ORDER BY p.id;

-- name: person_online
-- in: inbox_id int
-- all: id int
SELECT p.id FROM person p WHERE p.active AND p.presence = 'online'
   AND (p.all_inboxes OR EXISTS (SELECT 1 FROM person_inbox i WHERE i.person_id = p.id AND i.inbox_id = :inbox_id));

-- name: person_insert
-- in: name text, email text, password_hash text, role_id int, locale text, zone text, languages json, all_inboxes bool, created_at time
-- out: id int
INSERT INTO person (name, email, password_hash, role_id, locale, zone, languages, all_inboxes, created_at)
VALUES (:name, :email, :password_hash, :role_id, :locale, :zone, :languages, :all_inboxes, :created_at)
ON CONFLICT (email) DO NOTHING
RETURNING id;

-- name: person_update
-- in: id int, version int, name text?, role_id int?, active bool?, locale text?, zone text?, theme text?, send_key text?, signature text?, languages json?, all_inboxes bool?
-- out: version int
UPDATE person SET version = version + 1
--? name
     , name = :name
--.
--? role_id
     , role_id = :role_id
--.
--? active
     , active = :active
--.
--? locale
     , locale = :locale
--.
--? zone
     , zone = :zone
--.
--? theme
     , theme = :theme
--.
--? send_key
     , send_key = :send_key
--.
--? signature
     , signature = :signature
--.
--? languages
     , languages = :languages
--.
--? all_inboxes
     , all_inboxes = :all_inboxes
--.
 WHERE id = :id AND version = :version
RETURNING version;

-- name: person_presence
-- in: id int, presence text
UPDATE person SET presence = :presence WHERE id = :id;

-- name: person_seen
-- in: id int, at time
UPDATE person SET last_seen_at = :at WHERE id = :id;

-- name: person_password
-- in: id int, password_hash text
UPDATE person SET password_hash = :password_hash WHERE id = :id;

-- name: administrators
-- out: n int
SELECT count(*) FROM person p JOIN role r ON r.id = p.role_id
 WHERE p.active AND r.builtin AND r.name = 'administrator';

-- name: role_list
-- all: id int, name text, builtin bool, permissions text, people int, version int
SELECT r.id, r.name, r.builtin, r.permissions, (SELECT count(*) FROM person p WHERE p.role_id = r.id), r.version
  FROM role r ORDER BY r.id;

-- name: role_get
-- in: id int
-- out: id int, name text, builtin bool, permissions text, version int
SELECT id, name, builtin, permissions, version FROM role WHERE id = :id;

-- name: role_find
-- in: name text
-- out: id int
SELECT id FROM role WHERE name = :name;

-- name: role_insert
-- in: name text, builtin bool, permissions text
-- out: id int
INSERT INTO role (name, builtin, permissions) VALUES (:name, :builtin, :permissions)
ON CONFLICT (name) DO NOTHING RETURNING id;

-- name: role_update
-- in: id int, version int, name text, permissions text
-- out: version int
UPDATE role SET name = :name, permissions = :permissions, version = version + 1
 WHERE id = :id AND version = :version AND NOT builtin RETURNING version;

-- name: role_people
-- in: role_id int
-- all: id int
SELECT id FROM person WHERE role_id = :role_id;

-- name: role_delete
-- in: id int
-- out: id int
DELETE FROM role WHERE id = :id AND NOT builtin AND NOT EXISTS (SELECT 1 FROM person WHERE role_id = :id)
RETURNING id;

-- name: team_list
-- all: id int, name text, description text, version int
SELECT id, name, description, version FROM team ORDER BY name;

-- name: team_members
-- all: team_id int, person_id int
SELECT team_id, person_id FROM team_member ORDER BY team_id, person_id;

-- name: team_exists
-- in: id int
-- out: id int
SELECT id FROM team WHERE id = :id;

-- name: person_exists
-- in: id int
-- out: id int, name text, active bool, all_inboxes bool
SELECT id, name, active, all_inboxes FROM person WHERE id = :id;

-- name: person_sees
-- in: id int, inbox_id int
-- out: id int
SELECT p.id FROM person p
 WHERE p.id = :id AND p.active
   AND (p.all_inboxes OR EXISTS (SELECT 1 FROM person_inbox i WHERE i.person_id = p.id AND i.inbox_id = :inbox_id));

-- name: team_insert
-- in: name text, description text
-- out: id int
INSERT INTO team (name, description) VALUES (:name, :description) ON CONFLICT (name) DO NOTHING RETURNING id;

-- name: team_update
-- in: id int, version int, name text?, description text?
-- out: version int
UPDATE team SET version = version + 1
--? name
     , name = :name
--.
--? description
     , description = :description
--.
 WHERE id = :id AND version = :version RETURNING version;

-- name: team_named
-- in: name text
-- out: id int
SELECT id FROM team WHERE name = :name;

-- name: team_delete
-- in: id int
-- out: id int
DELETE FROM team WHERE id = :id RETURNING id;

-- name: team_member_clear
-- in: team_id int
DELETE FROM team_member WHERE team_id = :team_id;

-- name: team_member_clear_person
-- in: person_id int
DELETE FROM team_member WHERE person_id = :person_id;

-- name: team_member_add
-- in: team_id int, person_id int
INSERT INTO team_member (team_id, person_id)
SELECT t.id, p.id FROM team t, person p WHERE t.id = :team_id AND p.id = :person_id
ON CONFLICT DO NOTHING;

-- name: person_link_insert
-- in: person_id int, kind text, job_id int, at time, expires_at time
-- out: id int
INSERT INTO person_link (person_id, kind, job_id, at, expires_at)
VALUES (:person_id, :kind, :job_id, :at, :expires_at) RETURNING id;

-- name: person_link_get
-- doc: A link that still opens, and whom it lets in.
-- in: id int, now time
-- out: id int, person_id int, kind text, expires_at time, name text, email text, locale text
SELECT l.id, l.person_id, l.kind, l.expires_at, p.name, p.email, p.locale
  FROM person_link l JOIN person p ON p.id = l.person_id
 WHERE l.id = :id AND l.expires_at > :now AND l.used_at IS NULL AND p.active;

-- name: person_link_of_job
-- in: job_id int
-- out: id int
SELECT id FROM person_link WHERE job_id = :job_id AND job_id > 0;

-- name: person_link_end
-- doc: None of a person's links of a kind, or of any kind ('%'), opens any more.
-- in: person_id int, kind text, now time
UPDATE person_link SET used_at = :now WHERE person_id = :person_id AND kind LIKE :kind AND used_at IS NULL;

-- name: person_link_clear
-- in: before time
DELETE FROM person_link WHERE id IN (SELECT id FROM person_link WHERE expires_at < :before LIMIT 500);
