/* demo_shapes.h - what stands in the demo company's files. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/field.h"

struct demo_language {
	struct str code;
	int64_t grade;
};
struct demo_person {
	struct str key, name, email, role, locale, zone, presence, signature;
	struct list languages;
	struct strs teams, inboxes;
	bool all_inboxes;
};
struct demo_team {
	struct str key, name, description;
};
struct demo_inbox {
	struct str key, name, channel, address, public_key, color, language, greeting;
};
struct demo_tag {
	struct str key, name, color;
};
struct demo_text {
	struct str language, text;
};
struct demo_canned {
	struct str key, shortcut, title, folder;
	struct strs teams;
	struct list texts;
};
struct demo_macro {
	struct str key, name, canned, team;
	struct opt_str status, priority, assignee;
	struct opt_int snooze_hours;
	struct strs tags;
};
struct demo_note {
	struct str person, text;
	int64_t at;
};
struct demo_customer {
	struct str key, name, country, language, zone, email;
	bool visitor, blocked;
	int64_t created;
	struct list notes;
};
struct demo_attachment {
	struct str file, name;
};
struct demo_entry {
	struct str kind, direction, person, text, event, from, to;
	int64_t at;
	struct list attachments;
	struct strs mentions;
};
struct demo_conversation {
	struct str key, inbox, customer, subject, language, status, priority, assignee, team;
	struct strs tags;
	int64_t created, snoozed_for;
	struct opt_int waiting;
	bool unread;
	struct list entries;
};

/* All the files; each part's shape reads its own members. */
struct demo_files {
	struct str password;
	struct list people, teams, inboxes, tags, canned, macros, customers, conversations;
};

struct demo_part {
	const char *name;
	const struct shape *shape;
};
extern const struct demo_part demo_parts[]; /* ended by name NULL */
extern const struct shape demo_language_shape;
