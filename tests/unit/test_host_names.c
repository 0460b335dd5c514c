/* SPDX-License-Identifier: BSD-2-Clause */
/* What is heard of names, and what is believed of it. */
#include "dns_bytes.h"
#include "play.h"

#include <lasthello/host_names.h>

#define MEMORY_BYTES (1u << 20)
#define MANY         100000
#define PROTOCOL_UDP 17
#define HOST         "10.1.0.17"
#define OTHER        "10.1.0.18"
#define RESOLVER     "10.9.0.53"
#define MAIL         "192.0.2.1" /* c0000201 */
#define SECOND(n)    ((int64_t)(n)*NANOSECONDS)

#define QUESTION     "c000 0035 0028 0000 " DNS_QUERY("1234") IMAP_EXAMPLE ASK_A /* from port 49152 to 53 */
#define ANSWER       "0035 c000 0038 0000 " DNS_RESPONSE("1234", "0001") IMAP_EXAMPLE ASK_A ADDRESS_A(TO_QUESTION, "0000003c", "c0000201")
#define OTHER_ANSWER "0035 c000 0038 0000 " DNS_RESPONSE("1234", "0001") IMAP_EXAMPLE ASK_A ADDRESS_A(TO_QUESTION, "0000003c", "c6336401")
#define OLD_QUESTION "c001 0035 0028 0000 " DNS_QUERY("1235") OLD_EXAMPLE ASK_A
#define OLD_ANSWER   "0035 c001 0038 0000 " DNS_RESPONSE("1235", "0001") OLD_EXAMPLE ASK_A ADDRESS_A(TO_QUESTION, "0000003c", "c0000201")

static struct host_names *names;
static struct names_counts counts;

static int open_names(void **state)
{
    (void)state;
    names = host_names_open(MEMORY_BYTES);
    counts = (struct names_counts){0};
    return names == NULL;
}

static int close_names(void **state)
{
    (void)state;
    host_names_close(names);
    return 0;
}

static void hear(const char *source, const char *destination, const char *hex, int64_t time_ns)
{
    static uint8_t bytes[2048];
    struct datagram datagram = {.protocol = PROTOCOL_UDP};

    assert_true(address_read(source, &datagram.source) && address_read(destination, &datagram.destination));
    datagram.payload = (struct bytes){bytes, play_bytes(hex, bytes)};
    host_names_hear(names, &datagram, time_ns, &counts);
}

static struct session session_at(const char *client, int64_t time_ns)
{
    struct session session = {.whole = {true, true}, .first.time_ns = time_ns};

    assert_true(address_read(client, &session.endpoints[SIDE_CLIENT].address));
    assert_true(address_read(MAIL, &session.endpoints[SIDE_SERVER].address));
    return session;
}

static void assert_name(const char *client, int64_t time_ns, const char *name)
{
    struct session session = session_at(client, time_ns);

    host_names_fill(names, &session);
    assert_string_equal(session.hints.dns_name, name);
}

static void ask_and_answer(int64_t time_ns)
{
    hear(HOST, RESOLVER, QUESTION, time_ns);
    hear(RESOLVER, HOST, ANSWER, time_ns + 1);
}

static void a_client_is_told_with_the_name_that_it_asked_for(void **state)
{
    (void)state;
    ask_and_answer(SECOND(100));
    assert_name(HOST, SECOND(101), "imap.example");
    assert_name(OTHER, SECOND(101), "");
    assert_int_equal(counts.answers, 1);
}

static void only_what_came_before_the_connection_counts(void **state)
{
    (void)state;
    ask_and_answer(SECOND(100));
    assert_name(HOST, SECOND(100), "");
    assert_name(HOST, SECOND(100) + 1, "imap.example");
    assert_name(HOST, SECOND(100 + NAME_LASTS_SECONDS), "imap.example");
    assert_name(HOST, SECOND(102 + NAME_LASTS_SECONDS), "");
}

static void two_names_of_one_address_are_both_told(void **state)
{
    (void)state;
    hear(HOST, RESOLVER, OLD_QUESTION, SECOND(100));
    hear(RESOLVER, HOST, OLD_ANSWER, SECOND(100));
    ask_and_answer(SECOND(101));
    assert_name(HOST, SECOND(102), "imap.example,old.example");
    assert_name(HOST, SECOND(100), "old.example");
}

static void what_the_client_says_itself_is_enough(void **state)
{
    struct session session = session_at(HOST, SECOND(101));

    (void)state;
    ask_and_answer(SECOND(100));
    strcpy(session.offer.server_name, "other.example");
    host_names_fill(names, &session);
    assert_string_equal(session.hints.dns_name, "");
}

