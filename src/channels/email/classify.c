/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/classify.h"

#include <string.h>

struct look {
	struct arena *a;
	const struct email_message *m;
	const struct email_self *self;
	struct str from, subject; /* in lower case */
};

static struct str lower_field(const struct look *l, const char *name)
{
	return str_lower(l->a, str_trim(email_field(l->m, name)));
}

static bool has_any(struct str lower, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_find(lower, str_of(words[i])) >= 0)
			return true;
	return false;
}

static bool is_own(const struct look *l)
{
	struct str mark = email_field(l->m, "X-Aftersail-Instance");

	return mark.n && str_eq(mark, l->self->instance);
}

static bool from_self(const struct look *l)
{
	for (size_t i = 0; i < l->self->addresses_n; i++)
		if (str_eq_nocase(l->from, l->self->addresses[i]))
			return true;
	return false;
}

static bool by_other_desk(const struct look *l)
{
	return email_has_field(l->m, "X-Aftersail-Instance") &&
	       email_has_field(l->m, "Auto-Submitted");
}

static bool bounced(const struct look *l)
{
	return l->m->report.kind == EMAIL_DSN;
}

static bool failed_for_good(const struct look *l)
{
	for (size_t i = 0; i < l->m->report.n; i++) {
		const struct email_delivery *d = &l->m->report.deliveries[i];

		if (str_eq(d->action, S("failed")) ||
		    (!d->action.n && str_starts(d->status, S("5"))))
			return true;
	}
	return false;
}

static bool bounce_final(const struct look *l)
{
	return bounced(l) && failed_for_good(l);
}

static bool is_report(const struct look *l)
{
	return l->m->report.kind == EMAIL_RECEIPT || l->m->report.kind == EMAIL_COMPLAINT;
}

static bool auto_submitted(const struct look *l, bool reply)
{
	struct str v = lower_field(l, "Auto-Submitted");
	bool replied = str_starts(v, S("auto-replied"));

	return v.n && !str_starts(v, S("no")) && replied == reply;
}

static bool auto_replied(const struct look *l)
{
	return auto_submitted(l, true);
}

static bool auto_generated(const struct look *l)
{
	return auto_submitted(l, false);
}

static bool precedence(const struct look *l, const char *const *values, size_t n)
{
	struct str v[] = {lower_field(l, "Precedence"), lower_field(l, "X-Precedence")};

	for (size_t k = 0; k < COUNT(v); k++)
		for (size_t i = 0; v[k].n && i < n; i++)
			if (str_eq(v[k], str_of(values[i])))
				return true;
	return false;
}

static bool precedence_reply(const struct look *l)
{
	static const char *const values[] = {"auto_reply", "auto-reply", "autoreply"};

	return precedence(l, values, COUNT(values));
}

static bool precedence_bulk(const struct look *l)
{
	static const char *const values[] = {"bulk", "junk", "list"};

	return precedence(l, values, COUNT(values));
}

static bool reply_header(const struct look *l)
{
	static const char *const names[] = {
	    "X-Autoreply",      "X-Autorespond", "X-Autoresponder", "X-AutoReply-From",
	    "X-Mail-Autoreply", "X-Auto-Reply",  "X-Vacation"};

	for (size_t i = 0; i < COUNT(names); i++)
		if (email_has_field(l->m, names[i]) && !str_eq(lower_field(l, names[i]), S("no")))
			return true;
	return false;
}

/* What programs that set no header write first into the subject of an absence note. */
static bool reply_subject(const struct look *l)
{
	/* clang-format off */
	static const char *const starts[] = {
		"automatic reply", "auto reply", "auto-reply", "autoreply", "auto:", "out of office",
		"automatische antwort", "abwesenheitsnotiz", "abwesend", "respuesta automática",
		"réponse automatique", "reponse automatique", "absence du bureau", "resposta automática",
		"risposta automatica", "автоматический ответ", "автоответ", "自动回复", "自動回覆", "自動応答",
		"自動返信", "不在通知", "자동 회신", "부재중", "ตอบกลับอัตโนมัติ", "رد تلقائي", "رد تلقائى",
		"odpowiedź automatyczna", "automatisch antwoord",
	};
	/* clang-format on */

	for (size_t i = 0; i < COUNT(starts); i++)
		if (str_starts(l->subject, str_of(starts[i])))
			return true;
	return false;
}

static bool suppressed(const struct look *l)
{
	static const char *const words[] = {"all", "oof", "autoreply"};

	return has_any(lower_field(l, "X-Auto-Response-Suppress"), words, COUNT(words));
}

