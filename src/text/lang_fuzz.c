/* Any bytes have a language or none; a table made of them opens safely or is refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/lang.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text at the end of a page with none after it: AddressSanitizer does not see into CLD2. */
static struct str at_the_edge(const uint8_t *data, size_t size)
{
	enum { ROOM = 1 << 17, GUARD = 1 << 16 };
	static char *room;

	if (!room) {
		room = mmap(NULL, ROOM + GUARD, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);
		if (room == MAP_FAILED || mprotect(room + ROOM, GUARD, PROT_NONE) != 0)
			abort();
	}
	size = size < ROOM ? size : ROOM;
	return (struct str){memcpy(room + ROOM - size, data, size), size};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const struct lang_table *t;
	const char *why;
	struct lang_result r;
	struct str made, text = at_the_edge(data, size);

	if (lang_pack(a, S("20746865\ten:100 de:60\n61\ten:70\n"), S("de\tund ist\nru\tне и\n"),
		      &made) != E_OK ||
	    lang_open(a, made, &t, &why) != E_OK)
		abort();
	lang_detect(t, text, NULL, &r);
	if (!(r.main.p >= 0 && r.main.p <= 1))
		abort();
	/* the made table, overwritten in places by the input */
	char *copy = NEWN(a, char, made.n);
	memcpy(copy, made.p, made.n);
	for (size_t i = 0; i + 2 < size && i < 300; i += 3)
		copy[(size_t)(data[i] << 8 | data[i + 1]) % made.n] = (char)data[i + 2];
	if (lang_open(a, (struct str){copy, made.n}, &t, &why) == E_OK)
		lang_detect(t, text, NULL, &r);
	arena_free(a);
	return 0;
}
