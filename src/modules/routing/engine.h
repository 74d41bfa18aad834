/* engine.h - who serves whom, and why.
 *
 * The engine is told what happens (a contact arrives, a person becomes free, ...), one event at
 * a time and in order, and answers each with assignments and callback offers, every one with the
 * terms that decided it.  It asks nobody for the time and draws no lots: the same events give the
 * same answers, and so does an engine restored from a snapshot.
 *
 * Times are seconds from any fixed start, as doubles.  Ids are the caller's.  Everything lives in
 * the arena given to engine_new(); nothing is allocated by a decision once the desk has been as
 * full as it gets.  An engine belongs to one thread at a time.
 *
 * docs/routing.md explains the policy; the names of its terms are the names used here. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum {
	ROUTE_LANGS_MAX = 64, /* language tags of a desk, variants counted apart */
	ROUTE_TOPICS_MAX =
	    64, /* the last of topics, and of markets, stands for all that have no room */
	ROUTE_MARKETS_MAX = 64,
	ROUTE_NAME_MAX = 128,  /* bytes of a tag, a topic's or a market's name */
	ROUTE_SPEAKS_MAX = 8,  /* languages of one person or customer */
	ROUTE_SHIFTS_MAX = 16, /* roster spans of one person */
	ROUTE_GRADE_MAX = 5,
	ROUTE_CHATS_MAX = 8, /* chats at once */
	ROUTE_PEOPLE_MAX = 20000,
	ROUTE_WAITING_MAX = 4000000,
};

/* Seconds: three centuries, so Unix time will do. */
#define ROUTE_TIME_MAX 1e10

enum route_channel { CH_PHONE, CH_CHAT, CH_WHATSAPP, CH_TELEGRAM, CH_EMAIL, CH_CALLBACK, CH__N };

/* What a channel takes of a person: all of her, one of several places, or her spare time. */
enum route_place { PLACE_PHONE, PLACE_CHAT, PLACE_MAIL, PLACE__N };

enum route_place route_place_of(enum route_channel);
const char *route_channel_name(enum route_channel);

/* What the desk is told of its own work.  Seeds only: what happens is learned on top of it. */
struct route_model {
	double work_s[CH__N], target_s[CH__N], patience_s[CH__N];
	double complex_work, lang_work, skill_work, same_work; /* factors, and per grade missing */
	double p_simple, p_complex, lang_fcr, skill_fcr, same_fcr;
	double need_lang[PLACE__N], need_skill[2], mt_floor[PLACE__N];
	double beta, email_yield; /* what n chats at once slow each other, and mail */
	double react_s[2], react_load, react_lang;
	double work_cv, return_p, return_s[2], redial_p, redial_s;
	double callback_after_s, callback_accept, callback_window_s;
	double cost_wait30, cost_breach, cost_abandon, cost_unresolved, cost_email_late;
	double cost_email_hour, cost_callback;
};

/* The constants a desk starts with when it knows nothing of its own. */
extern const struct route_model route_model_default;

