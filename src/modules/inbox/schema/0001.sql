-- A connected channel: a mailbox, a shop's chat window.
CREATE TABLE inbox (
  id             @id,
  name           TEXT    NOT NULL UNIQUE,        -- as people see it
  channel        TEXT    NOT NULL,               -- app/channels.c
  address        TEXT    NOT NULL DEFAULT '',    -- a mailbox's own address, lower case
  key            TEXT    NOT NULL UNIQUE,        -- public, for data-inbox
  color          TEXT    NOT NULL DEFAULT '#0B716D', -- #rrggbb
  active         BOOLEAN NOT NULL DEFAULT TRUE,  -- false neither receives nor sends
  language       TEXT    NOT NULL DEFAULT 'en',  -- what it answers in when nothing else is known
  settings       TEXT    NOT NULL,               -- sealed JSON of the channel's shape
  link_state     TEXT    NOT NULL DEFAULT 'off', -- ok, connecting, failing, off
  last_ok_at     BIGINT,                         -- when it last worked
  last_error_at  BIGINT,                         -- when it last failed
  last_error_key TEXT    NOT NULL DEFAULT '',    -- i18n key
  last_error_arg TEXT    NOT NULL DEFAULT '',    -- what the key is about
  next_try_at    BIGINT,                         -- ms since 1970 UTC
  version        BIGINT  NOT NULL DEFAULT 1      -- grows with each change; a change of an older one is refused
);

-- What one customer and the desk say to each other about one matter.
CREATE TABLE conversation (
  id               @id,
  inbox_id         BIGINT NOT NULL REFERENCES inbox (id), -- inbox.id
  channel          TEXT   NOT NULL,              -- the inbox's
  customer_id      BIGINT NOT NULL,              -- customer.id
  visitor_id       BIGINT NOT NULL DEFAULT 0,    -- webchat's visitor; 0: none
  subject          TEXT   NOT NULL DEFAULT '',   -- the first mail's, or as set
  status           TEXT   NOT NULL DEFAULT 'open' CHECK (status IN ('open','pending','snoozed','resolved','spam')), -- open is the desk's turn, pending the customer's
  priority         BIGINT NOT NULL DEFAULT 0,    -- 0 none, 1 low, 2 medium, 3 high, 4 urgent
  assignee_id      BIGINT NOT NULL DEFAULT 0,    -- person.id; 0: nobody
  team_id          BIGINT NOT NULL DEFAULT 0,    -- team.id; 0: none
  language         TEXT   NOT NULL DEFAULT '',   -- BCP 47, as far as known
  snippet          TEXT   NOT NULL DEFAULT '',   -- of the last message
  last_direction   TEXT   NOT NULL DEFAULT 'in', -- in, out, note
  last_at          BIGINT NOT NULL,              -- of the last message or note
  last_in_id       BIGINT NOT NULL DEFAULT 0,    -- entry.id of the customer's last message
  waiting_since    BIGINT,                       -- the customer's first unanswered message
  snoozed_until    BIGINT,                       -- ms since 1970 UTC
  first_reply_at   BIGINT,                       -- ours, in ms since 1970 UTC
  resolved_at      BIGINT,                       -- last, in ms since 1970 UTC
  due_at           BIGINT,                       -- written by the module of response clocks
  mood             TEXT   NOT NULL DEFAULT '',   -- written by the module that reads moods
  failed_count     BIGINT NOT NULL DEFAULT 0,    -- messages that could not be sent
  message_count    BIGINT NOT NULL DEFAULT 0,    -- messages, no notes
  seen_by_customer BIGINT NOT NULL DEFAULT 0,    -- entry.id of ours that the customer has seen
  created_at       BIGINT NOT NULL,              -- when, in ms since 1970 UTC
  version          BIGINT NOT NULL DEFAULT 1     -- grows with each change; a change of an older one is refused
);
CREATE INDEX conversation_newest ON conversation (status, last_at, id);
CREATE INDEX conversation_mine ON conversation (assignee_id, status, last_at, id);
CREATE INDEX conversation_waiting ON conversation (status, waiting_since, id);
CREATE INDEX conversation_priority ON conversation (status, priority, last_at, id);
CREATE INDEX conversation_any ON conversation (last_at, id);
CREATE INDEX conversation_inbox ON conversation (inbox_id, status, last_at, id);
CREATE INDEX conversation_customer ON conversation (customer_id, last_at);
CREATE INDEX conversation_visitor ON conversation (visitor_id, last_at) WHERE visitor_id > 0;
CREATE INDEX conversation_snoozed ON conversation (snoozed_until) WHERE status = 'snoozed';

