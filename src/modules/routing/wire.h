/* wire.h - the benchmark's protocol: lines of JSON into events, decisions into lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "modules/routing/engine.h"
#include "modules/routing/pull.h"

/* Parts that a day's file and the protocol's first line have in common. */
void wire_read_model(struct pull *, struct route_model *);
void wire_read_markets(struct pull *, struct arena *, struct route_setup *);
void wire_read_regions(struct pull *, struct arena *, struct route_setup *);
void wire_read_people(struct pull *, struct arena *, struct route_setup *);
size_t wire_read_langs(struct pull *, struct arena *, struct route_names *, struct route_speaks *,
		       uint8_t *best);
int wire_channel(struct str);
/* A whole number from 0 to 2^53; -1 for anything else, which is then behind us. */
int64_t wire_id(struct pull *);

struct wire {
	struct arena *a;
	struct route_weights weights;
	struct route_setup setup;
	struct engine *engine;        /* NULL before "init" */
	bool chinese, ended, refused; /* refused: an "init" that was no desk */
	struct route_contact contact;
};

/* One line in, one line out (without the newline), whatever the line is. */
void wire_line(struct wire *, struct str line, struct buf *out);
