/* blob.h - files by the SHA-256 of their content: stored once, never changed.
 *
 * A file is on the disk (fsync, and its folder too) before blob_put returns.  Which rows refer
 * to it is the modules' business; what nothing refers to is removed by the cleanup after a day. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct blobs;

struct blobs *blobs_open(struct arena *, struct str folder, const char **why);

/* Keep bytes, or take over a temporary file whose hash is known.  *hash is 64 hex digits.
 * E_BUSY when the disk is full or broken; nothing is left behind then. */
enum err blob_put(struct blobs *, struct arena *, struct str bytes, struct str *hash) MUST;
enum err blob_take(struct blobs *, struct arena *, struct str file, const unsigned char sha256[32],
		   struct str *hash) MUST;

/* Where it lies, NUL-terminated; E_INVALID for what is no hash. */
enum err blob_path(const struct blobs *, struct arena *, struct str hash, const char **path) MUST;
/* The whole content, at most max bytes. */
enum err blob_read(const struct blobs *, struct arena *, struct str hash, int64_t max,
		   struct str *) MUST;
void blob_remove(const struct blobs *, struct str hash);
/* Bytes on the disk, and free beside them. */
int64_t blobs_size(const struct blobs *);
int64_t blobs_free_space(const struct blobs *);
/* Call each() for the stored hashes of one part of 256 that are older than `before` (by the file's
 * time): a part is small however many files there are. */
void blobs_walk(const struct blobs *, unsigned part, int64_t before,
		void (*each)(void *, struct str hash), void *);

/* What kind of file the first bytes say it is ("image/png"); `claimed` when they say nothing and
 * it is a harmless claim, else application/octet-stream. */
struct str blob_sniff(struct str head, struct str claimed);
/* A name fit for showing and saving: no folders, control or direction characters; never empty. */
struct str blob_name(struct arena *, struct str name);
/* Width and height of a PNG, JPEG, GIF or WebP; false for others. */
bool blob_image_size(struct str head, int64_t *width, int64_t *height);
