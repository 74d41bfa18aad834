/* engine_in.h - the engine's state, shared by its files and by nobody else.
 *
 * Contacts lie in slots; those that wait hang in one first-in-first-out list per class (same
 * languages, channel, topic, complexity, weight), so only the heads compete.  Classes with
 * somebody in them lie in one heap per bin (channel, weight, complexity), oldest head on top: in
 * a bin the pull grows with the wait alone, so a search goes down only while it can still win.
 * People hang in one list per signature (what they speak), longest idle first. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "modules/routing/engine.h"

#define NONE UINT32_MAX

enum {
	LOOK_MAX = 1024,     /* people an arrival looks at, best languages first */
	CLASS_LOOK_MAX = 32, /* classes a freed person looks at, most promising first */
	OWN_LOOK_MAX = 8,    /* former customers a freed person looks at */
	WEIGHT_LEVELS = 6,   /* vip 0..1 x emotion 0..2 */
	BINS = CH__N * WEIGHT_LEVELS * 2,
	GAPS = 6,            /* grades missing, 0..5 */
	DONE_RING = 1 << 13, /* finished contacts whose return is still awaited */
	CHANGES_MAX = ROUTE_LANGS_MAX + 1,
	FREE_MAX = 32,      /* free places told apart */
	SEATS_MAX = 8,      /* free seats told apart; more are plenty */
	STRONG = 4,         /* a grade that counts as speaking a language */
	CALLS_S = 3600,     /* calls of a language are counted over an hour */
	MAIL_CHATS_MAX = 1, /* a person with more chats gets no mail */
	REFUSERS = 4,       /* those who refused an offer of late */
	REFUSED_S = 120,    /* and how long they are not asked again */
};

enum asked { NOT_ASKED, ASKED, ANSWERED };

enum item_state { ITEM_UNUSED, ITEM_WAITING, ITEM_IN_HAND };

struct item {
	struct route_contact c;
	double key;                  /* order in its class: arrival, or a callback's deadline */
	double since;                /* arrival, for what was waited */
	double at;                   /* in hand: from when */
	double clock;                /* in hand: the person's work clock then */
	double work, fail;           /* expected: while waiting of anyone, in hand of this person */
	uint64_t seq;                /* order of arrival, to break ties */
	uint32_t class, next, prev;  /* in the class */
	uint32_t own_next, own_prev; /* among those their former agent may see first */
	uint32_t person;             /* in hand: whose */
	uint32_t offer_next, offer_prev; /* in hand: among the offers not answered */
	int64_t refuser[REFUSERS];       /* -1: nobody */
	double refused_at[REFUSERS];
	uint8_t state, gap, skill_gap, asked, offered, own, late; /* asked: enum asked */
};

/* What a search needs to know of who is first in a class: beside it, so that looking at a class
 * touches one place in memory and not two. */
struct head {
	double key, since;
	uint64_t seq;
	int64_t prev_agent;
	bool declined; /* by somebody */
};

struct queue_class {
	struct head first;
	uint8_t n_langs, lang, channel, topic, complex, vip, emotion, need_lang, need_skill, market;
	struct route_speaks langs[ROUTE_SPEAKS_MAX];
	uint32_t head, tail, n;
	uint32_t heap_at; /* place in its bin's heap; NONE when empty */
	/* The best chance anyone on shift could give, the best of those who come on later and from
	 * when, and how long that holds. */
	double best, later, later_at, best_until;
};

struct bin {
	uint32_t *v;
	uint32_t n, cap;
};

/* What happened against what was expected. */
struct ratio {
	double seen, expected;
};

/* What a person counts for in the languages she is strong in. */
struct held {
	uint8_t seat, places, taken; /* seat: she could take a call now */
};

struct person {
	struct route_person spec;
	uint8_t eff[ROUTE_LANGS_MAX]; /* grade in every tag known, variants counted */
	uint8_t strong[ROUTE_SPEAKS_MAX], n_strong;
	uint8_t on, n_chats;
	uint8_t crew; /* takes calls, and no more than one chat at a time */
	uint32_t sig;
	uint32_t phone, mail, chats[ROUTE_CHATS_MAX];
	uint32_t prev, next; /* among those of her signature that can take something live */
	uint32_t mail_prev, mail_next; /* among all who can take a mail */
	uint32_t own_head, own_tail;
	uint8_t listed, mail_listed, draining;
	struct held held;                    /* as counted in her languages */
	uint64_t listed_seq, mail_seq;       /* order in those lists */
	double last, chat_clock, mail_clock; /* work done so far, at full attention */
	double busy, present;                /* time with something in hand, time on shift */
	uint64_t turns; /* how often given something; never far behind those already there */
};

