/* inbox_rules.h - what the files of this module share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "modules/inbox/inbox.h"
#include "modules/inbox/inbox.sql.h"

/* A conversation's row, if the actor may see it; E_NOTFOUND otherwise. */
enum err inbox_row(struct ctx *, int64_t id, struct conversation_rows_row *) MUST;
void inbox_live(struct ctx *, int64_t id, int64_t inbox_id, int64_t version);
enum err inbox_event(struct ctx *, const struct conversation_rows_row *, enum event_kind,
		     struct str data) MUST;
enum err inbox_line(struct ctx *, const struct conversation_rows_row *, const char *kind,
		    struct str from, struct str to) MUST;
struct str inbox_snippet(struct ctx *, struct str text);
enum err inbox_index(struct ctx *, const struct conversation_rows_row *, int64_t entry_id,
		     struct str text) MUST;
enum err inbox_index_subject(struct ctx *, const struct conversation_rows_row *,
			     struct str subject) MUST;

/* The module's .merge. */
enum err inbox_merge(struct ctx *, const struct merging *) MUST;

/* ---- mentions ---- */

/* E_INVALID for somebody who is not there or does not see the inbox, and outside a note. */
enum err inbox_check_mentions(struct ctx *, struct str kind, struct ids people,
			      int64_t inbox_id) MUST;
enum err inbox_mentions_seen(struct ctx *, int64_t conversation_id, int64_t up_to) MUST;
/* In how many conversations the actor was named and has not looked; 100 means 99+. */
enum err inbox_mentions_unseen(struct ctx *, int64_t *n) MUST;
enum err inbox_mentioned_here(struct ctx *, int64_t conversation_id, bool *) MUST;

struct mention_view {
	int64_t entry_id, person_id;
	struct str name;
	struct opt_int seen_at;
};
extern const struct shape mention_shape;
/* Of several entries, in the order of their ids; then those of one. */
enum err inbox_mentions_of(struct ctx *, struct ids entries, struct list *) MUST;
struct list inbox_mentions_in(const struct list *all, int64_t entry_id);

/* ---- views ---- */

extern const struct shape card_shape, conversation_shape, entry_shape, draft_shape;

struct draft_view {
	struct str kind, text;
	struct list attachments;
	struct strs to, cc;
	int64_t at, version;
};
/* What a page of the list is to hold. */
struct inbox_list {
	struct str order;  /* oldest, waiting, priority; anything else: newest */
	struct str status; /* or "any" */
	struct str after;  /* the page before's next, or empty */
	struct opt_int inbox_id, team_id, tag_id, assignee_id;
	size_t most;
};
/* The page's conversations that the actor may see, in order; *next is empty at the end.
 * E_INVALID: `after` cannot be read. */
enum err inbox_list(struct ctx *, const struct inbox_list *, struct ids *, struct str *next) MUST;

/* Cards of conversations, in the order of ids. */
enum err inbox_cards(struct ctx *, struct ids, struct list *) MUST;
/* Show these as unread, whatever else is known. */
void inbox_cards_unread(struct list *cards, struct ids);
/* A card with all the rest. */
enum err inbox_full(struct ctx *, int64_t id, void **out) MUST;
/* One entry as the console sees it. */
enum err inbox_entry(struct ctx *, int64_t id, void **out) MUST;
/* A page of the thread before an id, oldest first; *first is the id to go on before, 0 at the
 * beginning. */
enum err inbox_thread(struct ctx *, int64_t conversation_id, int64_t before, size_t most,
		      struct list *, int64_t *first) MUST;
struct strs inbox_split(struct arena *, struct str comma_list);
struct str inbox_join(struct arena *, const struct strs *);
enum err inbox_draft(struct ctx *, int64_t conversation_id, const void **out) MUST;
enum err inbox_files_of(struct ctx *, struct str comma_ids, struct list *out) MUST;
struct file_view inbox_file_view(struct ctx *, int64_t id, struct str name, struct str type,
				 int64_t size, struct opt_int width, struct opt_int height);

/* Fill {{ path | filter }} for a conversation; what cannot be filled stays and is listed. */
enum err inbox_fill(struct ctx *, const struct conversation_rows_row *, struct str text,
		    struct str *out, struct strs *missing) MUST;

/* Take a message back while it can be. */
enum err inbox_undo(struct ctx *, const struct entry_get_row *) MUST;

extern const struct filter_table inbox_filter;
extern const struct route inbox_filter_routes[];
extern const struct route inbox_conversation_routes[], inbox_message_routes[], inbox_setup_routes[],
    inbox_library_routes[], inbox_macro_routes[], inbox_mention_routes[], inbox_timeline_routes[];
extern const struct live_source inbox_live_sources[];
