-- A connected channel: a mailbox, a shop's chat window.
CREATE TABLE inbox (
  id             @id,
  name           TEXT    NOT NULL UNIQUE,
  channel        TEXT    NOT NULL,               -- app/channels.c
  address        TEXT    NOT NULL DEFAULT '',    -- a mailbox's own address, lower case
  key            TEXT    NOT NULL UNIQUE,        -- public, for data-inbox
  color          TEXT    NOT NULL DEFAULT '#0B716D',
  active         BOOLEAN NOT NULL DEFAULT TRUE,
  language       TEXT    NOT NULL DEFAULT 'en',  -- what it answers in when nothing else is known
  settings       TEXT    NOT NULL,               -- sealed JSON of the channel's shape
  link_state     TEXT    NOT NULL DEFAULT 'off', -- ok, connecting, failing, off
  last_ok_at     BIGINT,
  last_error_at  BIGINT,
  last_error_key TEXT    NOT NULL DEFAULT '',
  last_error_arg TEXT    NOT NULL DEFAULT '',
  next_try_at    BIGINT,
  version        BIGINT  NOT NULL DEFAULT 1
);

CREATE TABLE conversation (
  id               @id,
  inbox_id         BIGINT NOT NULL REFERENCES inbox (id),
  channel          TEXT   NOT NULL,
  customer_id      BIGINT NOT NULL,              -- customer.id
  visitor_id       BIGINT NOT NULL DEFAULT 0,    -- webchat's visitor; 0: none
  subject          TEXT   NOT NULL DEFAULT '',
  status           TEXT   NOT NULL DEFAULT 'open' CHECK (status IN ('open','pending','snoozed','resolved','spam')),
  priority         BIGINT NOT NULL DEFAULT 0,    -- 0 none, 1 low, 2 medium, 3 high, 4 urgent
  assignee_id      BIGINT NOT NULL DEFAULT 0,    -- person.id; 0: nobody
  team_id          BIGINT NOT NULL DEFAULT 0,    -- team.id; 0: none
  language         TEXT   NOT NULL DEFAULT '',   -- BCP 47, as far as known
  snippet          TEXT   NOT NULL DEFAULT '',   -- of the last message
  last_direction   TEXT   NOT NULL DEFAULT 'in', -- in, out, note
  last_at          BIGINT NOT NULL,              -- of the last message or note
  last_in_id       BIGINT NOT NULL DEFAULT 0,    -- entry.id of the customer's last message
  waiting_since    BIGINT,                       -- the customer's first unanswered message
  snoozed_until    BIGINT,
  first_reply_at   BIGINT,
  resolved_at      BIGINT,
  due_at           BIGINT,                       -- written by the module of response clocks
  mood             TEXT   NOT NULL DEFAULT '',   -- written by the module that reads moods
  failed_count     BIGINT NOT NULL DEFAULT 0,    -- messages that could not be sent
  message_count    BIGINT NOT NULL DEFAULT 0,
  seen_by_customer BIGINT NOT NULL DEFAULT 0,    -- entry.id of ours that the customer has seen
  created_at       BIGINT NOT NULL,
  version          BIGINT NOT NULL DEFAULT 1
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
  conversation_id BIGINT  NOT NULL REFERENCES conversation (id),
  inbox_id        BIGINT  NOT NULL,              -- the conversation's, for uniqueness and scope
  kind            TEXT    NOT NULL CHECK (kind IN ('message','note','event')),
  at              BIGINT  NOT NULL,
  direction       TEXT    NOT NULL,              -- in, out; '' for notes and events
  person_id       BIGINT  NOT NULL DEFAULT 0,    -- who of ours
  customer_id     BIGINT  NOT NULL DEFAULT 0,
  text            TEXT    NOT NULL,
  quoted          TEXT    NOT NULL DEFAULT '',   -- the folded rest of a mail
  html            BOOLEAN NOT NULL DEFAULT FALSE, -- entry_html has it
  language        TEXT    NOT NULL DEFAULT '',
  state           TEXT    NOT NULL,              -- received, held, queued, sending, sent, delivered, read, failed, unknown, bounced, undone
  state_key       TEXT    NOT NULL DEFAULT '',   -- i18n key of what went wrong
  state_arg       TEXT    NOT NULL DEFAULT '',
  send_at         BIGINT,                        -- held until
  external_id     TEXT    NOT NULL DEFAULT '',   -- Message-ID and the like
  client_id       TEXT    NOT NULL DEFAULT '',   -- the sender's own, against doubles
  sender          TEXT    NOT NULL DEFAULT '',   -- "Name <address>"
  recipients      TEXT    NOT NULL DEFAULT '',   -- comma list
  cc              TEXT    NOT NULL DEFAULT '',
  subject         TEXT    NOT NULL DEFAULT '',
  automatic       BOOLEAN NOT NULL DEFAULT FALSE,
  event           TEXT    NOT NULL DEFAULT '',   -- {"kind","from","to"}
  raw_hash        TEXT    NOT NULL DEFAULT '',   -- source in the blob store
  file_count      BIGINT  NOT NULL DEFAULT 0,
  version         BIGINT  NOT NULL DEFAULT 1
);
CREATE INDEX entry_thread ON entry (conversation_id, id);
CREATE UNIQUE INDEX entry_external ON entry (inbox_id, external_id) WHERE external_id <> '';
CREATE UNIQUE INDEX entry_client ON entry (conversation_id, client_id) WHERE client_id <> '';
CREATE INDEX entry_raw ON entry (raw_hash) WHERE raw_hash <> '';