/* What a person speaks; people of one signature differ in topics only. */
struct sig {
	uint8_t eff[ROUTE_LANGS_MAX];
	uint16_t skilled[ROUTE_TOPICS_MAX][ROUTE_GRADE_MAX + 1]; /* how many of those on shift */
	uint32_t head, tail, on;
	double next_on; /* when the next of them comes on shift; INFINITY: not for hours */
	uint8_t coming[ROUTE_TOPICS_MAX]; /* best grade of those who come on within hours */
};

struct table {
	uint64_t *key; /* 0: free */
	uint32_t *value;
	size_t n, cap;
};

struct done {
	int64_t case_id;
	double until, fail;
	uint8_t used, complex, gap, skill_gap, mail;
};

struct language {
	double arriving; /* work per second, decayed */
	double arriving_at;
	double waiting; /* work in the queue */
	double capacity;
	double pressure;
	double calls, calls_at;   /* calls per second, decayed, and as of when */
	double missed[SEATS_MAX]; /* the price of a seat when that many others are left */
	double turned[FREE_MAX];  /* the price of a place when that many others are free */
	double scale;
	int seats; /* people strong in it who could take a call now */
	int places, taken;
	uint32_t promised, asking; /* callbacks, and offers of them */
	uint32_t on_crew;          /* of the calling crew, those strong in it */
	double red_since;          /* INFINITY when it is not above red */
	uint8_t state;
};

struct pair {
	double gap, skill_gap, work, p;
	uint8_t lang, grade, theirs;
	bool same, machine;
};

struct engine {
	struct arena *a;
	struct route_setup set;
	struct route_weights w;
	double now, refreshed;
	uint64_t seq;

	struct item *items;
	uint32_t n_items, cap_items, free_item;
	struct table by_id, by_agent, by_class, by_case;
	struct queue_class *classes;
	uint32_t n_classes, cap_classes;
	struct bin bins[BINS];
	uint8_t least_skill[CH__N][2]; /* needed by any class there is */
	struct person *people;
	uint32_t n_people, cap_people;
	struct sig *sigs;
	uint32_t *sig_open; /* how many of each can take something live: dense, to be scanned */
	uint32_t n_sigs, cap_sigs;
	uint32_t mail_head, mail_tail;
	uint32_t waiting, waiting_mail, in_hand, n_on;
	uint32_t vip_calls;              /* calls of important customers who wait */
	uint32_t callbacks;              /* promised and not begun */
	uint32_t offer_head, offer_tail; /* offers not answered, oldest first */
	uint32_t draining;      /* people kept from new chats so that they can take a call */
	uint32_t asking;        /* offers of a callback not answered yet */
	uint32_t calling;       /* people on a promised callback */
	uint32_t on_crew;       /* the calling crew */
	uint8_t flood;          /* red, and has been past `flood` since */
	double needed;          /* people whom the promises need now, by work over time left */
	double calls, calls_at; /* calls begun per second, decayed, and as of when */

	struct language all, langs[ROUTE_LANGS_MAX];
	double mean_busy; /* share of time with something in hand, of those on shift */

	/* learned: by channel and complexity, by language gap, by skill gap */
	struct ratio work_base[CH__N][2], work_gap[GAPS], work_skill[GAPS];
	struct ratio fail_base[2], fail_gap[GAPS], fail_skill[GAPS];
	double f_work[CH__N][2], f_work_gap[GAPS], f_work_skill[GAPS];
	double f_fail[2], f_fail_gap[GAPS], f_fail_skill[GAPS];
	double hazard_waited[CH__N], hazard_left[CH__N], patience[CH__N];
	struct done *done;
	uint64_t done_at, done_from;

	struct route_decision *out;
	size_t n_out, cap_out;
	struct route_change changes[CHANGES_MAX];
	size_t n_changes;
	uint64_t steps, decisions, looked, looked_max, refused, looking;
};

/* table.c: open addressing; keys are hashes that the caller checks, or ids plus one. */
uint32_t *table_find(const struct table *, uint64_t key);
void table_put(struct arena *, struct table *, uint64_t key, uint32_t value);
void table_drop(struct table *, uint64_t key);

