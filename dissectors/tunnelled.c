/* SPDX-License-Identifier: BSD-2-Clause */
/* tunnelled.c: HTTP CONNECT and SOCKS. */
#include "tunnelled.h"

#define HTTP_HEADER_BYTES_MAX 8192
#define HTTP_BODY_BYTES_MAX   65536 /* of a refusal */
#define SOCKS4_TEXT_BYTES_MAX 255   /* of a user or a name */

#define SOCKS4_VERSION  4
#define SOCKS5_VERSION  5
#define SOCKS_CONNECT   1
#define SOCKS5_LOGIN    1 /* version of RFC 1929 */
#define SOCKS4_GRANTED  0x5a
#define SOCKS4_LAST     0x5d
#define SOCKS5_IPV4     1
#define SOCKS5_NAME     3
#define SOCKS5_IPV6     4
#define SOCKS5_REP_LAST 8

/* The steps of SOCKS 5, of either side. */
enum socks5_step {
    SOCKS5_METHODS, /* 0: nothing yet */
    SOCKS5_REQUEST, /* or a login before it */
    SOCKS5_OVER,
};

/* ---- HTTP ---------------------------------------------------------------------------------------- */

/* Does `in` begin with `text`, or may it yet? */
static enum prologued begins(struct bytes in, const char *text)
{
    if (bytes_begin_with(in, text))
        return PROLOGUED_YES;
    return bytes_may_become(in, text) ? PROLOGUED_MORE : PROLOGUED_NOT;
}

/* Takes lines up to and with an empty one. `body_len`: what Content-Length says, else 0. */
static enum prologued take_header(struct bytes *in, uint32_t *body_len)
{
    static const char length_name[] = "Content-Length:";
    struct bytes rest = *in;
    struct bytes line;
    uint8_t byte;

    *body_len = 0;
    while (bytes_line(&rest, &line)) {
        if (line.left == 0) {
            *in = rest;
            return PROLOGUED_YES;
        }
        if (!bytes_begin_with(line, length_name) || !bytes_skip(&line, strlen(length_name)))
            continue;
        while (bytes_u8(&line, &byte))
            if (byte >= '0' && byte <= '9' && *body_len < HTTP_BODY_BYTES_MAX)
                *body_len = *body_len * 10 + (uint32_t)(byte - '0');
    }
    return in->left <= HTTP_HEADER_BYTES_MAX ? PROLOGUED_MORE : PROLOGUED_NOT;
}

/* "CONNECT host:port HTTP/1.1" */
static bool is_connect(struct bytes line)
{
    struct bytes method, target, version;

    return bytes_word(&line, &method) && bytes_word(&line, &target) && bytes_seek(&target, ':') &&
        bytes_word(&line, &version) && bytes_begin_with(version, "HTTP/1.");
}

enum prologued connect_client_read(struct prologue *prologue, struct bytes *in)
{
    struct bytes rest = *in;
    struct bytes line;
    uint32_t body_len;
    enum prologued done;

    if (prologue->kind != PROLOGUE_NONE && prologue->kind != PROLOGUE_CONNECT)
        return PROLOGUED_NOT;
    done = begins(*in, "CONNECT ");
    if (done != PROLOGUED_YES || (bytes_line(&rest, &line) && !is_connect(line)))
        return done == PROLOGUED_MORE ? done : PROLOGUED_NOT;
    done = take_header(in, &body_len);
    if (done == PROLOGUED_YES)
        prologue->kind = PROLOGUE_CONNECT;
    return done;
}

static enum prologued skip_body(struct prologue *prologue, struct bytes *in)
{
    const uint32_t len = in->left < prologue->body_left ? (uint32_t)in->left : prologue->body_left;

    prologue->body_left -= bytes_skip(in, len) ? len : 0;
    return in->left > 0 ? PROLOGUED_YES : PROLOGUED_MORE;
}

/* An answer whose question was not seen: a web server would not say so. Only a proxy says 407 (RFC 9110
 * 15.5.8). */
static bool is_of_proxy(struct bytes status, uint32_t body_len)
{
    return bytes_begin_with(status, "407") || (bytes_begin_with(status, "2") && body_len == 0);
}

enum prologued connect_server_read(struct prologue *prologue, struct bytes *in)
{
    struct bytes rest = *in;
    struct bytes line, version, status;
    uint32_t body_len;
    enum prologued done;

