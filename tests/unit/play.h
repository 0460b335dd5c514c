/* SPDX-License-Identifier: BSD-2-Clause */
/* play.h: plays a reader, as a table of turns, to the dissectors, the way the flow does: what was not taken is kept
 * and shown again with more. */
#ifndef LASTHELLO_PLAY_H
#define LASTHELLO_PLAY_H

#include "test.h"

#include <lasthello/dissector.h>

#define PLAY_BYTES_MAX 100000
#define PLAY_WHOLE     PLAY_BYTES_MAX /* a turn in one piece */

enum play_kind {
    PLAY_NOTHING, /* the end of the table: the capture is over */
    PLAY_HEX,
    PLAY_TEXT,
    PLAY_GAP,
    PLAY_END,
    PLAY_ACKNOWLEDGED, /* the server acknowledged the client's last bytes, as the flow tells */
    PLAY_SYNS,         /* SYNs tell where both sides begin, as the flow tells */
};

struct turn {
    enum play_kind kind;
    enum side from;
    const char *bytes;
    enum ending ending;
};

#define CLIENT(hex)                                           \
    {                                                         \
        .kind = PLAY_HEX, .from = SIDE_CLIENT, .bytes = (hex) \
    }
#define SERVER(hex)                                           \
    {                                                         \
        .kind = PLAY_HEX, .from = SIDE_SERVER, .bytes = (hex) \
    }
#define CLIENT_SAYS(text)                                       \
    {                                                           \
        .kind = PLAY_TEXT, .from = SIDE_CLIENT, .bytes = (text) \
    }
#define SERVER_SAYS(text)                                       \
    {                                                           \
        .kind = PLAY_TEXT, .from = SIDE_SERVER, .bytes = (text) \
    }
#define CLIENT_GAP                            \
    {                                         \
        .kind = PLAY_GAP, .from = SIDE_CLIENT \
    }
#define SERVER_GAP                            \
    {                                         \
        .kind = PLAY_GAP, .from = SIDE_SERVER \
    }
#define CLIENT_FIN                                                  \
    {                                                               \
        .kind = PLAY_END, .from = SIDE_CLIENT, .ending = ENDING_FIN \
    }
#define SERVER_FIN                                                  \
    {                                                               \
        .kind = PLAY_END, .from = SIDE_SERVER, .ending = ENDING_FIN \
    }
#define CLIENT_RST                                                  \
    {                                                               \
        .kind = PLAY_END, .from = SIDE_CLIENT, .ending = ENDING_RST \
    }
#define SERVER_RST                                                  \
    {                                                               \
        .kind = PLAY_END, .from = SIDE_SERVER, .ending = ENDING_RST \
    }
#define SILENCE                                                         \
    {                                                                   \
        .kind = PLAY_END, .from = SIDE_CLIENT, .ending = ENDING_SILENCE \
    }
#define ACKNOWLEDGED              \
    {                             \
        .kind = PLAY_ACKNOWLEDGED \
    }
#define SYNS              \
    {                     \
        .kind = PLAY_SYNS \
    }

struct player {
    struct services services;
    struct workspace *workspace;
    struct reader reader;
    struct session session;
    uint8_t kept[SIDE_COUNT][PLAY_BYTES_MAX];
    size_t kept_len[SIDE_COUNT];
    size_t max_kept; /* the most that was ever left untaken */
};

static inline uint8_t play_digit(char character)
{
    return (uint8_t)(character <= '9' ? character - '0' : (character | 0x20) - 'a' + 10);
}

/* Hexadecimal digits and blanks to bytes. */
static inline size_t play_bytes(const char *hex, uint8_t *out)
{
    size_t digits = 0;

    for (; *hex != '\0'; hex++) {
        if (*hex == ' ')
            continue;
        out[digits / 2] = (uint8_t)((digits % 2 == 0 ? 0 : out[digits / 2] << 4) | play_digit(*hex));
        digits++;
    }
    assert_int_equal(digits % 2, 0);
    return digits / 2;
}

/* A message's body from digits; it lasts until the next call. */
static inline struct bytes body_of(const char *hex)
{
    static uint8_t bytes[2048];

    return (struct bytes){bytes, play_bytes(hex, bytes)};
}

