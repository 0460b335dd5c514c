/* SPDX-License-Identifier: BSD-2-Clause */
/* What a folder may hold beside captures: text and inventories are left out, all else is a capture that went wrong. */
#include "test.h"

#include <lasthello/source.h>

#include <fcntl.h>
#include <unistd.h>

struct row {
    const char *name;
    const char *bytes;
    size_t len;
    bool is_left_out;
};

#define BYTES(text) text, sizeof(text) - 1

static bool is_left_out(const char *folder, const struct row *row)
{
    char path[SCRATCH_BYTES + 32];
    struct source_first first;
    FILE *out;

    snprintf(path, sizeof(path), "%s/%s", folder, row->name);
    out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(row->bytes, 1, row->len, out), row->len);
    fclose(out);
    source_look(path, open(path, O_RDONLY | O_CLOEXEC), &first);
    assert_false(first.is_capture);
    unlink(path);
    return first.is_text;
}

static void only_text_and_inventories_are_left_out(void **state)
{
    static const struct row rows[] = {
        {"umlauts", BYTES("Gr\xc3\xbc\xc3\x9f\n"), true},
        {"cut in a character", BYTES("half a\xc3"), true},
        {"two beginnings of one", BYTES("\xc3\xc3-half"), false},
        {"noise", BYTES("\xe3\x61\x87\xff"), false},
        {"begun capture", BYTES("\xd4\xc3\xb2"), false},
        {"network monitor", BYTES("GMBU\0\0\0\0"), false},
        {"older network monitor", BYTES("RTSSabcd"), false},
        {"other.db", BYTES("SQLite format 3\0"), true},
        {"a.pcap", BYTES("hello"), false},
        {"a.pcap17", BYTES("hello"), false},
        {"A.CAP", BYTES("hello"), false},
        {"a.pcap.txt", BYTES("hello"), true},
        {"a.pcap.log", BYTES("\0\0\0\0"), false},
    };
    char folder[SCRATCH_BYTES];

    (void)state;
    assert_true(make_scratch("notes", folder));
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (is_left_out(folder, &rows[i]) != rows[i].is_left_out)
            fail_msg("%s", rows[i].name);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_text_and_inventories_are_left_out),
    };

    return cmocka_run_group_tests_name("left_out", tests, NULL, NULL);
}
