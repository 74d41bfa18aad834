-- Somebody in a shop's chat window, known by a signed token in the shop's own storage.
CREATE TABLE visitor (
  id          @id,
  inbox_id    BIGINT  NOT NULL,               -- inbox.id
  client_id   TEXT    NOT NULL,               -- random, the browser's own: the same start twice is one visitor
  customer_id BIGINT  NOT NULL,               -- customer.id
  name        TEXT    NOT NULL DEFAULT '',    -- as the visitor gave it
  email       TEXT    NOT NULL DEFAULT '',    -- to go on by e-mail; not verified
  signed      BOOLEAN NOT NULL DEFAULT FALSE, -- the shop signed who this is
  language    TEXT    NOT NULL DEFAULT '',    -- BCP 47
  page        TEXT    NOT NULL DEFAULT '',    -- where the chat began
  at          BIGINT  NOT NULL,               -- when, in ms since 1970 UTC
  UNIQUE (inbox_id, client_id)
);
CREATE INDEX visitor_of_customer ON visitor (customer_id);
