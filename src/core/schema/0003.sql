-- What arrived and could not be taken in now waits, alone; what could not be fetched is asked for again.
ALTER TABLE inbound ADD COLUMN next_at BIGINT NOT NULL DEFAULT 0;          -- a new one is not tried before; ms since 1970 UTC
ALTER TABLE inbound ADD COLUMN partial BOOLEAN NOT NULL DEFAULT FALSE;     -- raw is not the whole mail: it is fetched again

-- What the one node that watches a mailbox is asked to do, by any of them.
CREATE TABLE mail_errand (
  id         @id,
  inbox_id   BIGINT NOT NULL,                 -- inbox.id
  kind       TEXT   NOT NULL CHECK (kind IN ('look','fetch','copy')), -- look for mail, fetch one again, keep an own copy
  inbound_id BIGINT NOT NULL DEFAULT 0,       -- fetch: inbound.id
  raw_hash   TEXT   NOT NULL DEFAULT '',      -- copy: the mail as it went out, in the blob store
  folder     TEXT   NOT NULL DEFAULT '',      -- copy: where to; '' the server's own
  at         BIGINT NOT NULL                  -- when, in ms since 1970 UTC
);