static void of_a_connection_that_began_before_nothing_is_said(void **state)
{
    struct session session = session_at(HOST, SECOND(101));

    (void)state;
    ask_and_answer(SECOND(100));
    session.whole[SIDE_CLIENT] = false;
    host_names_fill(names, &session);
    assert_string_equal(session.hints.dns_name, "");
}

static void an_answer_that_nobody_asked_for_is_not_believed(void **state)
{
    (void)state;
    hear(RESOLVER, HOST, ANSWER, SECOND(99)); /* before its question */
    hear(HOST, RESOLVER, QUESTION, SECOND(100));
    hear("10.9.0.54", HOST, ANSWER, SECOND(100));  /* of another server */
    hear(RESOLVER, OTHER, ANSWER, SECOND(100));    /* to another client */
    hear(RESOLVER, HOST, OLD_ANSWER, SECOND(100)); /* of another name and number */
    hear(RESOLVER, HOST, ANSWER, SECOND(101 + QUESTION_SECONDS));
    assert_int_equal(counts.unasked, 5);
    assert_int_equal(counts.answers, 0);
    assert_name(HOST, SECOND(140), "");
}

static void of_two_answers_the_first_counts(void **state)
{
    (void)state;
    ask_and_answer(SECOND(100));
    hear(RESOLVER, HOST, ANSWER, SECOND(100) + 2); /* a mirror shows it twice */
    assert_int_equal(counts.unasked, 0);
    hear(RESOLVER, HOST, OTHER_ANSWER, SECOND(100) + 3);
    assert_int_equal(counts.unasked, 1);
    assert_int_equal(counts.answers, 1);
}

static void an_absurd_life_is_bounded(void **state)
{
    (void)state;
    hear(HOST, RESOLVER, QUESTION, SECOND(100));
    hear(RESOLVER, HOST, "0035 c000 0038 0000 " DNS_RESPONSE("1234", "0001") IMAP_EXAMPLE ASK_A ADDRESS_A(TO_QUESTION, "7fffffff", "c0000201"), SECOND(100));
    assert_name(HOST, SECOND(99 + NAME_LASTS_MAX), "imap.example");
    assert_name(HOST, SECOND(101 + NAME_LASTS_MAX), "");
}

/* As many names, each asked for and answered, by one client: another one's stay. */
static void a_flood_of_one_client_pushes_out_its_own(void **state)
{
    char name[64], question[512], answer[512];
    unsigned kept = 0;

    (void)state;
    for (int i = 0; i < 20; i++) {
        snprintf(question, sizeof(question), "10.2.0.%d", i);
        hear(question, RESOLVER, QUESTION, SECOND(100));
        hear(RESOLVER, question, ANSWER, SECOND(100));
    }
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof(name), "04 %08x 02 6d78 00", 0x61616161 + (i / 4096 << 24) + (i / 256 % 16 << 16) + (i / 16 % 16 << 8) + i % 16);
        snprintf(question, sizeof(question), "c000 0035 0028 0000 %04x 0100 0001 0000 0000 0000 %s " ASK_A, i & 0xffff, name);
        snprintf(answer, sizeof(answer),
            "0035 c000 0038 0000 %04x 8180 0001 0001 0000 0000 %s " ASK_A ADDRESS_A(TO_QUESTION, "0000003c", "c0000201"), i & 0xffff, name);
        hear(HOST, RESOLVER, question, SECOND(100));
        hear(RESOLVER, HOST, answer, SECOND(100));
    }
    for (int i = 0; i < 20; i++) {
        struct session session;

        snprintf(question, sizeof(question), "10.2.0.%d", i);
        session = session_at(question, SECOND(101));
        host_names_fill(names, &session);
        kept += strcmp(session.hints.dns_name, "imap.example") == 0;
    }
    assert_int_equal(counts.answers, MANY + 20);
    assert_true(kept >= 10); /* a few may share their place with it: of some 300 */
}

static void what_is_forgotten_is_gone(void **state)
{
    (void)state;
    ask_and_answer(SECOND(100));
    host_names_clear(names);
    assert_name(HOST, SECOND(101), "");
}

int main(void)
{
#define WITH_NAMES(test) cmocka_unit_test_setup_teardown(test, open_names, close_names)
    const struct CMUnitTest tests[] = {
        WITH_NAMES(a_client_is_told_with_the_name_that_it_asked_for),
        WITH_NAMES(only_what_came_before_the_connection_counts),
        WITH_NAMES(two_names_of_one_address_are_both_told),
        WITH_NAMES(what_the_client_says_itself_is_enough),
        WITH_NAMES(of_a_connection_that_began_before_nothing_is_said),
        WITH_NAMES(an_answer_that_nobody_asked_for_is_not_believed),
        WITH_NAMES(of_two_answers_the_first_counts),
        WITH_NAMES(an_absurd_life_is_bounded),
        WITH_NAMES(a_flood_of_one_client_pushes_out_its_own),
        WITH_NAMES(what_is_forgotten_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
