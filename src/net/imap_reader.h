/* imap_reader.h - what an IMAP server says, one whole response at a time; pure, fuzzed. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

enum imap_kind { IMAP_UNTAGGED, IMAP_TAGGED, IMAP_GO_ON };
enum imap_status {
	IMAP_NO_STATUS,
	IMAP_ST_OK,
	IMAP_ST_NO,
	IMAP_ST_BAD,
	IMAP_ST_BYE,
	IMAP_ST_PREAUTH
};

struct imap_fetched {
	uint32_t uid;   /* 0 when it was not said */
	unsigned flags; /* enum imap_flag */
	int64_t size;   /* -1 when it was not said */
	struct str body;
	bool has_body;
	bool no_body; /* a NIL stands where the body was asked for */
	bool cut;     /* the body was larger than the reader takes; it is empty */
};

/* Slices live until the callback returns. */
struct imap_response {
	enum imap_kind kind;
	enum imap_status status;
	struct str tag;
	struct str name; /* "EXISTS", "FETCH", "SEARCH", ...; of an untagged one without a status */
	int64_t number;  /* that stood before the name, or -1 */
	struct str rest; /* after the name; after the code of a status: its text */
	struct str code; /* in brackets after a status: "UIDVALIDITY" ... */
	struct str code_arg; /* ... and what follows it */
	struct imap_fetched fetched;
};

struct imap_reader;

/* Bodies of up to so many bytes are kept whole. */
struct imap_reader *imap_reader_new(size_t body_max);
void imap_reader_free(struct imap_reader *);

/* Take bytes; on_response() for each response that is whole.  It gives false to stop, after which
 * the reader must be freed by the caller.  False also for what is not IMAP. */
bool imap_reader_feed(struct imap_reader *, const char *, size_t,
		      bool (*on_response)(void *arg, const struct imap_response *), void *arg)
    __attribute__((warn_unused_result));

/* The next number of a SEARCH answer's rest; false when there is none. */
bool imap_next_number(struct str *rest, uint32_t *out);

/* Of a LIST answer's rest: its flags and the folder's name as the server writes it, unquoted. */
bool imap_read_list(struct arena *, struct str rest, struct str *flags, struct str *folder);

/* A folder's name as the protocol wants it: modified UTF-7, quoted. */
struct str imap_quote_folder(struct arena *, struct str utf8);
/* The same for a name the server gave, which is encoded already. */
struct str imap_quote(struct arena *, struct str);