/* queue.c */
uint32_t queue_find(const struct engine *, int64_t id);
uint32_t queue_new(struct engine *, const struct route_contact *);
void queue_free(struct engine *, uint32_t item);
void queue_push(struct engine *, uint32_t item);
void queue_take(struct engine *, uint32_t item);
uint32_t queue_class(struct engine *, const struct route_contact *);
struct bin *queue_bin(struct engine *, unsigned channel, unsigned level, unsigned complex);
bool queue_lay(struct engine *, uint32_t bin, uint32_t at, uint32_t class); /* restoring */
struct head queue_head(const struct item *);
bool queue_declined(const struct engine *, uint32_t item, int64_t agent);
void queue_decline(struct engine *, uint32_t item, int64_t agent);
void queue_offer(struct engine *, uint32_t item);
void queue_unoffer(struct engine *, uint32_t item);
struct queue_class *queue_head_class(const struct engine *, const struct bin *, uint32_t at);

/* desk.c */
uint32_t desk_find(const struct engine *, int64_t agent);
uint32_t desk_put(struct engine *, const struct route_person *);
void desk_know_languages(struct engine *, size_t from);
void desk_on(struct engine *, uint32_t person, bool on);
void desk_work(struct engine *, struct person *); /* bring her work clocks to now */
void desk_give(struct engine *, uint32_t person, uint32_t item);
void desk_clear(struct engine *, uint32_t person, uint32_t item);
void desk_list(struct engine *, uint32_t person);   /* into or out of the lists, as she can take */
void desk_relist(struct engine *, uint32_t *order); /* order: room for n_people */
uint32_t desk_sig(struct engine *, const uint8_t *eff);
double desk_busy(const struct engine *, const struct person *);
bool desk_can_take(const struct person *, enum route_place);

/* value.c */
double value_weight(const struct engine *, unsigned vip, unsigned emotion);
struct pair value_pair(const struct engine *, const struct person *, const struct queue_class *,
		       bool same);
struct pair value_ideal(const struct engine *, const struct queue_class *);
double value_urgency(const struct engine *, const struct queue_class *, double waited);
double value_best(struct engine *, struct queue_class *);
double value_best_by(struct engine *, struct queue_class *, double by);
double value_capacity(const struct engine *, const struct person *);
void value_refresh(struct engine *);
double value_arriving_now(const struct engine *, const struct language *);
void value_arriving(struct engine *, unsigned lang, double work);
double value_work(const struct engine *, const struct queue_class *);

/* places.c */
void places_count(struct engine *, struct person *);
void places_called(struct engine *, unsigned lang);
void places_refresh(struct engine *);
void places_left(const struct engine *, struct route_terms *);
double places_seat_price(const struct engine *, const struct person *, uint8_t *whose);
double places_price(const struct engine *, const struct person *, unsigned lang, uint8_t *whose);

/* choose.c: an arrival chooses a person; what both questions share */
bool choose_knows(const struct person *, const struct queue_class *);
bool choose_holds(struct engine *, const struct item *, struct queue_class *, double p);
double choose_mail_slack(const struct engine *, const struct item *);
bool choose_mail_fits(struct engine *, const struct item *, struct queue_class *, double p);
struct gain {
	enum route_because why;
	double by;
};
enum route_because choose_largest(const struct gain *, size_t n, enum route_because otherwise);
void choose_describe(const struct engine *, const struct item *, const struct queue_class *,
		     const struct person *, const struct pair *, struct route_terms *);
void choose_give(struct engine *, uint32_t item, uint32_t who, const struct pair *,
		 const struct route_terms *);
bool choose_person(struct engine *, uint32_t item);

/* take.c: a freed person chooses a contact */
void choose_contacts(struct engine *, uint32_t person);
void choose_mail(struct engine *, uint32_t person);
void choose_waiting_mail(struct engine *);

/* overflow.c */
void overflow_refresh(struct engine *);
void overflow_callbacks(struct engine *);
void overflow_crew(struct engine *);
bool overflow_presses(const struct engine *, double deadline);
bool overflow_crew_short(const struct engine *);
void overflow_call(struct engine *);
void overflow_asking(struct engine *, const struct item *, int by);
void overflow_change(struct engine *, int lang, uint8_t state, double pressure);

/* crew.c */
void crew_keep(struct engine *);
void crew_recount(struct engine *);
double crew_can_promise(const struct engine *, double people, uint32_t promised);

/* learn.c */
void learn_start(struct engine *);
void learn_work(struct engine *, const struct item *, double work);
void learn_finished(struct engine *, const struct item *);
void learn_returned(struct engine *, const struct route_contact *);
void learn_refresh(struct engine *);
void learn_left(struct engine *, const struct item *, bool left);

/* engine.c */
bool engine_contact_ok(const struct engine *, const struct route_contact *);
struct route_decision *engine_decide(struct engine *);