-- What stands in a thread: messages, private notes, and lines that say what happened.
CREATE TABLE entry (
  id              @id,
  conversation_id BIGINT  NOT NULL REFERENCES conversation (id), -- conversation.id
  inbox_id        BIGINT  NOT NULL,              -- the conversation's, for uniqueness and scope
  kind            TEXT    NOT NULL CHECK (kind IN ('message','note','event')), -- event: a line that says what happened
  at              BIGINT  NOT NULL,              -- when, in ms since 1970 UTC
  direction       TEXT    NOT NULL,              -- in, out; '' for notes and events
  person_id       BIGINT  NOT NULL DEFAULT 0,    -- who of ours
  customer_id     BIGINT  NOT NULL DEFAULT 0,    -- who of theirs
  text            TEXT    NOT NULL,              -- plain
  quoted          TEXT    NOT NULL DEFAULT '',   -- the folded rest of a mail
  html            BOOLEAN NOT NULL DEFAULT FALSE, -- entry_html has it
  language        TEXT    NOT NULL DEFAULT '',   -- BCP 47
  state           TEXT    NOT NULL,              -- received, held, queued, sending, sent, delivered, read, failed, unknown, bounced, undone
  state_key       TEXT    NOT NULL DEFAULT '',   -- i18n key of what went wrong
  state_arg       TEXT    NOT NULL DEFAULT '',   -- what the key is about
  send_at         BIGINT,                        -- held until
  external_id     TEXT    NOT NULL DEFAULT '',   -- Message-ID and the like
  client_id       TEXT    NOT NULL DEFAULT '',   -- the sender's own, against doubles
  sender          TEXT    NOT NULL DEFAULT '',   -- "Name <address>"
  recipients      TEXT    NOT NULL DEFAULT '',   -- comma list
  cc              TEXT    NOT NULL DEFAULT '',   -- comma list
  subject         TEXT    NOT NULL DEFAULT '',   -- as the sender wrote it
  automatic       BOOLEAN NOT NULL DEFAULT FALSE, -- a machine wrote it
  event           TEXT    NOT NULL DEFAULT '',   -- {"kind","from","to"}
  raw_hash        TEXT    NOT NULL DEFAULT '',   -- source in the blob store
  file_count      BIGINT  NOT NULL DEFAULT 0,    -- attachments
  version         BIGINT  NOT NULL DEFAULT 1     -- grows with each change; a change of an older one is refused
);
CREATE INDEX entry_thread ON entry (conversation_id, id);
CREATE UNIQUE INDEX entry_external ON entry (inbox_id, external_id) WHERE external_id <> '';
CREATE UNIQUE INDEX entry_client ON entry (conversation_id, client_id) WHERE client_id <> '';
CREATE INDEX entry_raw ON entry (raw_hash) WHERE raw_hash <> '';

-- A mail's cleaned HTML, apart from the thread because it is long.
CREATE TABLE entry_html (
  entry_id BIGINT NOT NULL PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE, -- entry.id
  html     TEXT   NOT NULL                       -- cleaned
);

-- A stored file: an attachment, or an upload that waits for its message.
CREATE TABLE file (
  id         @id,
  hash       TEXT   NOT NULL,                    -- in the blob store
  name       TEXT   NOT NULL,                    -- as uploaded
  type       TEXT   NOT NULL,                    -- what its bytes say
  size       BIGINT NOT NULL,                    -- bytes
  width      BIGINT,                             -- pixels, of pictures
  height     BIGINT,                             -- pixels, of pictures
  actor_kind BIGINT NOT NULL,                    -- who uploaded it: enum actor_kind
  actor_id   BIGINT NOT NULL,                    -- and which
  inbox_id   BIGINT NOT NULL DEFAULT 0,          -- once it hangs on an entry
  at         BIGINT NOT NULL                     -- when, in ms since 1970 UTC
);
CREATE INDEX file_of_hash ON file (hash);
CREATE INDEX file_loose ON file (at) WHERE inbox_id = 0;

