/* Whatever a mail server sends, whole or in pieces, is refused or understood the same way; what
 * is handed over lies within what came, and nothing is read past its end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/imap_reader.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_MAX = 64 };

struct seen {
	size_t responses, bytes, size;
	struct arena *a;
};

static void touch(struct seen *s, struct str text)
{
	if (text.n > s->size)
		abort();
	for (size_t i = 0; i < text.n; i++)
		s->bytes += (unsigned char)text.p[i];
}

static bool on_response(void *arg, const struct imap_response *r)
{
	struct seen *s = arg;
	struct str rest = r->rest, flags, folder;
	uint32_t number;

	s->responses++;
	touch(s, r->tag);
	touch(s, r->name);
	touch(s, r->rest);
	touch(s, r->code);
	touch(s, r->code_arg);
	touch(s, r->fetched.body);
	if (r->fetched.body.n > BODY_MAX && r->fetched.cut)
		abort();
	while (imap_next_number(&rest, &number))
		s->bytes += number;
	if (imap_read_list(s->a, r->rest, &flags, &folder)) {
		touch(s, flags);
		touch(s, folder);
		imap_quote(s->a, folder);
	}
	return true;
}

static struct seen read_in_pieces(const uint8_t *data, size_t size, size_t piece)
{
	struct imap_reader *r = imap_reader_new(BODY_MAX);
	struct seen s = {.size = size, .a = arena_new()};

	for (size_t i = 0; i < size; i += piece) {
		size_t n = size - i < piece ? size - i : piece;

		if (!imap_reader_feed(r, (const char *)data + i, n, on_response, &s))
			break;
	}
	imap_reader_free(r);
	arena_free(s.a);
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole = read_in_pieces(data, size, size ? size : 1);
	struct seen pieces = read_in_pieces(data, size, 3);
	struct arena *a = arena_new();
	struct str s = {(const char *)data, size};

	if (whole.responses != pieces.responses || whole.bytes != pieces.bytes)
		abort();
	if (str_utf8_ok(s)) {
		struct str q = imap_quote_folder(a, s);

		for (size_t i = 0; i < q.n; i++)
			if ((unsigned char)q.p[i] >= 0x80 || q.p[i] == '\n' || q.p[i] == '\r')
				abort();
	}
	arena_free(a);
	return 0;
}
