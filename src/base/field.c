/* SPDX-License-Identifier: Apache-2.0 */
#include "base/field.h"

bool field_enum_has(const char *values, struct str value)
{
	struct str rest = str_of(values), one;

	while (str_cut(&rest, '|', &one))
		if (str_eq(one, value))
			return true;
	return false;
}

const struct field *shape_find(const struct shape *s, struct str name)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(str_of(s->fields[i].name), name))
			return &s->fields[i];
	return NULL;
}
