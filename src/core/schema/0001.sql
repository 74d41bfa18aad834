-- What happened, once each, in the transaction that made it happen.
CREATE TABLE event (
  id              @id,                        -- grows; with xid the readers' order
--@pgsql
  xid             xid8   NOT NULL DEFAULT pg_current_xact_id(), -- ids commit out of order; this tells what may still come
--.
  at              BIGINT NOT NULL,            -- milliseconds since 1970 UTC
  kind            TEXT   NOT NULL,            -- core/event.h
  actor_kind      BIGINT NOT NULL,            -- enum actor_kind
  actor_id        BIGINT NOT NULL,            -- person, visitor, ...; 0: the system
  conversation_id BIGINT NOT NULL,            -- 0: none
  inbox_id        BIGINT NOT NULL,            -- 0: none
  customer_id     BIGINT NOT NULL,            -- 0: none
  data            @json  NOT NULL             -- ids, codes and numbers only
);
CREATE INDEX event_of_conversation ON event (conversation_id, id) WHERE conversation_id > 0;
CREATE INDEX event_of_kind ON event (kind, at);
--@pgsql
CREATE INDEX event_order ON event (xid, id);
--.

-- Where each reader of the log stands.
CREATE TABLE reactor (
  module TEXT   NOT NULL PRIMARY KEY,         -- struct module name
  xid    BIGINT NOT NULL,                     -- of the last event acted on
  id     BIGINT NOT NULL                      -- of the last event acted on
);

-- Events a module failed on five times; shown and tried again by hand.
CREATE TABLE reactor_failed (
  id        @id,
  module    TEXT   NOT NULL,                  -- whose reaction
  event_id  BIGINT NOT NULL,                  -- event.id
  error_key TEXT   NOT NULL,                  -- i18n key
  at        BIGINT NOT NULL                   -- when, in ms since 1970 UTC
);

-- What leaves the machine.
CREATE TABLE job (
  id              @id,
  kind            TEXT   NOT NULL,            -- struct job_kind name
  jobkey          TEXT   NOT NULL,            -- jobs with one key run one after the other; '' alone
  subject         BIGINT NOT NULL,            -- what it is about, the kind's own
  inbox_id        BIGINT NOT NULL,            -- 0: none
  conversation_id BIGINT NOT NULL,            -- 0: none
  state           TEXT   NOT NULL CHECK (state IN ('queued','running','done','failed','unknown')), -- unknown: it may have been sent
  run_at          BIGINT NOT NULL,            -- not before
  tries           BIGINT NOT NULL DEFAULT 0,  -- how often it was tried
  lease_until     BIGINT NOT NULL DEFAULT 0,  -- a running one is lost after this
  node            TEXT   NOT NULL DEFAULT '', -- which process runs it
  data            @json  NOT NULL,            -- the kind's own
  error_key       TEXT   NOT NULL DEFAULT '', -- of the last try
  error_arg       TEXT   NOT NULL DEFAULT '', -- what the key is about
  at              BIGINT NOT NULL             -- when it was made
);
CREATE INDEX job_due ON job (run_at, id) WHERE state = 'queued';
CREATE INDEX job_running ON job (lease_until) WHERE state IN ('running', 'unknown');
CREATE INDEX job_of_key ON job (jobkey, id) WHERE state IN ('queued', 'running');
CREATE INDEX job_failed ON job (id) WHERE state IN ('failed', 'unknown');
CREATE INDEX job_of_subject ON job (kind, subject);

-- Long work on this machine.
CREATE TABLE task (
  id        @id,
  kind      TEXT   NOT NULL,                  -- struct task_kind name
  state     TEXT   NOT NULL CHECK (state IN ('running','done','failed','paused')), -- paused by a person
  input     @json  NOT NULL,                  -- the kind's own
  next      BIGINT NOT NULL DEFAULT 0,        -- the step's own cursor
  done      BIGINT NOT NULL DEFAULT 0,        -- of total
  total     BIGINT NOT NULL,                  -- steps, as counted at the start
  error_key TEXT   NOT NULL DEFAULT '',       -- i18n key of the last failure
  at        BIGINT NOT NULL                   -- when, in ms since 1970 UTC
);
CREATE INDEX task_running ON task (id) WHERE state = 'running';

-- Everything that arrived from outside, raw; those with an error are the quarantine.
CREATE TABLE inbound (
  id          @id,
  inbox_id    BIGINT NOT NULL,                -- inbox.id
  delivery_id TEXT   NOT NULL,                -- the delivery's own name: folder, UIDVALIDITY, UID; or a hash
  raw_hash    TEXT   NOT NULL,                -- in the blob store
  size        BIGINT NOT NULL,                -- bytes
  state       TEXT   NOT NULL CHECK (state IN ('new','done','failed')), -- failed is the quarantine
  tries       BIGINT NOT NULL DEFAULT 0,      -- how often it was tried
  sender      TEXT   NOT NULL DEFAULT '',     -- as far as it could be read
  subject     TEXT   NOT NULL DEFAULT '',     -- as the sender wrote it
  error_key   TEXT   NOT NULL DEFAULT '',     -- i18n key of the last failure
  error_arg   TEXT   NOT NULL DEFAULT '',     -- what the key is about
  at          BIGINT NOT NULL,                -- when, in ms since 1970 UTC
  UNIQUE (inbox_id, delivery_id)
);
CREATE INDEX inbound_new ON inbound (id) WHERE state = 'new';
CREATE INDEX inbound_failed ON inbound (id) WHERE state = 'failed';
CREATE INDEX inbound_done ON inbound (at) WHERE state = 'done';
CREATE INDEX inbound_of_raw ON inbound (raw_hash);

-- Replies of requests that carried an Idempotency-Key, for a day.
CREATE TABLE idempotency (
  actor    TEXT   NOT NULL,                   -- kind:id
  key      TEXT   NOT NULL,                   -- the client's
  request  TEXT   NOT NULL,                   -- hash of path and body
  status   BIGINT NOT NULL,                   -- of the reply
  reply    TEXT   NOT NULL,                   -- its body
  location TEXT   NOT NULL DEFAULT '',        -- its Location
  at       BIGINT NOT NULL,                   -- when, in ms since 1970 UTC
  PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_age ON idempotency (at);

-- The desk's own settings, one value each.
CREATE TABLE setting (
  name  TEXT NOT NULL PRIMARY KEY,            -- module.field
  value TEXT NOT NULL                         -- as the field reads it
);

-- Work that only one node does at a time.
CREATE TABLE lease (
  name    TEXT   NOT NULL PRIMARY KEY,        -- "worker", "mail:3"
  node    TEXT   NOT NULL,                    -- which process has it
  expires BIGINT NOT NULL                     -- ms since 1970 UTC; then another may take it
);
