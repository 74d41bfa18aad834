/* SPDX-License-Identifier: Apache-2.0 */
#include "store/engine.h"
#include "store/store.sql.h"

static const struct field count_fields[] = {
    {.name = "rows", .type = F_INT, .flags = FIELD_REQUIRED, .at = 0},
};
static SHAPE(count_shape, "StoreCount", int64_t, count_fields);

/* The names come from the database itself; quoted all the same. */
static enum err count_rows(struct db *db, struct arena *a, struct str table, int64_t *rows)
{
	struct store_rows_estimate_row row = {0};
	size_t n;

	if (db_is_pgsql(db)) {
		TRY(store_rows_estimate(db, a, table, &row, 1, &n));
		*rows = row.rows_count;
		return E_OK;
	}
	if (str_find_char(table, '"') >= 0)
		return E_OK;
	return db_composed(db, a, str_fmt(a, "SELECT COUNT(*) FROM \"%.*s\"", STR(table)).p, NULL,
			   0, &count_shape, rows, 1, &n);
}

enum err store_sizes(struct db *db, struct arena *a, struct store_sizes *out)
{
	struct store_total_row sum;
	struct store_index_bytes_row index;
	struct list found;
	size_t n;

	TRY(store_total(db, a, &sum, 1, &n));
	TRY(store_index_bytes(db, a, &index, 1, &n));
	TRY(store_size_list(db, a, &found));
	*out = (struct store_sizes){.total = sum.bytes, .index = index.bytes};
	const struct store_size_list_row *v = found.v;
	struct store_size *to = NEWN(a, struct store_size, found.n ? found.n : 1);

	for (size_t i = 0; i < found.n; i++) {
		to[i] = (struct store_size){.table = v[i].relation, .bytes = v[i].bytes};
		if (str_starts(v[i].relation, S("search_index")))
			out->index += v[i].bytes;
		if (!str_eq(v[i].relation, S("free")) && !str_starts(v[i].relation, S("sqlite_")))
			TRY(count_rows(db, a, v[i].relation, &to[i].rows));
	}
	out->tables = (struct list){to, found.n};
	return E_OK;
}
