/* err.h - the closed set of ways in which a call can end.
 *
 * A function that can fail returns enum err; who fails records the key a person
 * will read with fail() (core/ctx.h) and hands the code up with TRY.  The code is
 * logged once, by the dispatcher.  Impossible states assert instead. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* code, HTTP status, text */
/* clang-format off */
#define ERR_LIST(X)                                                                \
	X(OK,          200, "ok")                                                  \
	X(MALFORMED,   400, "the request cannot be read")                          \
	X(UNAUTH,      401, "not signed in")                                       \
	X(DENIED,      403, "not allowed")                                         \
	X(NOTFOUND,    404, "no such thing")                                       \
	X(CONFLICT,    409, "the thing is not in a state that allows this")        \
	X(TOOLARGE,    413, "too large")                                           \
	X(MEDIATYPE,   415, "this kind of content is not taken here")              \
	X(INVALID,     422, "the request does not make sense")                     \
	X(PRECONDITION,428, "say which version you saw")                           \
	X(RATE,        429, "too many requests")                                   \
	X(INTERNAL,    500, "a fault of ours")                                     \
	X(UPSTREAM,    502, "another service failed")                              \
	X(BUSY,        503, "try again")                                           \
	X(RETRY,       503, "the transaction met another one and is run again")
/* clang-format on */

#define X(name, http, text) E_##name,
enum err { ERR_LIST(X) E__MAX };
#undef X

#define MUST __attribute__((warn_unused_result))

/* Hand an error up unchanged.  Safe anywhere a function owns nothing but arena
 * memory, which is to say everywhere outside base/, store/ and net/. */
#define TRY(expr)                                                                                  \
	do {                                                                                       \
		enum err try_ = (expr);                                                            \
		if (try_ != E_OK)                                                                  \
			return try_;                                                               \
	} while (0)

/* The HTTP status, the name ("NOTFOUND") and the English text of a code. */
int err_http(enum err);
const char *err_name(enum err);
const char *err_text(enum err);
