/* settings.h - the desk's business settings: each module's fields, kept in one table.
 *
 * A module's struct module has the shape and the defaults; read them with settings_get(). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/channel.h"
#include "core/module.h"

/* Fill a zeroed struct of m->settings with defaults and what was set. */
enum err settings_get(struct ctx *, const struct module *, void *out) MUST;
enum err settings_put(struct ctx *, const struct module *, const char *field,
		      struct str value) MUST;

/* A shape as the console's forms read it: {name,type,flags,min,max,values,text,default}. */
void settings_form(struct buf *, const struct shape *, const void *defaults);
/* The settings' values as JSON; a secret is true when it is set. */
void settings_values(struct buf *, const struct shape *, const void *values);
/* Overlay a JSON object's members on a struct of the shape, checked as a request's. */
enum err settings_merge(struct ctx *, const struct shape *, void *values, struct str object) MUST;
