/* SPDX-License-Identifier: BSD-2-Clause */
/* reader.h: what a kind of source is made of: one const struct of functions. */
#ifndef LASTHELLO_CAPTURE_READER_H
#define LASTHELLO_CAPTURE_READER_H

#include "input.h"

#include <lasthello/source.h>

struct filter;
struct shunt;

struct source_reader {
    bool (*fits)(struct bytes head);
    /* `filter` is NULL for none; both belong to the source and live longer than the state. NULL on
     * failure. */
    void *(*open)(struct input *input, struct filter *filter, struct error *error);
    enum sourced (*next)(void *state, struct packet *packet, struct error *error);
    /* NULL: it knows of nothing lost */
    void (*statistics)(void *state, struct source_statistics *statistics);
    /* live only: */
    struct shunt *(*shunt)(void *state); /* NULL: there is none */
    const char *(*shunt_refused)(const void *state);
    bool (*revive)(void *state);
    bool (*runs)(const void *state, int side); /* of a tap alone */
    void (*close)(void *state);
};

extern const struct source_reader reader_classic;
extern const struct source_reader reader_pcapng;
extern const struct source_reader reader_live;
extern const struct source_reader reader_tap;

/* link_type_modern: numbers that only old files have, for raw IP: what DLT_RAW was on the machine
 * that wrote them. */
static inline uint32_t link_type_modern(uint32_t link_type)
{
    return link_type == 12 || link_type == 14 ? 101 : link_type;
}

/* link_type_of_dlt: a DLT_ is libpcap's name on this machine, a link type the one that files and
 * decoders use. */
uint32_t link_type_of_dlt(int dlt);

/* live_open gives the state of reader_live. NULL on failure, of which `is_down` is one. */
void *live_open(const struct live_options *options, bool *is_down, struct error *error);
/* live_descriptor can be polled for packets of a state of reader_live. */
int live_descriptor(const void *state);
/* tap_open gives the state of reader_tap, as source_open_tap. */
void *tap_open(const struct live_options sides[2], bool are_down[2], struct error errors[2]);

/* A BPF expression, compiled for each link type it meets. filter_open refuses what is no expression. */
struct filter *filter_open(const char *expression, struct error *error);

/* filter_passes: the packet matches. An expression that has no meaning on the packet's link type
 * ("ether host" on raw IP) matches nothing there. */
bool filter_passes(struct filter *filter, const struct packet *packet);
void filter_close(struct filter *filter);

#endif
