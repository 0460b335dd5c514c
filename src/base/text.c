/* SPDX-License-Identifier: BSD-2-Clause */
/* text.c: text from the wire made safe; addresses and numbers for people. */
#include <lasthello/text.h>

#include <stdio.h>
#include <string.h>

struct text_out {
    char *out;
    size_t size;
    size_t len;
};

static bool append(struct text_out *text, const void *data, size_t len)
{
    if (text->len + len >= text->size)
        return false;
    memcpy(text->out + text->len, data, len);
    text->len += len;
    return true;
}

static bool append_escaped(struct text_out *text, uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";
    const char escaped[4] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};

    return append(text, escaped, sizeof(escaped));
}

/* What would not be seen, or would move what is seen: Unicode 15's general categories Cc, Cf, Cs,
 * Zl and Zp, and what else it calls Default_Ignorable_Code_Point. */
static bool is_invisible(uint32_t point)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } ranges[] = {
        {0x0, 0x1f},
        {0x7f, 0x9f},
        {0xad, 0xad},
        {0x34f, 0x34f},
        {0x600, 0x605},
        {0x61c, 0x61c},
        {0x6dd, 0x6dd},
        {0x70f, 0x70f},
        {0x890, 0x891},
        {0x8e2, 0x8e2},
        {0x115f, 0x1160},
        {0x17b4, 0x17b5},
        {0x180b, 0x180f},
        {0x200b, 0x200f},
        {0x2028, 0x202e},
        {0x2060, 0x206f},
        {0x3164, 0x3164},
        {0xd800, 0xdfff},
        {0xfe00, 0xfe0f},
        {0xfeff, 0xfeff},
        {0xffa0, 0xffa0},
        {0xfff0, 0xffff},
        {0x110bd, 0x110bd},
        {0x110cd, 0x110cd},
        {0x13430, 0x1345f},
        {0x1bca0, 0x1bca3},
        {0x1d173, 0x1d17a},
        {0xe0000, 0xe0fff},
    };

    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}

/* The length of a UTF-8 sequence by its first byte (RFC 3629 3), and the bits of that byte. */
static size_t sequence_start(uint8_t first, uint32_t *point, uint32_t *least)
{
    static const struct {
        uint8_t mask, value;
        size_t len;
        uint32_t least;
    } starts[] = {
        {0x80, 0x00, 1, 0},
        {0xe0, 0xc0, 2, 0x80},
        {0xf0, 0xe0, 3, 0x800},
        {0xf8, 0xf0, 4, 0x10000},
    };

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        if ((first & starts[i].mask) != starts[i].value)
            continue;
        *point = first & (uint8_t)~starts[i].mask;
        *least = starts[i].least;
        return starts[i].len;
    }
    return 0;
}

/* Takes one character whole, or nothing. */
static bool take_point(struct bytes *in, struct bytes *character, uint32_t *point)
{
    struct bytes rest = *in;
    uint32_t least;
    uint8_t first, next;
    size_t len;

    if (!bytes_u8(&rest, &first) || (len = sequence_start(first, point, &least)) == 0)
        return false;
    for (size_t i = 1; i < len; i++) {
        if (!bytes_u8(&rest, &next) || (next & 0xc0) != 0x80)
            return false;
        *point = *point << 6 | (next & 0x3fu);
    }
    /* RFC 3629 3: the shortest form alone, and no half of a pair of UTF-16 */
    if (*point < least || *point > 0x10ffff || (*point >= 0xd800 && *point <= 0xdfff))
        return false;
    return bytes_take(in, len, character);
}

/* The same of one that is visible. */
static bool take_character(struct bytes *in, struct bytes *character)
{
    struct bytes rest = *in;
    uint32_t point;

    if (!take_point(&rest, character, &point) || is_invisible(point))
        return false;
    *in = rest;
    return true;
}

bool text_is_utf8(struct bytes raw)
{
    struct bytes character;
    uint32_t point;

    while (take_point(&raw, &character, &point))
        continue;
    return raw.left == 0;
}

