/* compose.h - a well-formed outgoing mail.
 *
 * Every value is checked or cleaned on the way in, so that no name, subject or address can add
 * a header line.  Text goes out as plain text and as HTML, UTF-8, CRLF, no line over 998
 * bytes.  With the same id it may be sent again: readers show it once. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "channels/email/mime.h"

enum { EMAIL_REFERENCES_MAX = 20, EMAIL_RECIPIENTS_MAX = 100 };

struct email_outgoing_file {
	struct str name, type;
	struct str bytes; /* the content, or */
	struct str path;  /* where it lies, when bytes.p is NULL */
};

struct email_outgoing {
	struct email_address from;
	struct email_addresses to, cc;
	struct str reply_to;    /* the token address; empty: none */
	struct str subject;     /* as it goes out: see email_reply_subject() */
	struct str id;          /* without brackets */
	struct str answers;     /* the id of the mail it answers, or empty */
	struct strs references; /* that mail's References, oldest first */
	int64_t date;           /* milliseconds since 1970 UTC */
	struct str text, signature;
	struct str quote_intro, quote; /* "Ann wrote:" and her words; empty: nothing quoted */
	struct str language;           /* BCP 47, or empty */
	const struct email_outgoing_file *files;
	size_t files_n;
	bool automatic;      /* written by a machine: says so in its header */
	struct str instance; /* our mark against loops */
};

/* The mail's bytes, in the arena.  E_INVALID with *key "email.bad_address",
 * "email.no_recipient", "email.too_many_recipients", "email.bad_id" or "email.file_missing";
 * E_TOOLARGE "email.too_large". */
enum err email_compose(struct arena *, const struct email_outgoing *, struct str *raw,
		       const char **key) MUST;

/* "Re: " once, however many "Re:", "AW:", or their like there are. */
struct str email_reply_subject(struct arena *, struct str subject);

/* The HTML of plain text: escaped, links made, lines kept. */
struct str email_text_html(struct arena *, struct str text);

/* Whether text, written in that language, runs from right to left. */
bool email_is_rtl(struct str language, struct str text);