-- A mail's cleaned HTML, apart from the thread because it is long.
CREATE TABLE entry_html (
  entry_id BIGINT NOT NULL PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
  html     TEXT   NOT NULL
);

-- A stored file: an attachment, or an upload that waits for its message.
CREATE TABLE file (
  id         @id,
  hash       TEXT   NOT NULL,                    -- in the blob store
  name       TEXT   NOT NULL,
  type       TEXT   NOT NULL,                    -- what its bytes say
  size       BIGINT NOT NULL,
  width      BIGINT,
  height     BIGINT,
  actor_kind BIGINT NOT NULL,                    -- who uploaded it: enum actor_kind
  actor_id   BIGINT NOT NULL,
  inbox_id   BIGINT NOT NULL DEFAULT 0,          -- once it hangs on an entry
  at         BIGINT NOT NULL
);
CREATE INDEX file_of_hash ON file (hash);
CREATE INDEX file_loose ON file (at) WHERE inbox_id = 0;

CREATE TABLE attachment (
  entry_id BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  file_id  BIGINT NOT NULL REFERENCES file (id),
  cid      TEXT   NOT NULL DEFAULT '',           -- of a picture inside HTML
  PRIMARY KEY (entry_id, position)
);
CREATE INDEX attachment_of_file ON attachment (file_id);

-- What a person is writing, one a conversation and kind.
CREATE TABLE draft (
  conversation_id BIGINT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  person_id       BIGINT NOT NULL,
  kind            TEXT   NOT NULL,               -- reply, note
  text            TEXT   NOT NULL,
  file_ids        TEXT   NOT NULL DEFAULT '',    -- comma list
  recipients      TEXT   NOT NULL DEFAULT '',
  cc              TEXT   NOT NULL DEFAULT '',
  at              BIGINT NOT NULL,
  version         BIGINT NOT NULL DEFAULT 1,
  PRIMARY KEY (conversation_id, person_id)
);

CREATE TABLE tag (
  id      @id,
  name    TEXT   NOT NULL UNIQUE,
  color   TEXT   NOT NULL DEFAULT '#6B7F8C',
  version BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE conversation_tag (
  conversation_id BIGINT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  tag_id          BIGINT NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  PRIMARY KEY (conversation_id, tag_id)
);
CREATE INDEX conversation_of_tag ON conversation_tag (tag_id, conversation_id);

-- How far a person has read.
CREATE TABLE read_mark (
  conversation_id BIGINT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  person_id       BIGINT NOT NULL,
  entry_id        BIGINT NOT NULL,               -- last_in_id seen
  PRIMARY KEY (conversation_id, person_id)
);

CREATE TABLE canned (
  id       @id,
  shortcut TEXT   NOT NULL UNIQUE,               -- typed after /
  title    TEXT   NOT NULL,
  folder   TEXT   NOT NULL DEFAULT '',
  used     BIGINT NOT NULL DEFAULT 0,
  version  BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE canned_text (
  canned_id BIGINT NOT NULL REFERENCES canned (id) ON DELETE CASCADE,
  language  TEXT   NOT NULL,                     -- BCP 47
  text      TEXT   NOT NULL,
  PRIMARY KEY (canned_id, language)
);

-- Teams a canned reply is for; none: all.
CREATE TABLE canned_team (
  canned_id BIGINT NOT NULL REFERENCES canned (id) ON DELETE CASCADE,
  team_id   BIGINT NOT NULL,
  PRIMARY KEY (canned_id, team_id)
);

-- At most one automatic answer a sender, inbox and day.
CREATE TABLE auto_answer (
  inbox_id BIGINT NOT NULL,
  sender   TEXT   NOT NULL,
  day      BIGINT NOT NULL,                      -- days since 1970 UTC
  PRIMARY KEY (inbox_id, sender, day)
);
