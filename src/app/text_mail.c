/* Whole mails in, their parts out: what a person sees of HTML, what is new in a mail. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/text_cmd.h"

#include "text/html.h"
#include "text/mailstrip.h"

#include <stdio.h>
#include <string.h>

static void plain(struct arena *a, struct str all, struct answer *x)
{
	struct html_text t;

	html_to_text(a, all, &t);
	if (!x->json) {
		buf_add(&x->b, t.text);
		if (str_ends(t.text, S("\n")))
			x->b.n--;
		return;
	}
	answer_text(x, "text", t.text);
	answer_text(x, "quoted", t.quoted);
	answer_open(x, "links", '[');
	for (size_t i = 0; i < t.link_count; i++) {
		answer_open(x, NULL, '{');
		answer_text(x, "text", t.links[i].text);
		answer_text(x, "href", t.links[i].href);
		answer_close(x, '}');
	}
	answer_close(x, ']');
	answer_yes(x, "cut", t.cut);
	answer_yes(x, "simple", t.simple);
}

static void strip(struct arena *a, struct str all, struct answer *x)
{
	struct mail_parts p;

	mail_strip(a, all, &p);
	answer_text(x, "text", p.body);
	answer_text(x, "quoted", p.quoted);
	answer_text(x, "signature", p.signature);
}

int text_mail(const char *name, const struct text_opts *o)
{
	struct arena *a = arena_new();
	int rc = 0;

	for (int i = 0; i < o->file_count || (i == 0 && !o->file_count); i++) {
		struct answer x = {.json = o->json, .b = {.a = a, .max = 1ul << 30}};
		struct str all;
		bool read = text_read_file(a, o->file_count ? o->files[i] : "-", &all);
		if (read && strcmp(name, "plain") == 0)
			plain(a, text_no_mark(all), &x);
		else if (read)
			strip(a, text_no_mark(all), &x);
		rc |= !read || !answer_end(&x);
		arena_reset(a);
	}
	arena_free(a);
	return rc;
}
