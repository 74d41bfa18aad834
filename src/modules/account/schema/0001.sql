-- What a group of people may do.
CREATE TABLE role (
  id          @id,
  name        TEXT    NOT NULL UNIQUE,        -- built-in ones: i18n role.NAME
  builtin     BOOLEAN NOT NULL,               -- its permissions are in account.c and cannot be changed
  permissions TEXT    NOT NULL,               -- comma list of names from core/perms.h, for the others
  version     BIGINT  NOT NULL DEFAULT 1      -- grows with each change; a change of an older one is refused
);

-- Somebody who signs in to the console.
CREATE TABLE person (
  id            @id,
  name          TEXT    NOT NULL,             -- as colleagues and customers see it
  email         TEXT    NOT NULL UNIQUE,      -- lower case
  password_hash TEXT    NOT NULL,             -- argon2id; '' cannot sign in
  role_id       BIGINT  NOT NULL REFERENCES role (id), -- role.id
  active        BOOLEAN NOT NULL DEFAULT TRUE, -- false cannot sign in
  locale        TEXT    NOT NULL DEFAULT 'en',         -- of the console: en, zh-CN
  zone          TEXT    NOT NULL DEFAULT 'UTC',        -- IANA time zone
  theme         TEXT    NOT NULL DEFAULT 'auto',       -- auto, light, dark
  send_key      TEXT    NOT NULL DEFAULT 'mod_enter',  -- enter, mod_enter
  signature     TEXT    NOT NULL DEFAULT '',           -- put under e-mails
  presence      TEXT    NOT NULL DEFAULT 'online',     -- as chosen; offline while no console is open
  languages     @json   NOT NULL,             -- {"languages":[{"code":"de","grade":5}]}
  all_inboxes   BOOLEAN NOT NULL DEFAULT FALSE, -- sees every inbox, later ones too
  created_at    BIGINT  NOT NULL,             -- when, in ms since 1970 UTC
  last_seen_at  BIGINT,                       -- the newest sign-in
  version       BIGINT  NOT NULL DEFAULT 1             -- grows with each change; a change of an older one is refused
);
CREATE INDEX person_of_role ON person (role_id);

-- A sign-in.  Only a hash of the cookie is kept.
CREATE TABLE session (
  id         @id,
  token_hash TEXT   NOT NULL UNIQUE,          -- SHA-256 of the cookie
  person_id  BIGINT NOT NULL REFERENCES person (id), -- person.id
  at         BIGINT NOT NULL,                 -- when, in ms since 1970 UTC
  expires_at BIGINT NOT NULL                  -- ms since 1970 UTC
);
CREATE INDEX session_of_person ON session (person_id);
CREATE INDEX session_age ON session (expires_at);

-- People who work together.
CREATE TABLE team (
  id          @id,
  name        TEXT   NOT NULL UNIQUE,         -- unique
  description TEXT   NOT NULL DEFAULT '',     -- what it is for
  version     BIGINT NOT NULL DEFAULT 1       -- grows with each change; a change of an older one is refused
);

-- Who is in a team.
CREATE TABLE team_member (
  team_id   BIGINT NOT NULL REFERENCES team (id) ON DELETE CASCADE, -- team.id
  person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE, -- person.id
  PRIMARY KEY (team_id, person_id)
);
CREATE INDEX team_of_person ON team_member (person_id);

-- Every inbox there is, told by the module that owns them: the scope of those who see all.
CREATE TABLE scope_inbox (
  id BIGINT NOT NULL PRIMARY KEY              -- inbox.id
);

-- The inboxes a person may see who does not see all.
CREATE TABLE person_inbox (
  person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE, -- person.id
  inbox_id  BIGINT NOT NULL,                  -- inbox.id
  PRIMARY KEY (person_id, inbox_id)
);
CREATE INDEX person_of_inbox ON person_inbox (inbox_id);
