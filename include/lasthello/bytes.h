/* SPDX-License-Identifier: BSD-2-Clause */
/* bytes.h: the only way to read bytes from the wire: a window, and reads that take from its front.
 *
 * Every read checks the length first. A read that fails returns false and changes nothing: neither
 * the window nor `out` (reads that take a length and a body copy first and commit last). Nothing is
 * owned: a window is valid as long as the memory it looks at. All integers are in network order.
 * Reads are inlined by force, because gcc leaves calls it thinks unlikely out of line. */
#ifndef LASTHELLO_BYTES_H
#define LASTHELLO_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define BYTES_READ __attribute__((warn_unused_result, always_inline)) static inline bool

struct bytes { /* a window on memory that somebody else owns */
    const uint8_t *data;
    size_t left;
};

/* bytes_take takes `len` bytes into the window `out`. */
BYTES_READ bytes_take(struct bytes *in, size_t len, struct bytes *out)
{
    if (in->left < len)
        return false;
    *out = (struct bytes){in->data, len};
    /* an empty window may have no memory, and adding 0 to NULL is undefined before C2y */
    if (len > 0)
        in->data += len;
    in->left -= len;
    return true;
}

/* bytes_skip steps over `len` bytes. */
BYTES_READ bytes_skip(struct bytes *in, size_t len)
{
    struct bytes skipped;

    return bytes_take(in, len, &skipped);
}

/* bytes_seek steps to the first byte of that value, which stays the next one. */
BYTES_READ bytes_seek(struct bytes *in, uint8_t value)
{
    const uint8_t *found = in->left > 0 ? memchr(in->data, value, in->left) : NULL;

    return found != NULL && bytes_skip(in, (size_t)(found - in->data));
}

BYTES_READ bytes_u8(struct bytes *in, uint8_t *out)
{
    struct bytes raw;

    if (!bytes_take(in, 1, &raw))
        return false;
    *out = raw.data[0];
    return true;
}

BYTES_READ bytes_u16(struct bytes *in, uint16_t *out)
{
    struct bytes raw;

    if (!bytes_take(in, 2, &raw))
        return false;
    *out = (uint16_t)(raw.data[0] << 8 | raw.data[1]);
    return true;
}

BYTES_READ bytes_u24(struct bytes *in, uint32_t *out)
{
    struct bytes raw;

    if (!bytes_take(in, 3, &raw))
        return false;
    *out = (uint32_t)raw.data[0] << 16 | (uint32_t)raw.data[1] << 8 | raw.data[2];
    return true;
}

BYTES_READ bytes_u32(struct bytes *in, uint32_t *out)
{
    struct bytes raw;

    if (!bytes_take(in, 4, &raw))
        return false;
    *out = (uint32_t)raw.data[0] << 24 | (uint32_t)raw.data[1] << 16 | (uint32_t)raw.data[2] << 8 |
        raw.data[3];
    return true;
}

/* bytes_vector8 takes a length of 1 byte and that many bytes after it (RFC 8446 3.4). */
BYTES_READ bytes_vector8(struct bytes *in, struct bytes *out)
{
    struct bytes rest = *in;
    uint8_t len;

    if (!bytes_u8(&rest, &len) || !bytes_take(&rest, len, out))
        return false;
    *in = rest;
    return true;
}

/* bytes_vector16 takes a length of 2 bytes and that many bytes after it (RFC 8446 3.4). */
BYTES_READ bytes_vector16(struct bytes *in, struct bytes *out)
{
    struct bytes rest = *in;
    uint16_t len;

    if (!bytes_u16(&rest, &len) || !bytes_take(&rest, len, out))
        return false;
    *in = rest;
    return true;
}

/* bytes_vector24 takes a length of 3 bytes and that many bytes after it (RFC 8446 3.4). */
BYTES_READ bytes_vector24(struct bytes *in, struct bytes *out)
{
    struct bytes rest = *in;
    uint32_t len;

    if (!bytes_u24(&rest, &len) || !bytes_take(&rest, len, out))
        return false;
    *in = rest;
    return true;
}

/* bytes_line takes up to and with the first LF; `out` has neither the LF nor a CR before it. */
BYTES_READ bytes_line(struct bytes *in, struct bytes *out)
{
    const uint8_t *end = in->left > 0 ? memchr(in->data, '\n', in->left) : NULL;
    struct bytes line;

    if (end == NULL || !bytes_take(in, (size_t)(end - in->data) + 1, &line))
        return false;
    line.left--;
    if (line.left > 0 && line.data[line.left - 1] == '\r')
        line.left--;
    *out = line;
    return true;
}

/* bytes_trim_end leaves out every byte of that value at the window's end. */
static inline void bytes_trim_end(struct bytes *in, uint8_t value)
{
    while (in->left > 0 && in->data[in->left - 1] == value)
        in->left--;
}

/* bytes_word takes up to the next space and steps over that space; without one, all that is left.
 * False if nothing is left. */
BYTES_READ bytes_word(struct bytes *in, struct bytes *out)
{
    const uint8_t *end = in->left > 0 ? memchr(in->data, ' ', in->left) : NULL;
    size_t len = end == NULL ? in->left : (size_t)(end - in->data);

    if (in->left == 0 || !bytes_take(in, len, out))
        return false;
    return end == NULL || bytes_skip(in, 1);
}

/* bytes_may_begin: letters that differ only in case differ in one bit. Nearly every comparison with
 * one word of many ends here: false means that it would fail. */
static inline bool bytes_may_begin(struct bytes in, const char *text)
{
    return in.left == 0 || text[0] == '\0' || ((in.data[0] ^ (uint8_t)text[0]) & ~0x20) == 0;
}

/* bytes_equal_text: the window holds exactly `text`, whatever the case of ASCII letters. */
__attribute__((always_inline)) static inline bool bytes_equal_text(struct bytes in, const char *text)
{
    return bytes_may_begin(in, text) && in.left == strlen(text) &&
        (in.left == 0 || strncasecmp((const char *)in.data, text, in.left) == 0);
}

/* bytes_may_become: the window holds `text` or a beginning of it, be it empty, whatever the case of ASCII
 * letters. */
__attribute__((always_inline)) static inline bool bytes_may_become(struct bytes in, const char *text)
{
    return bytes_may_begin(in, text) && in.left <= strlen(text) &&
        (in.left == 0 || strncasecmp((const char *)in.data, text, in.left) == 0);
}

/* bytes_begin_with: the window begins with `text`, whatever the case of ASCII letters. */
__attribute__((always_inline)) static inline bool bytes_begin_with(struct bytes in, const char *text)
{
    size_t len = strlen(text);

    return in.left >= len && bytes_may_begin(in, text) &&
        (len == 0 || strncasecmp((const char *)in.data, text, len) == 0);
}

/* bytes_copy copies the window into `out`, which has room for `size` bytes, if it fits. */
BYTES_READ bytes_copy(struct bytes in, void *out, size_t size)
{
    if (in.left > size)
        return false;
    if (in.left > 0)
        memcpy(out, in.data, in.left);
    return true;
}

/* bytes_offset: how many bytes of `whole` stand before `part`, a window on the same memory. False: it is
 * none. */
BYTES_READ bytes_offset(struct bytes whole, struct bytes part, size_t *offset)
{
    const uintptr_t from = (uintptr_t)whole.data, at = (uintptr_t)part.data;

    if (part.data == NULL || at < from || at - from > whole.left || part.left > whole.left - (at - from))
        return false;
    *offset = at - from;
    return true;
}

#endif
