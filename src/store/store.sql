-- What the store itself asks: versions of the schema, sizes.

-- name: store_version_list
-- all: module text, n int, sum text
SELECT module, n, sum FROM schema_version ORDER BY module, n;

-- name: store_version_get
-- in:  module text, number int
-- out: found int
SELECT 1 FROM schema_version WHERE module = :module AND n = :number;

-- name: store_version_add
-- in: module text, n int, sum text, at time
INSERT INTO schema_version (module, n, sum, at) VALUES (:module, :n, :sum, :at);

-- name: store_foreign_key_check
-- doc: Rows whose foreign key points nowhere; SQLite only.
-- out: child text
SELECT "table" FROM pragma_foreign_key_check LIMIT 1
-- @pgsql
SELECT '' WHERE FALSE;

-- name: store_size_list
-- doc: Bytes of each table with its indices.
-- all: relation text, bytes int
SELECT COALESCE(s.tbl_name, 'free'), SUM(d.pgsize)
  FROM dbstat d LEFT JOIN sqlite_schema s ON s.name = d.name
 WHERE d.aggregate = 1
 GROUP BY 1 ORDER BY 2 DESC
-- @pgsql
SELECT c.relname::text, pg_total_relation_size(c.oid)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname = current_schema()
 ORDER BY 2 DESC;

-- name: store_index_bytes
-- doc: PostgreSQL: of the search index; SQLite has it in tables of its own.
-- out: bytes int
SELECT 0
-- @pgsql
SELECT COALESCE(pg_relation_size(to_regclass('search_doc_by_token')), 0);

-- name: store_rows_estimate
-- doc: PostgreSQL: what the last ANALYZE saw.
-- in:  relation text
-- out: rows_count int
SELECT 0 WHERE :relation IS NULL
-- @pgsql
SELECT GREATEST(reltuples, 0)::bigint FROM pg_class WHERE oid = to_regclass(:relation);

-- name: store_total
-- out: bytes int
SELECT p.page_count * s.page_size FROM pragma_page_count() p, pragma_page_size() s
-- @pgsql
SELECT pg_database_size(current_database());
