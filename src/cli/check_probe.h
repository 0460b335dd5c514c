/* SPDX-License-Identifier: BSD-2-Clause */
/* check_probe.h: the packets that `lasthello check` looks at are read by a process of its own, without
 * rights. */
#ifndef LASTHELLO_CLI_CHECK_PROBE_H
#define LASTHELLO_CLI_CHECK_PROBE_H

#include <lasthello/sensor.h>

/* probe_apart does what probe_source does, in another process, which gives its rights up (process.h) before
 * it reads the first packet of the source. That stays the caller's to close. False with a sentence: the
 * source failed, or that process cannot begin. */
bool probe_apart(struct probe *probe, struct source *source, int seconds, struct error *error);

#endif
