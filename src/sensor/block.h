/* SPDX-License-Identifier: BSD-2-Clause */
/* block.h: a folder's files cut into blocks, each of which another process reads.
 *
 * A block has the sessions that begin in its files. Which of them do, and what to make of their first
 * packets, tell the files before it: they are read, too, from two hours before, and nothing of them is
 * stored. Of what is read beyond the block, until its connections have ended, only that it was read so far
 * is: sessions that went on there have their last packet in it, and whoever merges the blocks has a whole
 * reading of it. */
#ifndef LASTHELLO_BLOCK_H
#define LASTHELLO_BLOCK_H

#include "file_runs.h"

/* block_cut narrows each run to the files of the block-th (from 1) of `count` blocks: `begin` to `end`, with
 * `lead` before them. Blocks have about as many bytes as each other; some may have no file. After the files
 * are in order. */
void block_cut(struct file_runs *runs, unsigned block, unsigned count);

#endif
