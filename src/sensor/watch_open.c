/* SPDX-License-Identifier: BSD-2-Clause */
/* watch_open.c: the interfaces of `watch`, while there are still the rights to open them. */
#include "watch.h"

#include <lasthello/interface.h>

/* A worker that is to be given its source. */
struct opening {
    const struct watching *watching;
    const struct watched_link *link;
    unsigned worker;
    struct source *source; /* NULL: none of the link's interfaces can be captured */
    bool are_down[2];
    struct error errors[2]; /* empty: it is captured */
};

static const char *name_of(const struct opening *opening, unsigned i)
{
    return opening->watching->options->interfaces[opening->link->first + i];
}

static struct live_options options_of(const struct opening *opening, unsigned i)
{
    const struct watching *watching = opening->watching;

    return (struct live_options){
        .hears_names = opening->watching->options->sensor.hears_names,
        .interface = name_of(opening, i),
        .filter = watching->filter,
        .ports = watching->options->shunts ? watching->ports : NULL,
        .buffer_bytes = watching->options->buffer_mib << 20,
        .snapshot_len = watching->options->snapshot_len,
        .block_ms = watching->options->block_ms,
        .fanout = watching->fanouts[opening->worker / watching->options->threads],
        .counts_interface = opening->worker % watching->options->threads == 0,
    };
}

static void open_link(struct opening *opening)
{
    const struct live_options sides[2] = {
        options_of(opening, 0), options_of(opening, opening->link->count - 1)};

    if (opening->link->count == 2)
        opening->source = source_open_tap(sides, opening->are_down, opening->errors);
    else
        opening->source = source_open_live(&sides[0], &opening->are_down[0], &opening->errors[0]);
}

/* It is captured all the same, and its packets come as soon as there are any. */
static void tell_of_carrier(const char *interface)
{
    struct interface_facts facts;
    struct error error;

    if (interface_look(interface, &facts, &error) && facts.is_up && !facts.has_carrier)
        complain(
            "%s: the link has no carrier, and no packet comes until it has; is the cable in?", interface);
}

/* What holds for all threads of a link is said of the first. */
static void tell(const struct opening *opening)
{
    if (opening->worker % opening->watching->options->threads > 0)
        return;
    for (unsigned i = 0; i < opening->link->count; i++) {
        if (opening->errors[i].text[0] == '\0')
            tell_of_carrier(name_of(opening, i));
        else
            complain("%s%s", opening->errors[i].text, opening->are_down[i] ? TRYING_AGAIN : "");
    }
}

static bool can_be_waited_for(const struct opening *opening)
{
    bool can = true;

    for (unsigned i = 0; i < opening->link->count; i++)
        can = can && (opening->errors[i].text[0] == '\0' || opening->are_down[i]);
    return can;
}

void watch_open(struct watching *watching, struct run *run)
{
    const struct watch_options *options = watching->options;
    const bool is_first = monitor_round(run->monitor) == 0;

    for (unsigned i = 0; i < run->worker_count; i++) {
        struct opening opening = {
            .watching = watching, .link = &options->links[i / options->threads], .worker = i};

        open_link(&opening);
        if (is_first || opening.source != NULL)
            tell(&opening);
        /* a wrong name: half a tap would do nobody a service */
        if (is_first && !can_be_waited_for(&opening)) {
            source_close(opening.source);
            atomic_store(&run->failed, true);
            continue;
        }
        watching->sources[i] = opening.source;
        watching->awaited[i] = opening.source == NULL;
    }
}
