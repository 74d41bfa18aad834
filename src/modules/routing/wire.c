/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/wire.h"

#include <math.h>

/* clang-format off */
static const struct { const char *name; enum route_event_kind kind; } kinds[] = {
	{"agent_on", ROUTE_ON},     {"agent_off", ROUTE_OFF}, {"arrive", ROUTE_ARRIVE},
	{"free", ROUTE_FREE},       {"abandon", ROUTE_ABANDON}, {"tick", ROUTE_TICK},
	{"accept", ROUTE_ACCEPT},   {"decline", ROUTE_DECLINE},
	{"callback_ok", ROUTE_CALLBACK_YES}, {"callback_no", ROUTE_CALLBACK_NO},
};
#define AT(m) offsetof(struct route_contact, m)
static const struct { const char *name; size_t at; uint8_t max; } small[] = {
	{"attempt", AT(attempt), 255},    {"complex", AT(complex), 1},   {"vip", AT(vip), 1},
	{"emotion", AT(emotion), 2},      {"need_lang", AT(need_lang), ROUTE_GRADE_MAX + 1},
	{"need_skill", AT(need_skill), ROUTE_GRADE_MAX + 1},
}, ids[] = {
	{"id", AT(id), 0}, {"case", AT(case_id), 0}, {"prev_agent", AT(prev_agent), 0},
};
/* clang-format on */

/* Numbers out of range become the nearest that is in it: whoever wrote is served all the same. */
static bool read_number(struct pull *p, struct str key, struct route_contact *c)
{
	for (size_t i = 0; i < COUNT(ids); i++)
		if (str_eq(key, str_of(ids[i].name))) {
			*(int64_t *)((char *)c + ids[i].at) = wire_id(p);
			return true;
		}
	for (size_t i = 0; i < COUNT(small); i++)
		if (str_eq(key, str_of(small[i].name))) {
			double v = pull_real_or(p, 0);
			*((uint8_t *)c + small[i].at) =
			    (uint8_t)(v > 0 ? v < small[i].max ? v : small[i].max : 0);
			return true;
		}
	return false;
}

static void read_name(struct pull *p, struct str key, struct wire *w)
{
	struct route_contact *c = &w->contact;
	struct str s = pull_text(p);

	if (str_eq(key, S("kind")))
		c->repeat = str_eq(s, S("repeat"));
	else if (str_eq(key, S("channel")))
		c->channel = (uint8_t)wire_channel(s);
	else if (str_eq(key, S("market")))
		c->market = (uint8_t)route_name_or_rest(w->a, &w->setup.markets, s);
	else if (str_eq(key, S("issue")))
		c->topic = (uint8_t)route_name_or_rest(w->a, &w->setup.topics, s);
}

/* Who names no channel is nowhere: the engine refuses it. */
static void read_contact(struct pull *p, struct wire *w)
{
	struct route_contact *c = &w->contact;
	struct str key;

	*c = (struct route_contact){.id = -1, .case_id = -1, .prev_agent = -1, .channel = CH__N};
	pull_object(p);
	while (pull_member(p, &key)) {
		if (str_eq(key, S("langs")))
			c->n_langs =
			    (uint8_t)wire_read_langs(p, w->a, &w->setup.langs, c->langs, &c->lang);
		else if (str_eq(key, S("t")))
			c->t = pull_real_or(p, c->t);
		else if (str_eq(key, S("target_s")))
			c->target_s = pull_real_or(p, 0);
		else if (!str_eq(key, S("lang")) && pull_peek(p) == '"')
			read_name(p, key, w);
		else if (!read_number(p, key, c))
			pull_skip(p); /* "lang", too: the best of langs, which we see ourselves */
	}
	if (!(c->target_s > 0))
		c->target_s = c->channel < CH__N ? w->setup.model.target_s[c->channel] : 30;
}

/* "agents" names languages and topics; markets may come after it: all are tables that grow. */
static void read_init(struct pull *p, struct wire *w)
{
	struct str key;

	w->setup.model = route_model_default;
	pull_object(p);
	while (pull_member(p, &key)) {
		if (str_eq(key, S("model")))
			wire_read_model(p, &w->setup.model);
		else if (str_eq(key, S("markets")))
			wire_read_markets(p, w->a, &w->setup);
		else if (str_eq(key, S("regions")))
			wire_read_regions(p, w->a, &w->setup);
		else if (str_eq(key, S("agents")))
			wire_read_people(p, w->a, &w->setup);
		else if (str_eq(key, S("tick_s")))
			w->setup.tick_s = pull_real_or(p, w->setup.tick_s);
		else if (str_eq(key, S("horizon")))
			w->setup.horizon = pull_real_or(p, w->setup.horizon);
		else
			pull_skip(p);
	}
}