static inline struct player *play_open(void)
{
    struct player *player = calloc(1, sizeof(*player));

    assert_non_null(player);
    player->workspace = workspace_open();
    assert_non_null(player->workspace);
    services_init(&player->services);
    return player;
}

static inline void play_close(struct player *player)
{
    workspace_close(player->workspace);
    free(player);
}

static inline void play_begin(struct player *player, uint16_t port)
{
    const struct service *service = services_at(&player->services, port);

    memset(&player->reader, 0xa5, sizeof(player->reader)); /* memory that others have used */
    memset(&player->session, 0xa5, sizeof(player->session));
    session_clear(&player->session);
    memset(player->kept_len, 0, sizeof(player->kept_len));
    player->max_kept = 0;
    reader_begin(&player->reader, &player->session, service != NULL ? service : player->services.discover,
        player->workspace);
}

/* One delivery; true: settled. The window is a copy of exact length, so that a sanitizer sees a read beyond it. */
static inline bool play_deliver(struct player *player, enum side from, const uint8_t *bytes, size_t len)
{
    const size_t had = player->kept_len[from];
    uint8_t *copy = malloc(had + len);
    struct bytes in = {copy, had + len};
    enum dissected done;

    assert_true(had + len <= PLAY_BYTES_MAX);
    memcpy(copy, player->kept[from], had);
    memcpy(copy + had, bytes, len);
    done = reader_read(&player->reader, from, &in);
    memcpy(player->kept[from], copy + had + len - in.left, in.left);
    player->kept_len[from] = in.left;
    if (in.left > player->max_kept)
        player->max_kept = in.left;
    free(copy);
    return done == DISSECTED_SETTLED;
}

static inline bool play_bytes_turn(struct player *player, enum side from, const uint8_t *bytes, size_t len,
    size_t piece)
{
    bool settled = false;

    for (size_t at = 0; !settled && at < len; at += piece)
        settled = play_deliver(player, from, bytes + at, len - at < piece ? len - at : piece);
    return settled;
}

static inline bool play_turn(struct player *player, const struct turn *turn, size_t piece)
{
    static uint8_t bytes[PLAY_BYTES_MAX];

    switch (turn->kind) {
    case PLAY_HEX:
        return play_bytes_turn(player, turn->from, bytes, play_bytes(turn->bytes, bytes), piece);
    case PLAY_TEXT:
        return play_bytes_turn(player, turn->from, (const uint8_t *)turn->bytes, strlen(turn->bytes), piece);
    case PLAY_GAP:
        player->kept_len[turn->from] = 0;
        return reader_gap(&player->reader, turn->from) == DISSECTED_SETTLED;
    case PLAY_END:
        return reader_end(&player->reader, turn->from, turn->ending) == DISSECTED_SETTLED;
    case PLAY_ACKNOWLEDGED:
        player->session.server_silent = true;
        return false;
    case PLAY_SYNS:
        player->session.whole[SIDE_CLIENT] = player->session.whole[SIDE_SERVER] = true;
        return false;
    case PLAY_NOTHING:
        break;
    }
    return reader_end(&player->reader, SIDE_CLIENT, ENDING_CAPTURE_OVER) == DISSECTED_SETTLED;
}

/* Plays until the session is settled, which happens at the end of the table at the latest. Returns the index of the
 * turn that settled it. */
static inline size_t play(struct player *player, uint16_t port, const struct turn *turns, size_t piece)
{
    size_t turn = 0;

    play_begin(player, port);
    while (!play_turn(player, &turns[turn], piece)) {
        assert_int_not_equal(turns[turn].kind, PLAY_NOTHING);
        turn++;
    }
    assert_int_not_equal(player->session.outcome, OUTCOME_NONE);
    return turn;
}

/* ---- the one player of a test program, for all its tests ------------------------------------- */

static struct player *player __attribute__((unused)); /* where only the bytes of this file are wanted */

static inline int open_player(void **state)
{
    (void)state;
    player = play_open();
    return 0;
}

static inline int close_player(void **state)
{
    (void)state;
    play_close(player);
    return 0;
}

#endif
