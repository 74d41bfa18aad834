-- Queries for store_test.c: every type, optional parts, lists of ids.

-- name: t_add
-- in: i int, r real, b bool, s text, j json, at time
-- out: id int
INSERT INTO t (i, r, b, s, j, at) VALUES (:i, :r, :b, :s, :j, :at) RETURNING id;

-- name: t_add_null
-- in: i int?, r real?, b bool?, s text?, j json?, at time?
-- out: id int
INSERT INTO t (i, r, b, s, j, at) VALUES (:i, :r, :b, :s, :j, :at) RETURNING id;

-- name: t_get
-- in: id int
-- out: id int, i int?, r real?, b bool?, s text?, j json?, at time?, kind enum(one|two)
SELECT id, i, r, b, s, j, at, 'one' FROM t WHERE id = :id;

-- name: t_strict
-- in: id int
-- out: i int
SELECT i FROM t WHERE id = :id;

-- name: t_find
-- in: i int?, s text?, some ids?, lim int
-- all: id int
SELECT id FROM t WHERE 1 = 1
--? i
   AND i = :i
--.
--? s
   AND s = :s
--.
--? some
   AND id @any(:some)
--.
 ORDER BY id LIMIT :lim;

-- name: t_any
-- in: some ids
-- all: id int
SELECT id FROM t WHERE id @any(:some) ORDER BY id;

-- name: t_put
-- in: id int, s text
INSERT INTO t (id, s) VALUES (:id, :s);

-- name: t_claim
-- doc: An expected clash is no error.
-- in: id int, s text
-- out: id int
INSERT INTO t (id, s) VALUES (:id, :s) ON CONFLICT DO NOTHING RETURNING id;

-- name: t_set
-- in: id int, i int
UPDATE t SET i = :i WHERE id = :id;

-- name: t_count
-- out: number int, total int
SELECT COUNT(*), COALESCE(SUM(i), 0) FROM t;

-- name: t_engine
-- out: name text
SELECT 'sqlite'
-- @pgsql
SELECT 'pgsql';

-- name: t_slow
-- out: number int
WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000000)
SELECT COUNT(*) FROM n
-- @pgsql
SELECT COUNT(*) FROM (SELECT pg_sleep(60)) x;

-- name: t_big
-- in: n_rows int
-- all: x int
WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < :n_rows)
SELECT x FROM n;


-- name: t_order
-- in: up bool?, down bool?, i int?
-- one: up, down
-- all: id int
SELECT id FROM t
--? i
 WHERE i = :i
--.
--? up
 ORDER BY id
--.
--? down
 ORDER BY id DESC
--.
