/* Reasons as sentences, from the terms that decided and from nothing else. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine_in.h"

enum { SENTENCE_MAX = 299, SAID_MAX = 48 }; /* bytes, of a name */

/* What decided, after the runner-up; the language that is scarce is named by say_why(). */
/* clang-format off */
static const struct { const char *en, *zh; } because[BECAUSE__N] = {
	[BECAUSE_ONLY]     = {"nobody who fits better is free",     "暂无更合适的空闲客服"},
	[BECAUSE_REST]     = {"nothing that fits better waits",     "暂无更合适的等候会话"},
	[BECAUSE_LANGUAGE] = {"better command of the language",     "语言更合适"},
	[BECAUSE_TOPIC]    = {"knows the topic better",             "更熟悉该问题"},
	[BECAUSE_SAME]     = {"same agent as before",               "上次由同一客服接待"},
	[BECAUSE_WORK]     = {"takes less time",                    "用时更短"},
	[BECAUSE_YIELD]    = {"more is solved for each minute",     "单位时间解决更多"},
	[BECAUSE_OTHERS]   = {"which others could solve better",    "后者另有更合适的客服"},
	[BECAUSE_WAIT]     = {"waiting presses more",               "等待更紧迫"},
	[BECAUSE_WEIGHT]   = {"more important or more upset",       "客户更重要或情绪更急"},
	[BECAUSE_AGE]      = {"nobody may wait that long",          "等待已达上限"},
	[BECAUSE_MARKET]   = {"knows the market",                   "熟悉该市场"},
	[BECAUSE_PROMISE]  = {"a callback was promised",            "已承诺回电"},
	[BECAUSE_CREW]     = {"calls first in a flood",             "高峰期优先接电话"},
	[BECAUSE_CHATS]    = {"who has more chats",                 "对方手上会话更多"},
	[BECAUSE_FAIR]     = {"to even out the work",               "均衡工作量"},
	[BECAUSE_TURN]     = {"equal, by turns",                    "条件相同，按轮次"},
	[BECAUSE_FIRST]    = {"equal, came first",                  "条件相同，先到先得"},
};
static const struct { const char *en, *zh; } moods[] = {{"", ""}, {", upset", "，情绪不佳"}, {", angry", "，情绪激动"}};
/* clang-format on */

static struct str name(const struct route_names *n, unsigned i)
{
	return i < n->n ? str_clip(n->v[i], SAID_MAX) : S("?");
}

/* A wait as people say it: 12 s, 14 min, 3.5 h. */
static void span(struct buf *b, double s, bool zh)
{
	if (s < 120)
		buf_fmt(b, zh ? "%.0f 秒" : "%.0f s", s);
	else if (s < 7200)
		buf_fmt(b, zh ? "%.0f 分钟" : "%.0f min", s / 60);
	else
		buf_fmt(b, zh ? "%.1f 小时" : "%.1f h", s / 3600);
}

static void say_language(struct buf *b, const struct engine *e, const struct route_terms *t,
			 bool zh)
{
	struct str lang = name(&e->set.langs, t->lang), topic = name(&e->set.topics, t->topic);

	if (t->machine)
		buf_fmt(b, zh ? "%.*s 机器翻译（需 %u）" : "%.*s by machine translation (need %u)",
			STR(lang), t->need_lang);
	else
		buf_fmt(b, zh ? "%.*s %u 级（需 %u）" : "%.*s %u vs need %u", STR(lang), t->grade,
			t->need_lang);
	/* What both have in common is what counts. */
	if (!t->machine && t->theirs < t->need_lang && t->theirs < t->grade)
		buf_fmt(b, zh ? "，客户 %u 级" : " (the customer has %u)", t->theirs);
	buf_fmt(b, zh ? "，%.*s %u 级（需 %u）" : ", %.*s %u vs %u", STR(topic), t->skill,
		t->need_skill);
}