    if (prologue->kind != PROLOGUE_NONE && prologue->kind != PROLOGUE_CONNECT)
        return PROLOGUED_NOT;
    if (prologue->body_left > 0)
        return skip_body(prologue, in);
    done = begins(*in, "HTTP/1.");
    if (done != PROLOGUED_YES)
        return done;
    if (!bytes_line(&rest, &line))
        return in->left <= HTTP_HEADER_BYTES_MAX ? PROLOGUED_MORE : PROLOGUED_NOT;
    if (!bytes_word(&line, &version) || !bytes_word(&line, &status))
        return PROLOGUED_NOT;
    rest = *in;
    done = take_header(&rest, &body_len);
    if (done != PROLOGUED_YES)
        return done;
    if (bytes_begin_with(status, "2"))
        body_len = prologue->kind == PROLOGUE_NONE ? body_len : 0; /* RFC 9110 9.3.6: there is none */
    if (prologue->kind == PROLOGUE_NONE && !is_of_proxy(status, body_len))
        return PROLOGUED_NOT;
    prologue->kind = PROLOGUE_CONNECT;
    prologue->body_left = body_len;
    *in = rest;
    return PROLOGUED_YES;
}

/* ---- SOCKS 4 and 4a ------------------------------------------------------------------------------- */

/* Takes text up to and with its NUL. */
static enum prologued take_text(struct bytes *in)
{
    struct bytes rest = *in;

    if (!bytes_seek(&rest, 0) || !bytes_skip(&rest, 1))
        return in->left <= SOCKS4_TEXT_BYTES_MAX ? PROLOGUED_MORE : PROLOGUED_NOT;
    if (in->left - rest.left > SOCKS4_TEXT_BYTES_MAX + 1)
        return PROLOGUED_NOT;
    *in = rest;
    return PROLOGUED_YES;
}

/* Are the first bytes these, as far as there are any? */
static bool may_begin(struct bytes in, uint8_t first, uint8_t second)
{
    uint8_t byte;

    if (!bytes_u8(&in, &byte) || byte != first)
        return false;
    return !bytes_u8(&in, &byte) || byte == second;
}

enum prologued socks4_client_read(struct prologue *prologue, struct bytes *in)
{
    struct bytes rest = *in;
    uint16_t start, port;
    uint32_t address;
    enum prologued done;

    if (prologue->kind != PROLOGUE_NONE || !may_begin(*in, SOCKS4_VERSION, SOCKS_CONNECT))
        return PROLOGUED_NOT;
    if (!bytes_u16(&rest, &start) || !bytes_u16(&rest, &port) || !bytes_u32(&rest, &address))
        return PROLOGUED_MORE;
    done = take_text(&rest);
    if (done == PROLOGUED_YES && address != 0 && address <= UINT8_MAX)
        done = take_text(&rest);
    if (done != PROLOGUED_YES)
        return done;
    prologue->kind = PROLOGUE_SOCKS4;
    *in = rest;
    return PROLOGUED_YES;
}

enum prologued socks4_server_read(struct prologue *prologue, struct bytes *in)
{
    struct bytes rest = *in;
    struct bytes target;
    uint8_t zero, code;

    if ((prologue->kind != PROLOGUE_NONE && prologue->kind != PROLOGUE_SOCKS4) ||
        prologue->step[SIDE_SERVER] > 0 || !bytes_u8(&rest, &zero) || zero != 0)
        return PROLOGUED_NOT;
    if (!bytes_u8(&rest, &code))
        return PROLOGUED_MORE;
    if (code < SOCKS4_GRANTED || code > SOCKS4_LAST)
        return PROLOGUED_NOT;
    if (!bytes_take(&rest, 6, &target)) /* port and address, of no meaning */
        return PROLOGUED_MORE;
    prologue->kind = PROLOGUE_SOCKS4;
    prologue->step[SIDE_SERVER]++;
    *in = rest;
    return PROLOGUED_YES;
}

/* ---- SOCKS 5 ------------------------------------------------------------------------------------- */

/* Kind of address, the address, a port (RFC 1928 5). */
static enum prologued take_target(struct bytes *in)
{
    struct bytes address;
    uint8_t kind, name_len;
    size_t len = 4;

    if (!bytes_u8(in, &kind))
        return PROLOGUED_MORE;
    if (kind != SOCKS5_IPV4 && kind != SOCKS5_IPV6 && kind != SOCKS5_NAME)
        return PROLOGUED_NOT;
    if (kind == SOCKS5_IPV6)
        len = 16;
    if (kind == SOCKS5_NAME) {
        if (!bytes_u8(in, &name_len))
            return PROLOGUED_MORE;
        len = name_len;
    }
    return bytes_take(in, len + sizeof(uint16_t), &address) ? PROLOGUED_YES : PROLOGUED_MORE;
}

