/* SPDX-License-Identifier: Apache-2.0 */
#include "app/demo_shapes.h"

#define T(st, m, hi)        FIELD(struct st, m, F_TEXT, FIELD_LONG, 0, hi, NULL)
#define I(st, m)            FIELD(struct st, m, F_INT, 0, 0, 0, NULL)
#define B(st, m)            FIELD(struct st, m, F_BOOL, 0, 0, 0, NULL)
#define TS(st, m)           FIELD(struct st, m, F_TEXTS, 0, 0, 100, NULL)
#define L(st, m, hi, shape) FIELD_LIST(struct st, m, 0, hi, &shape, NULL)

/* clang-format off */
static const struct field language_fields[] = {T(demo_language, code, 20), I(demo_language, grade)};
SHAPE(demo_language_shape, "DemoLanguage", struct demo_language, language_fields);

static const struct field person_fields[] = {
	T(demo_person, key, 60), T(demo_person, name, 200), T(demo_person, email, 320), T(demo_person, role, 40),
	T(demo_person, locale, 20), T(demo_person, zone, 64), T(demo_person, presence, 20), T(demo_person, signature, 2000),
	L(demo_person, languages, 30, demo_language_shape), TS(demo_person, teams), TS(demo_person, inboxes),
	B(demo_person, all_inboxes),
};
static SHAPE(person_shape, "DemoPerson", struct demo_person, person_fields);

static const struct field team_fields[] = {T(demo_team, key, 60), T(demo_team, name, 200), T(demo_team, description, 1000)};
static SHAPE(team_shape, "DemoTeam", struct demo_team, team_fields);

static const struct field inbox_fields[] = {
	T(demo_inbox, key, 60), T(demo_inbox, name, 200), T(demo_inbox, channel, 40), T(demo_inbox, address, 320),
	T(demo_inbox, public_key, 60), T(demo_inbox, color, 20), T(demo_inbox, language, 20),
	FIELD(struct demo_inbox, greeting, F_JSON, 0, 0, 20000, NULL),
};
static SHAPE(inbox_shape, "DemoInbox", struct demo_inbox, inbox_fields);

static const struct field tag_fields[] = {T(demo_tag, key, 60), T(demo_tag, name, 200), T(demo_tag, color, 20)};
static SHAPE(tag_shape, "DemoTag", struct demo_tag, tag_fields);

static const struct field text_fields[] = {T(demo_text, language, 20), T(demo_text, text, 20000)};
static SHAPE(text_shape, "DemoText", struct demo_text, text_fields);

static const struct field canned_fields[] = {
	T(demo_canned, key, 60), T(demo_canned, shortcut, 60), T(demo_canned, title, 200), T(demo_canned, folder, 100),
	TS(demo_canned, teams), L(demo_canned, texts, 40, text_shape),
};
static SHAPE(canned_shape, "DemoCanned", struct demo_canned, canned_fields);

#define O(m, ty) FIELD(struct demo_macro, m, ty, FIELD_OPTIONAL, 0, 0, NULL)
static const struct field macro_fields[] = {
	T(demo_macro, key, 60), T(demo_macro, name, 200), T(demo_macro, canned, 60), T(demo_macro, team, 60),
	O(status, F_TEXT), O(priority, F_TEXT), O(assignee, F_TEXT), O(snooze_hours, F_INT), TS(demo_macro, tags),
};
static SHAPE(macro_shape, "DemoMacro", struct demo_macro, macro_fields);

static const struct field note_fields[] = {T(demo_note, person, 60), T(demo_note, text, 4000), I(demo_note, at)};
static SHAPE(note_shape, "DemoNote", struct demo_note, note_fields);

static const struct field customer_fields[] = {
	T(demo_customer, key, 60), T(demo_customer, name, 200), T(demo_customer, country, 10), T(demo_customer, language, 20),
	T(demo_customer, zone, 64), T(demo_customer, email, 320), B(demo_customer, visitor), B(demo_customer, blocked),
	I(demo_customer, created), L(demo_customer, notes, 20, note_shape),
};
static SHAPE(customer_shape, "DemoCustomer", struct demo_customer, customer_fields);

static const struct field attachment_fields[] = {T(demo_attachment, file, 200), T(demo_attachment, name, 200)};
static SHAPE(attachment_shape, "DemoAttachment", struct demo_attachment, attachment_fields);

static const struct field entry_fields[] = {
	T(demo_entry, kind, 20), T(demo_entry, direction, 10), T(demo_entry, person, 60), T(demo_entry, text, 20000),
	T(demo_entry, event, 40), T(demo_entry, from, 60), T(demo_entry, to, 60), I(demo_entry, at),
	L(demo_entry, attachments, 10, attachment_shape), TS(demo_entry, mentions),
};
static SHAPE(entry_shape, "DemoEntry", struct demo_entry, entry_fields);

static const struct field conversation_fields[] = {
	T(demo_conversation, key, 60), T(demo_conversation, inbox, 60), T(demo_conversation, customer, 60),
	T(demo_conversation, subject, 500), T(demo_conversation, language, 20), T(demo_conversation, status, 20),
	T(demo_conversation, priority, 20), T(demo_conversation, assignee, 60), T(demo_conversation, team, 60),
	TS(demo_conversation, tags), I(demo_conversation, created), I(demo_conversation, snoozed_for),
	FIELD(struct demo_conversation, waiting, F_INT, FIELD_OPTIONAL, 0, 0, NULL), B(demo_conversation, unread),
	L(demo_conversation, entries, 100, entry_shape),
};
static SHAPE(conversation_shape, "DemoConversation", struct demo_conversation, conversation_fields);

#define PART(part, shape, hi) static const struct field part##_part[] = {FIELD_LIST(struct demo_files, part, 0, hi, &shape, NULL)}; \
	static SHAPE(part##_part_shape, "Demo file " #part, struct demo_files, part##_part)

static const struct field people_part[] = {
	FIELD(struct demo_files, password, F_TEXT, 0, 0, 200, NULL),
	FIELD_LIST(struct demo_files, people, 0, 200, &person_shape, NULL),
};
static SHAPE(people_part_shape, "Demo file people", struct demo_files, people_part);
PART(teams, team_shape, 50);
PART(inboxes, inbox_shape, 20);
PART(tags, tag_shape, 100);
PART(canned, canned_shape, 200);
PART(macros, macro_shape, 100);
PART(customers, customer_shape, 1000);
PART(conversations, conversation_shape, 2000);

const struct demo_part demo_parts[] = {
	{"people", &people_part_shape}, {"teams", &teams_part_shape}, {"inboxes", &inboxes_part_shape},
	{"tags", &tags_part_shape}, {"canned", &canned_part_shape}, {"macros", &macros_part_shape},
	{"customers", &customers_part_shape}, {"conversations", &conversations_part_shape}, {0},
};
/* clang-format on */