static void say_terms(struct buf *b, const struct engine *e, const struct route_terms *t, bool zh)
{
	say_language(b, e, t, zh);
	buf_z(b, zh ? "，已等 " : ", waited ");
	span(b, t->waited, zh);
	buf_fmt(b, zh ? "，负载 %u/%u" : ", load %u/%u", t->chats, t->max_chat);
	if (t->same)
		buf_z(b, zh ? "，上次同一客服" : ", same agent as before");
	if (t->crew)
		buf_z(b, zh ? "，来电小组" : ", calling crew");
	if (t->vip)
		buf_z(b, zh ? "，重要客户" : ", VIP");
	buf_z(b, zh ? moods[t->emotion % 3].zh : moods[t->emotion % 3].en);
	if (t->state != ROUTE_GREEN)
		buf_fmt(b, zh ? "，队列%s" : ", desk %s",
			zh ? t->state == ROUTE_RED ? "红色" : "黄色" : route_state_name(t->state));
}

/* Half of the places gone is scarce; before that it is foresight. */
static void say_scarce(struct buf *b, const struct engine *e, const struct route_terms *t, bool zh)
{
	bool now = t->left * 2 <= t->places;
	struct str l = name(&e->set.langs, t->price_lang);

	if (t->because == BECAUSE_SCARCE)
		buf_fmt(b,
			zh    ? now ? "其 %.*s 目前紧缺" : "其 %.*s 预计要用"
			: now ? "whose %.*s is scarce now"
			      : "whose %.*s will be wanted",
			STR(l));
	else
		buf_fmt(b,
			zh ? now ? "后者会占用其紧缺的 %.*s" : "后者会占用其预计要用的 %.*s"
			: now ? "which would spend her %.*s, scarce now"
			      : "which would spend her %.*s, soon wanted",
			STR(l));
	buf_fmt(b, zh ? "（剩 %u/%u 个位置）" : " (%u of %u places left)", t->left, t->places);
}

static void say_why(struct buf *b, const struct engine *e, const struct route_terms *t, bool zh)
{
	const char *why =
	    zh ? because[t->because % BECAUSE__N].zh : because[t->because % BECAUSE__N].en;

	if (t->next < 0) {
		buf_fmt(b, zh ? "；%s" : "; %s", why);
		return;
	}
	if (t->arrival)
		buf_fmt(b, zh ? "；优于客服 %lld：" : "; over agent %lld, ", (long long)t->next);
	else
		buf_fmt(b,
			zh ? "；先于会话 %lld：" : "; before contact %lld: ", (long long)t->next);
	if (t->because == BECAUSE_SCARCE || t->because == BECAUSE_SPARES) {
		say_scarce(b, e, t, zh);
	} else if (t->because == BECAUSE_SEAT) {
		struct str l = name(&e->set.langs, t->price_lang);
		buf_fmt(b, zh ? "其为 %.*s 来电保留坐席" : "who keeps a seat for %.*s calls",
			STR(l));
	} else {
		buf_z(b, why);
	}
}

static void say_callback(struct buf *b, const struct engine *e, const struct route_terms *t,
			 bool zh)
{
	struct str lang = name(&e->set.langs, t->lang);

	buf_fmt(b, zh ? "%.*s 队列%s，已等 " : "the %.*s queue is %s, waited ", STR(lang),
		zh ? t->state == ROUTE_RED ? "红色" : "黄色" : route_state_name(t->state));
	span(b, t->waited, zh);
	buf_z(b,
	      zh ? "：提供回电，按排班可兑现" : ": a callback is offered that the roster can keep");
}

void engine_reason(const struct engine *e, const struct route_decision *d, bool zh, struct buf *b)
{
	size_t from = b->n;

	if (d->act == ROUTE_CALLBACK) {
		say_callback(b, e, &d->terms, zh);
	} else {
		say_terms(b, e, &d->terms, zh);
		say_why(b, e, &d->terms, zh);
	}
	if (b->n - from > SENTENCE_MAX) {
		struct str s = {b->p + from, b->n - from};
		b->n = from + str_clip(s, SENTENCE_MAX).n;
		b->p[b->n] = 0;
	}
}
