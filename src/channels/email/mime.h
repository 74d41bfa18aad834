/* mime.h - the raw bytes of a mail into what a desk needs to know of it.
 *
 * Reads whatever a stranger sends: wrong charsets, broken words, hostile names, a thousand
 * nested parts.  A mail that is over a limit or has nobody it came from is refused with a key
 * a person can read (the quarantine shows it); everything else comes out as valid UTF-8.
 * All of the result lives in the arena; nothing points into the raw bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "channels/email/header.h"

enum {
	EMAIL_SIZE_MAX = 40 << 20,
	EMAIL_PARTS_MAX = 200,
	EMAIL_DEPTH_MAX = 20,
	EMAIL_HEADER_MAX = 256 << 10,
	EMAIL_TEXT_MAX = 1 << 20, /* longer bodies are cut; all of it stays as an attachment */
};

struct email_field {
	struct str name, value; /* value unfolded and decoded, one line */
};

struct email_file {
	struct str name;  /* safe to show, never empty */
	struct str type;  /* as the mail says, lower case; sniff it before believing it */
	struct str cid;   /* Content-ID without brackets, or empty */
	struct str bytes; /* decoded */
	bool is_inline;   /* belongs into the HTML */
};

/* What a delivery report says of one recipient (RFC 3464). */
struct email_delivery {
	struct str recipient, action, status, diagnostic;
};

enum email_report_kind { EMAIL_NO_REPORT, EMAIL_DSN, EMAIL_RECEIPT, EMAIL_COMPLAINT };

struct email_report {
	enum email_report_kind kind;
	struct email_delivery *deliveries;
	size_t n;
	struct str original_id;       /* Message-ID of the mail it is about, or empty */
	struct strs original_threads; /* that mail's References and In-Reply-To */
	struct str original_to;
};

struct email_message {
	struct str id; /* Message-ID without brackets; "none-<hash>" when there is none */
	bool has_id;
	struct strs in_reply_to, references;
	struct email_address from; /* From, else Sender, Reply-To, Return-Path */
	struct email_addresses reply_to, to, cc, delivered_to;
	bool has_return_path;
	struct str return_path; /* empty: the null sender */
	struct str subject;
	int64_t date;    /* milliseconds since 1970 UTC; 0 when missing or nonsense */
	struct str text; /* all the plain text, made from the HTML when there is none */
	struct str body, quoted, signature; /* of that text, the parts */
	struct str html; /* as sent: pass it through email_clean() before showing it */
	bool text_from_html, text_cut;
	struct email_file *files;
	size_t files_n;
	struct email_report report;
	struct str content_type; /* of the whole mail */
	struct email_field *fields;
	size_t fields_n;
};

/* E_TOOLARGE or E_MALFORMED, with *key saying why: "email.too_large", "email.too_many_parts",
 * "email.too_deep", "email.header_too_large", "email.no_header", "email.no_sender". */
enum err email_parse(struct arena *, struct str raw, struct email_message *out,
		     const char **key) MUST;

/* The first field of that name, or empty; whether there is one. */
struct str email_field(const struct email_message *, const char *name);
bool email_has_field(const struct email_message *, const char *name);
