/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/clean.h"

#include "base/buf.h"
#include "channels/email/clean_rules.h"
#include "text/html.h"
#include "text/html_tame.h"
#include "text/mailstrip.h"

#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <pthread.h>
#include <string.h>

struct cleaner {
	struct arena *a;
	struct buf main, quoted;
	struct buf *now; /* where what comes next goes */
	struct email_clean *out;
	bool fold; /* quotes go apart; not when answers stand between them */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct str attribute(struct cleaner *c, xmlNode *n, const char *name)
{
	xmlChar *v = xmlGetNoNsProp(n, (const xmlChar *)name);
	struct str s = str_dup(c->a, str_of((const char *)v));

	xmlFree(v);
	return s;
}

static bool has_word(struct str list, const char *word)
{
	struct str one;

	while (str_cut(&list, ' ', &one))
		if (str_eq_nocase(str_trim(one), str_of(word)))
			return true;
	return false;
}

static bool is_tag(xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, name);
}

/* Where mail programs put the mail that is answered. */
/* clang-format off */
static const char *const quote_classes[] = {
	"yahoo_quoted", "protonmail_quote", "tutanota_quote", "zmail_extra", "moz-cite-prefix",
	"gmail_attr", "moz-forward-container-none",
};
static const char *const quote_ids[] = {
	"isReplyContent", "OLK_SRC_BODY_SECTION", "mail-editor-reference-message-container",
	"reply-intro", "ymail_android_signature_quote",
};
/* From here to the end of the mail. */
static const char *const tail_ids[] = {"divRplyFwdMsg", "appendonsend", "x_divRplyFwdMsg"};
/* clang-format on */

static bool is_blockquote(struct cleaner *c, xmlNode *n)
{
	if (!is_tag(n, "blockquote"))
		return false;
	return str_eq_nocase(attribute(c, n, "type"), S("cite")) ||
	       has_word(attribute(c, n, "class"), "gmail_quote") ||
	       str_eq(attribute(c, n, "id"), S("isReplyContent"));
}

/* The text an element begins with, some 400 bytes of its first nodes. */
static void gather(xmlNode *n, struct buf *b, int *nodes)
{
	for (xmlNode *k = n->children; k && b->n < 400 && --*nodes > 0; k = k->next) {
		if (k->type == XML_TEXT_NODE)
			buf_add(b, str_slice(str_of((const char *)k->content), 0, 400));
		else if (is_tag(k, "br"))
			buf_char(b, '\n');
		else if (k->type == XML_ELEMENT_NODE)
			gather(k, b, nodes);
	}
}

static xmlNode *next_shown(xmlNode *n)
{
	do
		n = n->next;
	while (n && (n->type == XML_COMMENT_NODE || xmlIsBlankNode(n) || is_tag(n, "br")));
	return n;
}

/* "On Monday Ann wrote:" right before a quote, in any language mail_strip() knows. */
static bool is_attribution(struct cleaner *c, xmlNode *n)
{
	struct buf b = BUF(c->a);
	struct mail_parts parts;
	int nodes = 40;
	xmlNode *next;

	if (!is_tag(n, "div") && !is_tag(n, "p"))
		return false;
	next = next_shown(n);
	if (!next || !is_blockquote(c, next))
		return false;
	gather(n, &b, &nodes);
	if (!b.n || b.n >= 400)
		return false;
	buf_z(&b, "\n> x\n");
	mail_strip(c->a, buf_str(&b), &parts);
	return str_trim(parts.body).n == 0;
}

static bool is_quote(struct cleaner *c, xmlNode *n)
{
	struct str class, id;

	if (n->type != XML_ELEMENT_NODE)
		return false;
	if (is_blockquote(c, n))
		return true;
	class = attribute(c, n, "class");
	for (size_t i = 0; class.n && i < COUNT(quote_classes); i++)
		if (has_word(class, quote_classes[i]))
			return true;
	id = attribute(c, n, "id");
	for (size_t i = 0; id.n && i < COUNT(quote_ids); i++)
		if (str_eq(id, str_of(quote_ids[i])))
			return true;
	return is_attribution(c, n);
}

