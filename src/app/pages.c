/* SPDX-License-Identifier: Apache-2.0 */
#include "app/pages.h"
#include "app/assets.h"
#include "core/call.h"
#include "core/openapi.h"

#include <string.h>

const struct asset *asset_find(struct str address)
{
	for (const struct asset *a = assets; a->address; a++)
		if (str_eq(str_of(a->address), address))
			return a;
	return NULL;
}

struct str asset_text(const struct asset *a)
{
	return (struct str){a->raw, (size_t)(a->raw_end - a->raw)};
}

/* ---- policies: what a page may load and do ---- */

/* clang-format off */
static const struct {
	const char *address; /* exact, or a folder that ends in / */
	const char *policy;
	bool framed; /* a page of ours shows it in a frame */
} policies[] = {
	{"/frame.html", "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: http: https:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'", true},
	{"/demo/",      "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'", false},
	{"/",           "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'", false},
};
/* clang-format on */

static size_t policy_of(struct str path)
{
	size_t i = 0;

	for (; i + 1 < COUNT(policies); i++) {
		struct str p = str_of(policies[i].address);
		if (str_eq(path, p) || (p.p[p.n - 1] == '/' && str_starts(path, p)))
			break;
	}
	return i;
}

static bool accepts(const struct http_req *h, const char *coding)
{
	struct str list = http_header(h, "Accept-Encoding");

	return list.p && str_find(list, str_of(coding)) >= 0;
}

/* Names of built files hold a hash of their content, so they may be kept for good. */
static bool hashed(struct str path)
{
	return str_starts(path, S("/assets/"));
}

static void send_asset(struct http_req *h, const struct asset *a, struct str path)
{
	size_t policy = policy_of(path);
	bool br = a->br && accepts(h, "br"), gz = !br && a->gz && accepts(h, "gzip");
	struct str body = br   ? (struct str){a->br, (size_t)(a->br_end - a->br)}
			  : gz ? (struct str){a->gz, (size_t)(a->gz_end - a->gz)}
			       : asset_text(a);
	/* One entity a coding, so that a cache never mixes them. */
	struct str etag = str_fmt(h->a, "%.*s%s\"", (int)strlen(a->etag) - 1, a->etag,
				  br   ? "b"
				  : gz ? "g"
				       : "");
	struct http_pair headers[10] = {
	    {S("Content-Type"), str_of(a->type)},
	    {S("ETag"), etag},
	    {S("Cache-Control"),
	     hashed(path) ? S("public, max-age=31536000, immutable") : S("no-cache")},
	    {S("X-Content-Type-Options"), S("nosniff")},
	    {S("Content-Security-Policy"), str_of(policies[policy].policy)},
	    {S("Referrer-Policy"), S("same-origin")},
	    {S("Vary"), S("Accept-Encoding")},
	    {S("Cross-Origin-Resource-Policy"), S("cross-origin")},
	};
	size_t n = 8;

	if (!policies[policy].framed)
		headers[n++] = (struct http_pair){S("X-Frame-Options"), S("DENY")};
	if (br || gz)
		headers[n++] = (struct http_pair){S("Content-Encoding"), br ? S("br") : S("gzip")};
	struct str known = http_header(h, "If-None-Match");
	if (known.p && str_eq(known, etag))
		http_send(h,
			  &(struct http_reply){.status = 304, .headers = headers, .n_headers = n});
	else
		http_send(h, &(struct http_reply){.status = 200,
						  .headers = headers,
						  .n_headers = n,
						  .body = body,
						  .fixed = true});
}

static void send_text(struct http_req *h, struct str type, struct str body)
{
	struct http_pair headers[] = {{S("Content-Type"), type},
				      {S("Cache-Control"), S("no-store")}};

	http_send(h, &(struct http_reply){
			 .status = 200, .headers = headers, .n_headers = 2, .body = body});
}

static void send_openapi(struct desk *d, struct http_req *h)
{
	struct buf b = BUF(h->a);

	openapi_write(&b, d->modules);
	send_text(h, S("application/json"), buf_str(&b));
}

/* An address of the console's own router: a path without a file's ending. */
static bool is_view(struct str path)
{
	ptrdiff_t dot = str_find_char(path, '.');

	return dot < 0 && !str_starts(path, S("/api/"));
}

bool pages_answer(struct desk *d, struct http_req *h)
{
	struct str path = h->path;

	if (!str_eq(h->method, S("GET")) && !str_eq(h->method, S("HEAD")))
		return false;
	if (str_eq(path, S("/healthz"))) {
		send_text(h, S("text/plain"), S("ok\n"));
		return true;
	}
	if (str_eq(path, S("/api/openapi.json"))) {
		send_openapi(d, h);
		return true;
	}
	if (str_eq(path, S("/demo/shop")) || str_eq(path, S("/demo/shop/")))
		path = S("/demo/shop/index.html");
	const struct asset *a = asset_find(path);
	if ((!a || !a->served) && is_view(path)) {
		path = S("/");
		a = asset_find(S("/index.html"));
	}
	if (!a || !a->served)
		return false;
	send_asset(h, a, path);
	return true;
}