/* What a lead may turn.  route_weights_default is the shipped policy. */
struct route_weights {
	double resolve;      /* worth of solving it now, against 30 s of waiting */
	double urgency;      /* how much waiting pulls a freed person */
	double scarce;       /* price of each customer turned away by spending a language here */
	double demand;       /* how much more is expected to come than came of late */
	double seat;         /* price of the seat that the next caller would need */
	double seat_s;       /* how long a chat keeps a seat taken */
	double seat_near;    /* share of it for whoever has one chat and will soon have none */
	double load;         /* price of a minute of work while the desk is full */
	double work;         /* price of a minute of work always */
	double per_chat;     /* price of each chat a person has already */
	double fair;         /* how much being busier than the others costs */
	double vip, emotion; /* weight of a customer = 1 + vip * vip + emotion * emotion */
	double market;       /* worth of knowing the customer's market */
	double regret;       /* how much a better match elsewhere speaks against taking one now */
	double hold;         /* loss a contact refuses to take at once; 0: never hold */
	double mail_loss;    /* loss of chance a mail refuses while it has time */
	double age_cap_s;    /* nobody waits longer while somebody younger is served */
	double vip_cap_s;    /* the same for important customers */
	double patience_s;   /* patience longer than this pulls no less */
	double side;         /* how much of what chats side by side gain speaks for them */
	double growth;       /* how fast the pull of waiting grows with the wait */
	double drain;        /* share of the people promised calls need, kept free for them */
	double amber, red, red_language, release; /* load thresholds */
	double keep;        /* share of what can be kept that is promised as callbacks */
	double flood;       /* load from which a red desk is flooded */
	double crew;        /* share of the people who only take calls in a flood; 0: nobody */
	double crew_keep;   /* share of their time that is promised as callbacks */
	double cap_complex; /* the age cap of complex contacts in a flood, in age caps */
	double offer_s;     /* an offer not answered by then goes back; 0: no offers, assign */
	double learn;       /* pseudo-observations the seed formula is worth; 0: never learn */
};

extern const struct route_weights route_weights_default;
/* The weight of that name, or NULL: what `--weight name=value` and the settings page set. */
double *route_weight_find(struct route_weights *, struct str name);

struct route_names {
	struct str v[64]; /* UTF-8, at most ROUTE_NAME_MAX bytes */
	size_t n;
};

struct route_speaks {
	uint8_t lang, grade;
};

struct route_person {
	int64_t id;
	uint64_t markets;                    /* bit i: markets.v[i] */
	uint8_t n_langs, channels, max_chat; /* channels: bit of enum route_place */
	struct route_speaks langs[ROUTE_SPEAKS_MAX];
	uint8_t skills[ROUTE_TOPICS_MAX];
	uint16_t region;
	uint8_t n_on;
	double on[ROUTE_SHIFTS_MAX][2]; /* roster: known ahead, need not be exact */
};

struct route_setup {
	struct route_model model;
	struct route_weights weights;
	struct route_names langs, topics, markets, regions;
	uint16_t market_region[64];
	struct route_person *people;
	size_t n_people;
	double tick_s, horizon;
	struct str name;
};

struct route_contact {
	int64_t id, case_id, prev_agent; /* prev_agent -1: nobody served them before */
	double t, target_s;
	uint8_t channel, market, topic, complex, vip, emotion, attempt, repeat;
	uint8_t need_lang, need_skill;
	uint8_t n_langs, lang; /* lang: the best one */
	struct route_speaks langs[ROUTE_SPEAKS_MAX];
};

enum route_event_kind {
	ROUTE_ON,           /* agent: on shift, present */
	ROUTE_OFF,          /* agent: takes nothing new */
	ROUTE_PERSON,       /* person: new, or other grades, capacity, roster */
	ROUTE_ARRIVE,       /* contact */
	ROUTE_ABANDON,      /* id */
	ROUTE_FREE,         /* agent, id */
	ROUTE_ACCEPT,       /* agent, id: an offer taken */
	ROUTE_DECLINE,      /* agent, id: an offer refused; the contact waits again, and for two
			     * minutes not for her */
	ROUTE_CALLBACK_YES, /* id, deadline */
	ROUTE_CALLBACK_NO,  /* id */
	ROUTE_TICK,
};

struct route_event {
	enum route_event_kind kind;
	double t;
	int64_t agent, id;
	double deadline;
	const struct route_contact *contact;
	const struct route_person *person;
};

enum route_state { ROUTE_GREEN, ROUTE_AMBER, ROUTE_RED };
const char *route_state_name(enum route_state);