/* 05, a command or an answer of at most `second_most`, 00, the target. */
static enum prologued take_request(struct bytes *in, uint8_t second_least, uint8_t second_most)
{
    uint8_t version, second, reserved;

    if (!bytes_u8(in, &version))
        return PROLOGUED_MORE;
    if (version != SOCKS5_VERSION)
        return PROLOGUED_NOT;
    if (!bytes_u8(in, &second))
        return PROLOGUED_MORE;
    if (second < second_least || second > second_most)
        return PROLOGUED_NOT;
    if (!bytes_u8(in, &reserved))
        return PROLOGUED_MORE;
    return reserved == 0 ? take_target(in) : PROLOGUED_NOT;
}

/* 05, a count, so many methods. */
static enum prologued take_methods(struct bytes *in)
{
    struct bytes methods;
    uint8_t version, method;

    if (!bytes_u8(in, &version) || version != SOCKS5_VERSION)
        return PROLOGUED_NOT;
    if (!bytes_vector8(in, &methods))
        return PROLOGUED_MORE;
    if (methods.left == 0)
        return PROLOGUED_NOT;
    while (bytes_u8(&methods, &method))
        if (method > 9 && method < 0x80) /* IANA: 0 to 9; from 80 on private ones */
            return PROLOGUED_NOT;
    return PROLOGUED_YES;
}

/* 01, a name and a password, each with its length (RFC 1929 2). */
static enum prologued take_login(struct bytes *in)
{
    struct bytes name, password;
    uint8_t version;

    if (!bytes_u8(in, &version) || version != SOCKS5_LOGIN)
        return PROLOGUED_NOT;
    return bytes_vector8(in, &name) && bytes_vector8(in, &password) ? PROLOGUED_YES : PROLOGUED_MORE;
}

/* Goes a step on, if it was one. */
static enum prologued stepped(struct prologue *prologue, enum side from, enum socks5_step next,
    struct bytes *in, struct bytes rest, enum prologued done)
{
    if (done != PROLOGUED_YES)
        return done;
    prologue->kind = PROLOGUE_SOCKS5;
    prologue->step[from] = (uint8_t)next;
    *in = rest;
    return PROLOGUED_YES;
}

enum prologued socks5_client_read(struct prologue *prologue, struct bytes *in)
{
    struct bytes rest = *in;
    enum prologued done;

    if (prologue->kind != PROLOGUE_NONE && prologue->kind != PROLOGUE_SOCKS5)
        return PROLOGUED_NOT;
    if (prologue->step[SIDE_CLIENT] == SOCKS5_OVER)
        return PROLOGUED_NOT;
    if (prologue->step[SIDE_CLIENT] == SOCKS5_METHODS) {
        done = take_methods(&rest);
        return stepped(prologue, SIDE_CLIENT, SOCKS5_REQUEST, in, rest, done);
    }
    done = take_login(&rest);
    if (done != PROLOGUED_NOT)
        return stepped(prologue, SIDE_CLIENT, SOCKS5_REQUEST, in, rest, done);
    rest = *in;
    done = take_request(&rest, SOCKS_CONNECT, SOCKS_CONNECT);
    return stepped(prologue, SIDE_CLIENT, SOCKS5_OVER, in, rest, done);
}

/* 05 and a method; 01 and what became of the login. */
static enum prologued take_short_answer(struct bytes *in, uint8_t version)
{
    uint8_t first, second;

    if (!bytes_u8(in, &first) || first != version)
        return PROLOGUED_NOT;
    return bytes_u8(in, &second) ? PROLOGUED_YES : PROLOGUED_MORE;
}

enum prologued socks5_server_read(struct prologue *prologue, struct bytes *in)
{
    struct bytes rest = *in;
    enum prologued done;

    if (prologue->kind != PROLOGUE_NONE && prologue->kind != PROLOGUE_SOCKS5)
        return PROLOGUED_NOT;
    if (prologue->step[SIDE_SERVER] == SOCKS5_OVER)
        return PROLOGUED_NOT;
    done = take_short_answer(
        &rest, prologue->step[SIDE_SERVER] == SOCKS5_METHODS ? SOCKS5_VERSION : SOCKS5_LOGIN);
    if (done != PROLOGUED_NOT || prologue->step[SIDE_SERVER] == SOCKS5_METHODS)
        return stepped(prologue, SIDE_SERVER, SOCKS5_REQUEST, in, rest, done);
    rest = *in;
    done = take_request(&rest, 0, SOCKS5_REP_LAST);
    return stepped(prologue, SIDE_SERVER, SOCKS5_OVER, in, rest, done);
}
