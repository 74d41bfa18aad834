-- Somebody who buys, over all channels.
CREATE TABLE customer (
  id                 @id,
  name               TEXT    NOT NULL,           -- '' when nobody knows it
  email              TEXT    NOT NULL DEFAULT '', -- the first mail identity, shown in lists
  country            TEXT    NOT NULL DEFAULT '', -- ISO 3166-1 alpha-2
  language           TEXT    NOT NULL DEFAULT '', -- BCP 47
  zone               TEXT    NOT NULL DEFAULT '', -- IANA
  blocked            BOOLEAN NOT NULL DEFAULT FALSE, -- what they write is kept apart
  conversation_count BIGINT  NOT NULL DEFAULT 0, -- written by the inbox module
  created_at         BIGINT  NOT NULL,           -- when, in ms since 1970 UTC
  last_seen_at       BIGINT,                     -- wrote last
  version            BIGINT  NOT NULL DEFAULT 1  -- grows with each change; a change of an older one is refused
);

-- What a customer is known by on one channel.
CREATE TABLE identity (
  id          @id,
  customer_id BIGINT  NOT NULL REFERENCES customer (id) ON DELETE CASCADE, -- customer.id
  kind        TEXT    NOT NULL,                  -- email, visitor, shop (signed by the shop), ...
  value       TEXT    NOT NULL,                  -- e-mail in lower case
  verified    BOOLEAN NOT NULL,                  -- wrote from it, or a signature said so
  at          BIGINT  NOT NULL,                  -- when, in ms since 1970 UTC
  UNIQUE (kind, value)
);
CREATE INDEX identity_of_customer ON identity (customer_id);

-- What agents note about a customer.
CREATE TABLE customer_note (
  id          @id,
  customer_id BIGINT NOT NULL REFERENCES customer (id) ON DELETE CASCADE, -- customer.id
  person_id   BIGINT NOT NULL,                   -- person.id
  text        TEXT   NOT NULL,                   -- plain text
  at          BIGINT NOT NULL                    -- when, in ms since 1970 UTC
);
CREATE INDEX note_of_customer ON customer_note (customer_id, id);
