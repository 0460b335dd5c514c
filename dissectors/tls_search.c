/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_search.c: records in the middle of bytes, where a gap or a late start of the capture lost the
 * step.
 *
 * In protected bytes, which are as good as random, every position is tried. A header found by
 * chance (one in three million positions) is unmasked by the bytes after its record, which are no
 * header. */
#include "tls_state.h"

static bool is_content_type(uint8_t type)
{
    return type >= CONTENT_CHANGE_CIPHER_SPEC && type <= CONTENT_APPLICATION_DATA;
}

/* A cheap look before the dear one. False: none is left. */
static bool drop_to_content_type(struct bytes *in)
{
    struct bytes rest = *in;
    uint8_t type;

    while (bytes_u8(&rest, &type)) {
        if (is_content_type(type))
            return true;
        *in = rest;
    }
    return false;
}

bool tls_search_record(enum side from, struct bytes *in)
{
    struct bytes rest;
    struct record record;

    while (drop_to_content_type(in)) {
        rest = *in;
        switch (tls_record_header(&rest, &record)) {
        case FRAMED_MORE:
            return false;
        case FRAMED_ONE:
            if (tls_opening(from, *in) == OPENING_MORE)
                return false;
            if (tls_opening(from, *in) != OPENING_NOTHING && record.length > 0)
                return true;
            break;
        case FRAMED_BAD:
            if (tls_hello_in_record(from, *in) != FRAMED_BAD)
                return tls_hello_in_record(from, *in) == FRAMED_ONE;
            break;
        }
        if (!bytes_skip(in, 1))
            return false;
    }
    return false;
}

bool tls_search_holds(struct bytes in)
{
    struct bytes rest;
    struct record record;

    while (bytes_seek(&in, CONTENT_APPLICATION_DATA)) {
        rest = in;
        if (tls_record_header(&rest, &record) == FRAMED_ONE && record.length > 0)
            return true;
        if (!bytes_skip(&in, 1))
            return false;
    }
    return false;
}
