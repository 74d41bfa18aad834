-- What search finds: one row a conversation, message or customer, with the text it is found by.
CREATE TABLE search_doc (
  doc             @rowid,              -- newest first is this number, downward
  kind            INTEGER NOT NULL,    -- enum search_kind
  id              BIGINT  NOT NULL,    -- of the conversation, message or customer
  conversation_id BIGINT  NOT NULL,    -- 0 for a customer
  inbox_id        BIGINT  NOT NULL,    -- 0 for a customer
  customer_id     BIGINT  NOT NULL,    -- 0: none
  at              BIGINT  NOT NULL,    -- milliseconds since 1970, UTC
--@pgsql
  tokens          TSVECTOR,            -- what text/token.h makes of the text, with positions
--.
  text            TEXT    NOT NULL     -- at most 64 kB; snippets are cut from it
);
CREATE UNIQUE INDEX search_doc_by_id ON search_doc (kind, id);
--@sqlite
CREATE VIRTUAL TABLE search_index USING fts5(text, content='', columnsize=0, tokenize='aftersail');
--.
--@pgsql
CREATE INDEX search_doc_by_token ON search_doc USING gin (tokens);
--.

-- The tokenizer that made the index, and how far it has still to be made anew.
CREATE TABLE search_state (
  one     INTEGER PRIMARY KEY CHECK (one = 1), -- there is one row
  version BIGINT  NOT NULL,            -- TEXT_TOKENIZER_VERSION
  rest    BIGINT  NOT NULL             -- documents up to this number are not in the index yet
);
INSERT INTO search_state (one, version, rest) VALUES (1, 1, 0);