const char *text_wrong_mark(struct bytes beginning)
{
    const struct bytes two = {beginning.data, 2}, three = {beginning.data, 3};

    if (beginning.left >= 2 && (bytes_equal_text(two, "\xff\xfe") || bytes_equal_text(two, "\xfe\xff")))
        return "the file is UTF-16: save it as UTF-8";
    if (beginning.left >= 3 && bytes_equal_text(three, "\xef\xbb\xbf"))
        return "the file begins with a byte order mark: save it as UTF-8 without one";
    return NULL;
}

const char *text_wrong_line(struct bytes line)
{
    if (memchr(line.data, '\0', line.left) != NULL)
        return "it holds a zero byte: save the file as UTF-8";
    if (memchr(line.data, '\r', line.left) != NULL)
        return "it ends with CR LF: save the file with Unix line ends";
    return NULL;
}

static bool append_character(struct text_out *text, struct bytes character)
{
    if (bytes_equal_text(character, "\\"))
        return append(text, "\\\\", 2);
    return append(text, character.data, character.left);
}

static size_t write_safe(
    struct bytes raw, bool (*put)(struct text_out *text, struct bytes character), char *out, size_t out_size)
{
    struct text_out text = {.out = out, .size = out_size};
    struct bytes character;
    uint8_t byte;
    bool fits = true;

    while (fits && raw.left > 0) {
        if (take_character(&raw, &character))
            fits = put(&text, character);
        else if (bytes_u8(&raw, &byte))
            fits = append_escaped(&text, byte);
    }
    out[text.len] = '\0';
    return text.len;
}

size_t text_safe(struct bytes raw, char *out, size_t out_size)
{
    return write_safe(raw, append_character, out, out_size);
}

static bool append_as_it_is(struct text_out *text, struct bytes character)
{
    return append(text, character.data, character.left);
}

size_t text_visible(struct bytes raw, char *out, size_t out_size)
{
    return write_safe(raw, append_as_it_is, out, out_size);
}

void text_received(char *text, size_t size)
{
    char raw[TEXT_RECEIVED_BYTES];
    const size_t len = strnlen(text, size < sizeof(raw) ? size : sizeof(raw));

    memcpy(raw, text, len);
    text_visible((struct bytes){(const uint8_t *)raw, len}, text, size);
}

bool text_is_ascii(const char *text)
{
    while (*text >= ' ' && *text <= '~')
        text++;
    return *text == '\0';
}

static bool is_name_byte(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' ||
        byte == '_';
}

size_t text_server_name(struct bytes raw, char *out, size_t out_size)
{
    struct text_out text = {.out = out, .size = out_size};
    uint8_t byte;
    bool fits = true;

    while (fits && bytes_u8(&raw, &byte)) {
        if (byte >= 'A' && byte <= 'Z')
            byte = (uint8_t)(byte - 'A' + 'a');
        fits = is_name_byte(byte) ? append(&text, &byte, 1) : append_escaped(&text, byte);
    }
    if (text.len > 0 && out[text.len - 1] == '.')
        text.len--;
    out[text.len] = '\0';
    return text.len;
}

void text_mac(const uint8_t mac[6], char out[TEXT_MAC_BYTES])
{
    snprintf(out, TEXT_MAC_BYTES, "%02X-%02X-%02X-%02X-%02X-%02X", mac[0], mac[1], mac[2], mac[3],
        mac[4], mac[5]);
}

void text_hex(struct bytes raw, char *out)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t byte;

    while (bytes_u8(&raw, &byte)) {
        *out++ = digits[byte >> 4];
        *out++ = digits[byte & 15];
    }
    *out = '\0';
}

const char *count_text(uint64_t number, char out[COUNT_TEXT_BYTES])
{
    char digits[COUNT_TEXT_BYTES];
    int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);
    char *at = out;

    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            *at++ = ',';
        *at++ = digits[i];
    }
    *at = '\0';
    return out;
}