static bool is_list(const struct look *l)
{
	static const char *const names[] = {"List-Id",   "List-Post",  "List-Unsubscribe",
					    "List-Help", "List-Owner", "X-Mailing-List"};

	for (size_t i = 0; i < COUNT(names); i++)
		if (email_has_field(l->m, names[i]))
			return true;
	return false;
}

static bool has_loop(const struct look *l)
{
	return email_has_field(l->m, "X-Loop");
}

static bool null_sender(const struct look *l)
{
	return l->m->has_return_path && !l->m->return_path.n;
}

static bool from_machine(const struct look *l)
{
	static const char *const locals[] = {
	    "mailer-daemon@", "postmaster@",   "noreply@",       "no-reply@",     "no_reply@",
	    "donotreply@",    "do-not-reply@", "do_not_reply@",  "nobody@",       "daemon@",
	    "bounce@",        "bounces@",      "notifications@", "notification@", "no.reply@",
	    "auto-confirm@",  "mailer@",       "root@"};

	for (size_t i = 0; i < COUNT(locals); i++)
		if (str_starts(l->from, str_of(locals[i])))
			return true;
	return str_find(l->from, S("+noreply@")) > 0 || str_find(l->from, S("-noreply@")) > 0;
}

static bool is_spam(const struct look *l)
{
	struct str flag = lower_field(l, "X-Spam-Flag"), status = lower_field(l, "X-Spam-Status");
	struct str rspamd = lower_field(l, "X-Spam"),
		   ms = lower_field(l, "X-MS-Exchange-Organization-SCL");
	int64_t level;

	return str_eq(flag, S("yes")) || str_eq(flag, S("true")) || str_starts(status, S("yes")) ||
	       str_eq(rspamd, S("yes")) || (str_int(ms, &level) && level >= 5);
}

/* The order is the order of harm: what would loop first, what a person may have sent last. */
/* clang-format off */
static const struct rule {
	bool (*is)(const struct look *);
	enum email_kind kind;
	const char *reason;
} rules[] = {
	{is_own,           EMAIL_LOOP,       "email.why.own"},
	{bounce_final,     EMAIL_BOUNCE,     "email.why.bounce"},
	{bounced,          EMAIL_DELAY,      "email.why.bounce"},
	{is_report,        EMAIL_NOTICE,     "email.why.report"},
	{is_spam,          EMAIL_SPAM,       "email.why.spam"},
	{from_self,        EMAIL_LOOP,       "email.why.own_address"},
	{by_other_desk,    EMAIL_AUTO_REPLY, "email.why.auto_submitted"},
	{auto_replied,     EMAIL_AUTO_REPLY, "email.why.auto_submitted"},
	{precedence_reply, EMAIL_AUTO_REPLY, "email.why.precedence"},
	{reply_header,     EMAIL_AUTO_REPLY, "email.why.auto_header"},
	{is_list,          EMAIL_LIST,       "email.why.list"},
	{reply_subject,    EMAIL_AUTO_REPLY, "email.why.auto_subject"},
	{auto_generated,   EMAIL_NOTICE,     "email.why.auto_submitted"},
	{precedence_bulk,  EMAIL_LIST,       "email.why.precedence"},
	{null_sender,      EMAIL_NOTICE,     "email.why.null_sender"},
	{from_machine,     EMAIL_NOTICE,     "email.why.machine_sender"},
	{has_loop,         EMAIL_NOTICE,     "email.why.loop_header"},
	{suppressed,       EMAIL_PERSON,     "email.why.suppressed"},
};
/* clang-format on */

void email_classify(struct arena *a, const struct email_message *m, const struct email_self *self,
		    struct email_verdict *out)
{
	struct look l = {.a = a,
			 .m = m,
			 .self = self,
			 .from = str_lower(a, m->from.address),
			 .subject = str_lower(a, m->subject)};

	*out = (struct email_verdict){.kind = EMAIL_PERSON, .may_answer = true};
	for (size_t i = 0; i < COUNT(rules); i++) {
		if (!rules[i].is(&l))
			continue;
		*out = (struct email_verdict){rules[i].kind, false, rules[i].reason};
		return;
	}
}

const char *email_kind_name(enum email_kind kind)
{
	static const char *const names[] = {"person", "auto_reply", "bounce", "delay",
					    "notice", "list",       "loop",   "spam"};

	return names[kind];
}