/* The term in which chosen and runner-up differ most. */
enum route_because {
	BECAUSE_ONLY, /* nobody else who fits was free */
	BECAUSE_REST, /* nothing else that fits waited */
	BECAUSE_LANGUAGE,
	BECAUSE_TOPIC,
	BECAUSE_SAME,
	BECAUSE_WORK,   /* less work */
	BECAUSE_YIELD,  /* more is gained for each minute */
	BECAUSE_OTHERS, /* the other contact has better matches elsewhere on shift */
	BECAUSE_SCARCE,
	BECAUSE_SPARES, /* the other contact would cost a scarce language of hers */
	BECAUSE_SEAT,
	BECAUSE_CHATS, /* fewer chats in hand */
	BECAUSE_FAIR,  /* had less to do */
	BECAUSE_WAIT,
	BECAUSE_WEIGHT,
	BECAUSE_AGE,
	BECAUSE_MARKET,
	BECAUSE_PROMISE,
	BECAUSE_CREW,  /* she takes calls first, in a flood */
	BECAUSE_TURN,  /* equal otherwise: her turn */
	BECAUSE_FIRST, /* equal otherwise: came first */
	BECAUSE__N,
};

enum route_act { ROUTE_ASSIGN, ROUTE_OFFER, ROUTE_CALLBACK };

struct route_terms {
	uint8_t lang, grade, need_lang, topic, skill, need_skill; /* grade 0: machine translation */
	uint8_t theirs; /* the customer's own command of lang */
	uint8_t chats, max_chat, vip, emotion, state, because;
	uint8_t price_lang;    /* BECAUSE_SCARCE, _SPARES: whose shortage decided */
	uint32_t left, places; /* BECAUSE_SCARCE: places of price_lang still free, of how many */
	bool same, market, machine, crew, arrival; /* arrival: a contact chose; else a person did */
	double waited, p, work, value, value_next, pressure;
	int64_t next; /* arrival: the agent next in line, else the contact; -1 nobody */
};

struct route_decision {
	int64_t contact, agent; /* agent -1 for a callback offer */
	uint8_t act;
	struct route_terms terms;
};

/* States that changed in this step, for the wallboard. */
struct route_change {
	int16_t lang; /* -1: the whole desk */
	uint8_t state;
	double pressure;
};

struct route_out {
	const struct route_decision *v; /* the engine's, until the next step */
	size_t n;
	const struct route_change *changes;
	size_t n_changes;
};

struct engine;

struct engine *engine_new(struct arena *, const struct route_setup *);

/* One event.  What makes no sense changes nothing and says so: E_NOTFOUND an unknown id,
 * E_CONFLICT an arrival known already, a free for nothing in hand, E_INVALID a value that is none,
 * E_BUSY a desk fuller than ROUTE_WAITING_MAX.  Time that steps back counts as the time before;
 * more than ROUTE_TIME_MAX from the start is none. */
enum err engine_step(struct engine *, const struct route_event *, struct route_out *) MUST;

/* Tags, topics or markets named since engine_new(); the tables only ever grow. */
void engine_names(struct engine *, const struct route_setup *);

/* Other weights from now on. */
void engine_set_weights(struct engine *, const struct route_weights *);

/* The reason as a sentence of at most 299 bytes, "en" or "zh". */
void engine_reason(const struct engine *, const struct route_decision *, bool chinese,
		   struct buf *);

/* The whole state as bytes of this build's own form, and an engine from them.  Bytes that are
 * none of ours, cut or changed, are refused: E_MALFORMED. */
void engine_snapshot(const struct engine *, struct buf *);
enum err engine_restore(struct arena *, struct str, struct engine **) MUST;

/* For wallboard, tests and benchmarks. */
struct engine_stats {
	size_t waiting, waiting_mail, in_hand, people_on, classes, contacts;
	uint64_t steps, decisions, looked, looked_max, refused;
	double load;
	uint8_t state;
	double work_factor[CH__N], fail_factor[2]; /* learned: what happened over what was told */
};
struct engine_stats engine_stats(const struct engine *);

/* Tags are made known by name (of JSON: its escapes are read); the same name gives the same index.
 * -1: the table is full, or the name is empty, too long or no UTF-8. */
int route_name(struct arena *, struct route_names *, struct str);
/* The same, with the last index for all names that have no room. */
int route_name_or_rest(struct arena *, struct route_names *, struct str);