/* Outlook on the desktop draws a line above "From: ... Sent: ..."; QQ and Foxmail write one. */
static bool is_tail(struct cleaner *c, xmlNode *n)
{
	struct str id, style;
	struct buf b = BUF(c->a);
	int nodes = 10;

	if (n->type != XML_ELEMENT_NODE)
		return false;
	id = attribute(c, n, "id");
	for (size_t i = 0; id.n && i < COUNT(tail_ids); i++)
		if (str_eq(id, str_of(tail_ids[i])))
			return true;
	if (is_tag(n, "includetail"))
		return true;
	if (!is_tag(n, "div"))
		return false;
	style = str_lower(c->a, attribute(c, n, "style"));
	if (str_find(style, S("border-top:solid #e1e1e1")) >= 0 ||
	    str_find(style, S("border-top:solid #b5c4df")) >= 0)
		return true;
	gather(n, &b, &nodes);
	struct str text = str_trim(buf_str(&b));
	return str_starts(text, S("------------------")) &&
	       str_find(text, S("\xe5\x8e\x9f\xe5\xa7\x8b\xe9\x82\xae\xe4\xbb\xb6")) > 0;
}

/* Whether answers stand between two quotes: then all stays where it is. */
struct order {
	int quotes;
	bool words, between, tail;
};

static void look(struct cleaner *c, xmlNode *n, struct order *o, int depth)
{
	for (; n && !o->tail; n = n->next) {
		if (n->type == XML_TEXT_NODE) {
			if (o->quotes && !xmlIsBlankNode(n))
				o->words = true;
		} else if (n->type != XML_ELEMENT_NODE) {
			continue;
		} else if (is_tail(c, n)) {
			o->tail = true;
		} else if (is_quote(c, n)) {
			o->between = o->between || (o->words && is_blockquote(c, n));
			o->quotes += is_blockquote(c, n);
		} else if (depth < EMAIL_HTML_DEPTH) {
			look(c, n->children, o, depth + 1);
		}
	}
}

static void put_attribute(struct buf *b, const char *name, struct str value)
{
	buf_fmt(b, " %s=\"", name);
	buf_html(b, value);
	buf_char(b, '"');
}

static void put_picture(struct cleaner *c, struct buf *b, struct str src)
{
	struct strs *cids = &c->out->cids;
	struct str address;

	switch (clean_picture(c->a, src, &address)) {
	case PICTURE_REMOTE:
		put_attribute(b, "data-remote", address);
		c->out->has_remote = true;
		break;
	case PICTURE_CID:
		put_attribute(b, "data-cid", address);
		if (!cids->v)
			cids->v = NEWN(c->a, struct str, EMAIL_CIDS_MAX);
		if (cids->n < EMAIL_CIDS_MAX)
			cids->v[cids->n++] = address;
		break;
	case PICTURE_DATA: put_attribute(b, "src", address); break;
	case PICTURE_NONE: break;
	}
}

static void put_attributes(struct cleaner *c, struct buf *b, xmlNode *n)
{
	for (xmlAttr *at = n->properties; at; at = at->next) {
		const char *name = (const char *)at->name;
		struct str value;

		if (strlen(name) > 20)
			continue;
		value = attribute(c, n, name);
		if (!strcmp(name, "style")) {
			value = clean_style(c->a, value);
			if (value.n)
				put_attribute(b, name, value);
		} else if (!strcmp(name, "src") && is_tag(n, "img")) {
			put_picture(c, b, value);
		} else if (!strcmp(name, "href") && is_tag(n, "a")) {
			value = clean_link(c->a, value);
			if (value.n)
				put_attribute(b, name, value);
		} else if (clean_attribute_ok(name)) {
			put_attribute(b, name, str_clip(value, 1000));
		}
	}
	if (is_tag(n, "a"))
		buf_z(b, " target=\"_blank\" rel=\"noopener noreferrer\"");
}

static void put_nodes(struct cleaner *c, xmlNode *n, int depth);

