/* SPDX-License-Identifier: BSD-2-Clause */
/* reader_strangers.c: bytes that nobody recognises: joined in the middle of a line or of a record,
 * an extension that nobody has written down, or another protocol. They are stepped over line by
 * line; what they were is told at the end. */
#include "dissectors.h"
#include "first_bytes.h"
#include "reader.h"

/* Deliveries of a side that nobody recognises, after which the session is given up. */
enum patience {
    PATIENCE_WITH_OTHERS = 4,     /* a known other protocol: then it is foreign */
    PATIENCE_ON_OTHER_PORTS = 64, /* a port that nobody named: any protocol may go over to TLS */
    PATIENCE_ON_OUR_PORTS = 200,  /* joined midway, a mail or a record may go on for a while */
};

/* A mail joined in its middle is not recognised either, and none of it may be kept. Mail holds no
 * NUL (RFC 9051 4.3, RFC 2045 2.8), nearly every binary protocol does; of text, only what begins in
 * a way known to be foreign counts. */
static bool may_be_kept(enum side from, struct bytes in)
{
    struct bytes first;

    if (first_bytes_of_others(from, in))
        return true;
    return bytes_take(&in, in.left < OPENING_BYTES_MAX ? in.left : OPENING_BYTES_MAX, &first) &&
        memchr(first.data, 0, first.left) != NULL;
}

static void keep_opening(struct reader *reader, enum side from, struct bytes in)
{
    const size_t room = sizeof(reader->opening[from]) - reader->opening_len[from];
    struct bytes first;

    if (reader->opening_len[from] == 0 && (reader->strange[from] > 0 || !may_be_kept(from, in)))
        return;
    if (!bytes_take(&in, in.left < room ? in.left : room, &first) ||
        !bytes_copy(first, reader->opening[from] + reader->opening_len[from], room))
        return;
    reader->opening_len[from] = (uint8_t)(reader->opening_len[from] + first.left);
}

static bool has_states(const struct reader *reader)
{
    return reader->with_state[0] != NULL || reader->with_state[1] != NULL;
}

static enum patience patience_with(const struct reader *reader)
{
    if (reader->service->port == 0)
        return PATIENCE_ON_OTHER_PORTS;
    return reader->strange_known ? PATIENCE_WITH_OTHERS : PATIENCE_ON_OUR_PORTS;
}

/* Bytes that nobody recognises, where nobody recognises the other side either. */
static enum turn wait_or_settle(struct reader *reader, enum side from)
{
    const enum patience patience = patience_with(reader);
    const bool alone = patience != PATIENCE_WITH_OTHERS || reader->strange[side_other(from)] == 0;

    if (has_states(reader) || (reader->strange[from] < patience && alone))
        return TURN_MORE;
    reader->session->outcome = strangers_outcome(reader);
    return TURN_SETTLED;
}

/* The rest of a line, or a line. */
static void skip_line(struct reader *reader, enum side from, struct bytes *in)
{
    struct bytes line;

    reader->in_line[from] = !bytes_line(in, &line);
    if (reader->in_line[from] && !bytes_skip(in, in->left))
        reader->in_line[from] = false;
}

static void note(struct reader *reader, enum side from, struct bytes in, bool text)
{
    keep_opening(reader, from, in);
    if (!reader->in_line[from] && reader->strange[from] == 0) {
        reader->strange_known = reader->strange_known || first_bytes_of_others(from, in);
        reader->strange_start[from] = reader->session->whole[from];
    }
    reader->strange_binary = reader->strange_binary || !text;
    if (!reader->strange_now && reader->strange[from] < UINT8_MAX)
        reader->strange[from]++;
    reader->strange_now = true;
}

static bool is_blank_line(struct bytes in)
{
    return bytes_begin_with(in, "\r") || bytes_begin_with(in, "\n");
}

/* Is the next line a whole one, and text? */
static bool text_follows(struct bytes in)
{
    struct bytes line;

    return bytes_line(&in, &line) && first_bytes_are_text(in) && bytes_line(&in, &line) && line.left > 0;
}

enum turn strangers_turn(struct reader *reader, enum side from, struct bytes *in)
{
    const bool text = first_bytes_are_text(*in);
    const bool other_started = reader->started[side_other(from)];
    const bool discovering = reader->service->port == 0 && !other_started;
    struct bytes rest = *in;
    const bool of_others = reader->strange_known || first_bytes_of_others(from, *in);
    const bool hello_follows = (!text || of_others) && first_bytes_seek_hello(from, &rest);

    if (!is_blank_line(*in) || discovering)
        note(reader, from, *in, text);
    if (text && !discovering && !reader->strange_known) {
        skip_line(reader, from, in);
        return in->left > 0 ? TURN_AGAIN : wait_or_settle(reader, from);
    }
    reader->in_line[from] = false;
    if (!hello_follows && !discovering && text_follows(*in)) {
        skip_line(reader, from, in);
        return TURN_AGAIN;
    }
    if (other_started && !hello_follows)
        return duty_join(reader, from, in);
    *in = text && !hello_follows ? (struct bytes){0} : rest;
    return hello_follows ? TURN_AGAIN : wait_or_settle(reader, from);
}

enum outcome strangers_outcome(const struct reader *reader)
{
    const bool strange = reader->strange[SIDE_CLIENT] + reader->strange[SIDE_SERVER] > 0;

    /* a port that nobody named is of interest only for what was recognised there */
    if (reader->service->port == 0 || reader->strange_known || reader->strange_start[SIDE_CLIENT] ||
        reader->strange_start[SIDE_SERVER])
        return OUTCOME_FOREIGN;
    if (strange && reader->strange_binary)
        return OUTCOME_FOREIGN;
    /* text that begins in the middle of something is that of a mail; bytes that were not captured
     * prove nothing about what they were */
    return !strange && reader->session->gaps > 0 ? OUTCOME_MIDSTREAM : OUTCOME_PLAIN;
}