static void init(struct wire *w, struct str line)
{
	struct pull p = pull_of(line);

	w->setup = (struct route_setup){.tick_s = 2, .weights = w->weights};
	read_init(&p, w);
	/* Half a desk would route wrongly without anyone noticing: then none. */
	if (pull_end(&p))
		w->engine = engine_new(w->a, &w->setup);
	w->refused = !w->engine;
}

static bool read_event(struct pull *p, struct wire *w, struct route_event *v)
{
	struct str key;
	bool known = false;

	*v = (struct route_event){.agent = -1, .id = -1, .deadline = NAN};
	pull_object(p);
	while (pull_member(p, &key)) {
		if (str_eq(key, S("type"))) {
			struct str type = pull_text(p);
			for (size_t i = 0; i < COUNT(kinds); i++)
				if (str_eq(type, str_of(kinds[i].name))) {
					v->kind = kinds[i].kind;
					known = true;
				}
		} else if (str_eq(key, S("t"))) {
			v->t = pull_real(p);
		} else if (str_eq(key, S("agent"))) {
			v->agent = wire_id(p);
		} else if (str_eq(key, S("id"))) {
			v->id = wire_id(p);
		} else if (str_eq(key, S("deadline"))) {
			v->deadline = pull_real_or(p, NAN);
		} else if (str_eq(key, S("contact"))) {
			read_contact(p, w);
			v->contact = &w->contact;
		} else {
			pull_skip(p);
		}
	}
	return pull_end(p) && known;
}

static void write_assign(struct wire *w, const struct route_decision *d, bool first,
			 struct buf *out)
{
	struct buf reason = {.a = out->a, .max = 512};

	engine_reason(w->engine, d, w->chinese, &reason);
	buf_fmt(out, first ? "[%lld,%lld," : ",[%lld,%lld,", (long long)d->contact,
		(long long)d->agent);
	buf_json(out, buf_str(&reason));
	buf_char(out, ']');
}

static void write_answer(struct wire *w, const struct route_out *o, struct buf *out)
{
	size_t n = 0;

	buf_z(out, "{\"assign\":[");
	for (size_t i = 0; i < o->n; i++)
		if (o->v[i].act != ROUTE_CALLBACK)
			write_assign(w, &o->v[i], n++ == 0, out);
	buf_z(out, "]");
	n = 0;
	for (size_t i = 0; i < o->n; i++)
		if (o->v[i].act == ROUTE_CALLBACK)
			buf_fmt(out, n++ ? ",%lld" : ",\"callback\":[%lld",
				(long long)o->v[i].contact);
	buf_z(out, n ? "]}" : "}");
}

/* The line's type, before the line is read: "init" and "end" are no events. */
static struct str type_of(struct str line)
{
	struct pull p = pull_of(line);
	struct str key;

	pull_object(&p);
	while (pull_member(&p, &key)) {
		if (str_eq(key, S("type")))
			return pull_peek(&p) == '"' ? pull_text(&p) : (struct str){0};
		pull_skip(&p);
	}
	return (struct str){0};
}

static bool whole(struct str line)
{
	struct pull p = pull_of(line);

	pull_skip(&p);
	return pull_end(&p);
}

void wire_line(struct wire *w, struct str line, struct buf *out)
{
	struct str type = type_of(line);
	struct pull p = pull_of(line);
	struct route_event v;
	struct route_out o = {0};

	if (str_eq(type, S("init")) && !w->engine)
		init(w, line);
	w->ended = w->ended || (str_eq(type, S("end")) && whole(line));
	if (w->engine && !str_eq(type, S("init")) && !w->ended && read_event(&p, w, &v)) {
		engine_names(w->engine, &w->setup);
		if (engine_step(w->engine, &v, &o) != E_OK)
			o.n = 0;
	}
	if (o.n)
		write_answer(w, &o, out);
	else
		buf_z(out, "{}");
}