-- The files of an entry.
CREATE TABLE attachment (
  entry_id BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE, -- entry.id
  position BIGINT NOT NULL,                      -- its place among several
  file_id  BIGINT NOT NULL REFERENCES file (id), -- file.id
  cid      TEXT   NOT NULL DEFAULT '',           -- of a picture inside HTML
  PRIMARY KEY (entry_id, position)
);
CREATE INDEX attachment_of_file ON attachment (file_id);

-- What a person is writing, one a conversation and kind.
CREATE TABLE draft (
  conversation_id BIGINT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE, -- conversation.id
  person_id       BIGINT NOT NULL,               -- person.id
  kind            TEXT   NOT NULL,               -- reply, note
  text            TEXT   NOT NULL,               -- as typed so far
  file_ids        TEXT   NOT NULL DEFAULT '',    -- comma list
  recipients      TEXT   NOT NULL DEFAULT '',    -- comma list
  cc              TEXT   NOT NULL DEFAULT '',    -- comma list
  at              BIGINT NOT NULL,               -- when, in ms since 1970 UTC
  version         BIGINT NOT NULL DEFAULT 1,     -- grows with each change; a change of an older one is refused
  PRIMARY KEY (conversation_id, person_id)
);

-- A word that conversations are marked with.
CREATE TABLE tag (
  id      @id,
  name    TEXT   NOT NULL UNIQUE,                -- unique
  color   TEXT   NOT NULL DEFAULT '#6B7F8C',     -- #rrggbb
  version BIGINT NOT NULL DEFAULT 1              -- grows with each change; a change of an older one is refused
);

-- Which conversation has which tag.
CREATE TABLE conversation_tag (
  conversation_id BIGINT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE, -- conversation.id
  tag_id          BIGINT NOT NULL REFERENCES tag (id) ON DELETE CASCADE, -- tag.id
  PRIMARY KEY (conversation_id, tag_id)
);
CREATE INDEX conversation_of_tag ON conversation_tag (tag_id, conversation_id);

-- How far a person has read.
CREATE TABLE read_mark (
  conversation_id BIGINT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE, -- conversation.id
  person_id       BIGINT NOT NULL,               -- person.id
  entry_id        BIGINT NOT NULL,               -- last_in_id seen
  PRIMARY KEY (conversation_id, person_id)
);

-- A reply kept ready.
CREATE TABLE canned (
  id       @id,
  shortcut TEXT   NOT NULL UNIQUE,               -- typed after /
  title    TEXT   NOT NULL,                      -- shown in the list
  folder   TEXT   NOT NULL DEFAULT '',           -- groups them
  used     BIGINT NOT NULL DEFAULT 0,            -- how often
  version  BIGINT NOT NULL DEFAULT 1             -- grows with each change; a change of an older one is refused
);

-- Its text in one language.
CREATE TABLE canned_text (
  canned_id BIGINT NOT NULL REFERENCES canned (id) ON DELETE CASCADE, -- canned.id
  language  TEXT   NOT NULL,                     -- BCP 47
  text      TEXT   NOT NULL,                     -- with {{ variables }}
  PRIMARY KEY (canned_id, language)
);

-- Teams a canned reply is for; none: all.
CREATE TABLE canned_team (
  canned_id BIGINT NOT NULL REFERENCES canned (id) ON DELETE CASCADE, -- canned.id
  team_id   BIGINT NOT NULL,                     -- team.id
  PRIMARY KEY (canned_id, team_id)
);

-- At most one automatic answer a sender, inbox and day.
CREATE TABLE auto_answer (
  inbox_id BIGINT NOT NULL,                      -- inbox.id
  sender   TEXT   NOT NULL,                      -- address, lower case
  day      BIGINT NOT NULL,                      -- days since 1970 UTC
  PRIMARY KEY (inbox_id, sender, day)
);
