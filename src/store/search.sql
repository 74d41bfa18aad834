-- Search: documents and the index over them.  On SQLite the index is a table of its own, from
-- which a document is taken by giving its old text again.

-- name: search_state_get
-- out: version int, rest int
SELECT version, rest FROM search_state WHERE one = 1;

-- name: search_state_set
-- in: version int, rest int
UPDATE search_state SET version = :version, rest = :rest WHERE one = 1;

-- name: search_newest
-- out: doc int
SELECT COALESCE(MAX(doc), 0) FROM search_doc;

-- name: search_doc_get
-- in:  kind int, id int
-- out: doc int, kind int, id int, inbox_id int, text text
SELECT doc, kind, id, inbox_id, text FROM search_doc WHERE kind = :kind AND id = :id;

-- name: search_doc_add
-- in:  kind int, id int, conversation_id int, inbox_id int, customer_id int, at time, text text, tokens text?
-- out: doc int
INSERT INTO search_doc (kind, id, conversation_id, inbox_id, customer_id, at, text)
SELECT :kind, :id, :conversation_id, :inbox_id, :customer_id, :at, :text WHERE :tokens IS NULL
RETURNING doc
-- @pgsql
INSERT INTO search_doc (kind, id, conversation_id, inbox_id, customer_id, at, text, tokens)
VALUES (:kind, :id, :conversation_id, :inbox_id, :customer_id, :at, :text, :tokens::tsvector)
ON CONFLICT (kind, id) DO UPDATE
   SET conversation_id = excluded.conversation_id, inbox_id = excluded.inbox_id,
       customer_id = excluded.customer_id, at = excluded.at, text = excluded.text,
       tokens = excluded.tokens
RETURNING doc;

-- name: search_doc_set
-- in: doc int, conversation_id int, inbox_id int, customer_id int, at time, text text
UPDATE search_doc
   SET conversation_id = :conversation_id, inbox_id = :inbox_id, customer_id = :customer_id,
       at = :at, text = :text
 WHERE doc = :doc;

-- name: search_doc_remove
-- in: kind int, id int
DELETE FROM search_doc WHERE kind = :kind AND id = :id;

-- name: search_doc_tokens
-- doc: PostgreSQL only: the tokens of one document.
-- in: doc int, tokens text
UPDATE search_state SET one = 1 WHERE FALSE AND :doc = :tokens
-- @pgsql
UPDATE search_doc SET tokens = :tokens::tsvector WHERE doc = :doc;

-- name: search_doc_below
-- in:  last int, count int
-- all: doc int, kind int, id int, inbox_id int, text text
SELECT doc, kind, id, inbox_id, text FROM search_doc WHERE doc <= :last
 ORDER BY doc DESC LIMIT :count;

-- name: search_index_add
-- in: doc int, text text
INSERT INTO search_index (rowid, text) VALUES (:doc, :text)
-- @pgsql
DELETE FROM search_state WHERE FALSE AND :doc = 0 AND :text = '';

-- name: search_index_remove
-- in: doc int, text text
INSERT INTO search_index (search_index, rowid, text) VALUES ('delete', :doc, :text)
-- @pgsql
DELETE FROM search_state WHERE FALSE AND :doc = 0 AND :text = '';

-- name: search_index_empty
INSERT INTO search_index (search_index) VALUES ('delete-all')
-- @pgsql
UPDATE search_doc SET tokens = NULL;

-- name: search_rows
-- doc: Newest first, walking the index from its end.
-- in:  match text, before int, inboxes ids, customers bool, lim int
-- out: doc int, kind int, id int, conversation_id int, customer_id int, inbox_id int, at time, text text
SELECT d.doc, d.kind, d.id, d.conversation_id, d.customer_id, d.inbox_id, d.at, d.text
  FROM search_index i CROSS JOIN search_doc d ON d.doc = i.rowid
 WHERE i.search_index MATCH :match AND i.rowid < :before
   AND (d.inbox_id @any(:inboxes) OR (:customers AND d.kind = 3))
 ORDER BY i.rowid DESC LIMIT :lim
-- @pgsql
SELECT doc, kind, id, conversation_id, customer_id, inbox_id, at, text
  FROM search_doc
 WHERE tokens @@ :match::tsquery AND doc < :before
   AND (inbox_id @any(:inboxes) OR (:customers AND kind = 3))
 ORDER BY doc DESC LIMIT :lim;

-- name: search_rows_recent
-- doc: PostgreSQL: the same among the newest few thousand, for words that stand everywhere.
-- in:  match text, before int, inboxes ids, customers bool, lim int
-- out: doc int, kind int, id int, conversation_id int, customer_id int, inbox_id int, at time, text text
SELECT 0, 0, 0, 0, 0, 0, 0, '' WHERE FALSE AND :match = :before AND 1 @any(:inboxes)
   AND :customers AND :lim
-- @pgsql
SELECT doc, kind, id, conversation_id, customer_id, inbox_id, at, text
  FROM (SELECT * FROM search_doc WHERE doc < :before ORDER BY doc DESC LIMIT 3000) newest
 WHERE tokens @@ :match::tsquery
   AND (inbox_id @any(:inboxes) OR (:customers AND kind = 3))
 ORDER BY doc DESC LIMIT :lim;