static void put_element(struct cleaner *c, xmlNode *n, int depth)
{
	const char *name = (const char *)n->name;
	enum clean_tag tag = clean_tag(name);
	struct buf *b = c->now;

	if (tag == CLEAN_DROP)
		return;
	if (tag == CLEAN_UNWRAP) {
		put_nodes(c, n->children, depth + 1);
		return;
	}
	buf_fmt(b, "<%s", name);
	put_attributes(c, b, n);
	buf_char(b, '>');
	if (tag == CLEAN_VOID)
		return;
	put_nodes(c, n->children, depth + 1);
	buf_fmt(b, "</%s>", name);
}

static void put_nodes(struct cleaner *c, xmlNode *n, int depth)
{
	if (depth > EMAIL_HTML_DEPTH + 20)
		return;
	for (; n; n = n->next) {
		bool open = c->now == &c->main, quote;

		if (n->type == XML_TEXT_NODE)
			buf_html(c->now, str_of((const char *)n->content));
		if (n->type != XML_ELEMENT_NODE)
			continue;
		quote = open && c->fold && is_quote(c, n);
		if (quote || (open && is_tail(c, n)))
			c->now = &c->quoted;
		put_element(c, n, depth);
		if (quote)
			c->now = &c->main;
	}
}

static void start_element(void *arg, const xmlChar *name, const xmlChar **atts)
{
	htmlParserCtxtPtr ctxt = arg;

	if (ctxt->nodeNr > EMAIL_HTML_DEPTH) {
		ctxt->_private = ctxt;
		xmlStopParser(ctxt);
		return;
	}
	xmlSAX2StartElement(ctxt, name, atts);
}

/* The tree, or NULL when it is too deep to be a mail somebody wrote. */
static xmlDoc *parse(struct str html)
{
	htmlParserCtxtPtr ctxt =
	    htmlCreatePushParserCtxt(NULL, NULL, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
	xmlDoc *doc;

	if (!ctxt)
		return NULL;
	htmlCtxtUseOptions(ctxt, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
				     HTML_PARSE_NONET);
	ctxt->sax->startElement = start_element;
	htmlParseChunk(ctxt, "<html>", 6, 0);
	for (size_t i = 0; i < html.n && !ctxt->_private; i += 4096) {
		size_t n = html.n - i < 4096 ? html.n - i : 4096;
		htmlParseChunk(ctxt, html.p + i, (int)n, 0);
	}
	if (!ctxt->_private)
		htmlParseChunk(ctxt, NULL, 0, 1);
	doc = ctxt->myDoc;
	if (ctxt->_private) {
		xmlFreeDoc(doc);
		doc = NULL;
	}
	htmlFreeParserCtxt(ctxt);
	return doc;
}

static void as_text(struct arena *a, struct str html, struct email_clean *out)
{
	struct html_text seen;
	struct buf b = BUF(a);

	html_to_text(a, html, &seen);
	buf_z(&b, "<div style=\"white-space:pre-wrap\">");
	buf_html(&b, seen.text);
	buf_z(&b, "</div>");
	*out = (struct email_clean){.html = buf_str(&b), .cut = true};
}

void email_clean(struct arena *a, struct str html, struct email_clean *out)
{
	struct cleaner c = {.a = a, .main = BUF(a), .quoted = BUF(a), .out = out};
	struct order order = {0};
	xmlDoc *doc = NULL;

	pthread_once(&once, xmlInitParser);
	*out = (struct email_clean){0};
	c.main.max = c.quoted.max = 4 * EMAIL_HTML_MAX;
	c.now = &c.main;
	if (html.n <= EMAIL_HTML_MAX) {
		bool wild;
		struct str tame = html_tame(a, html, &wild);

		doc = wild ? NULL : parse(tame);
	}
	if (!doc) {
		as_text(a, html, out);
		return;
	}
	look(&c, doc->children, &order, 0);
	c.fold = !order.between;
	put_nodes(&c, doc->children, 0);
	xmlFreeDoc(doc);
	if (c.main.over || c.quoted.over) {
		as_text(a, html, out);
		return;
	}
	out->html = str_trim(buf_str(&c.main));
	out->quoted = str_trim(buf_str(&c.quoted));
	/* Nothing but a quote, a forwarded mail say: that is the message. */
	if (!out->html.n) {
		out->html = out->quoted;
		out->quoted = S("");
	}
}
