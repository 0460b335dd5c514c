/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of assets: the most exact row wins; what is wrong is refused with file and line. */
#include "test.h"

#include <lasthello/assets.h>

#include <unistd.h>

static char path[SCRATCH_BYTES + 32];

static struct assets *open_text(const char *text, size_t len, struct error *error)
{
    struct assets *assets;
    FILE *out;

    assert_true(make_scratch("assets", path));
    strcat(path, "/a.csv");
    out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, len, out), len);
    fclose(out);
    assets = assets_open(path, error);
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    return assets;
}

static const char *name_of(const struct assets *assets, const char *text, const char *mac)
{
    struct address address;
    const struct asset *asset;

    assert_true(text == NULL || address_read(text, &address));
    asset = assets_find(assets, text == NULL ? NULL : &address, mac, NULL);
    return asset == NULL ? "none" : asset->name;
}

static const char list[] = "address,network,mac,name,owner,place,note\n"
                           ",10.0.0.0/8,,site,IT,,\n"
                           ",10.1.4.0/24,,hall,Print,Hall 4,\n"
                           "10.1.4.17,,,press,Print,,\n"
                           ",,00:00:5e:00:53:01,scanner,,,\n"
                           ",2001:db8::/32,,six,,,\n"
                           ",0.0.0.0/0,,rest,,,\n";

static void the_most_exact_row_wins(void **state)
{
    static const struct {
        const char *address, *mac, *name;
    } rows[] = {
        {"10.1.4.17", NULL, "press"},
        {"10.1.4.17", "00-00-5E-00-53-01", "press"},   /* an address before a MAC address, */
        {"10.1.4.18", "00-00-5E-00-53-01", "scanner"}, /* which goes before a network */
        {"10.1.4.18", "00-00-5E-00-53-02", "hall"},
        {"10.1.5.1", NULL, "site"},
        {"192.0.2.1", NULL, "rest"},
        {"2001:db8::1", NULL, "six"},
        {"2001:db9::1", NULL, "none"}, /* 0.0.0.0/0 is of IPv4 */
        {NULL, "00-00-5E-00-53-01", "scanner"},
        {NULL, NULL, "none"},
    };
    struct error error;
    struct assets *assets = open_text(list, sizeof(list) - 1, &error);

    (void)state;
    assert_non_null(assets);
    assert_true(assets_have_macs(assets));
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(name_of(assets, rows[i].address, rows[i].mac), rows[i].name);
    assets_close(assets);
}

static void a_row_has_what_its_columns_say(void **state)
{
    struct error error;
    struct assets *assets = open_text(list, sizeof(list) - 1, &error);
    struct address address;
    const struct asset *asset;

    (void)state;
    assert_true(address_read("10.1.4.99", &address));
    asset = assets_find(assets, &address, NULL, NULL);
    assert_string_equal(asset->owner, "Print");
    assert_string_equal(asset->place, "Hall 4");
    assert_null(asset->note);
    assert_int_equal(asset->line, 3);
    assets_close(assets);
}

/* What spreadsheets write: CR LF, a byte order mark, semicolons, quotes, no line's end at the end. */
static void files_of_spreadsheets_are_read(void **state)
{
    static const char *const texts[] = {
        "\xef\xbb\xbfName;Address;Note\r\nPress;10.1.4.17;\"a \"\"b\"\"; c\r\nd\"\r\n",
        "name,address,note\nPress,10.1.4.17,\"a \"\"b\"\"; c\r\nd\"",
        "mac,name,note\n0000.5e00.5301,Press,\"a \"\"b\"\"; c\r\nd\"\n\n,,\n",
        "mac,name,note\n00005E005301,Press,\"a \"\"b\"\"; c\r\nd\"\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct error error;
        struct assets *assets = open_text(texts[i], strlen(texts[i]), &error);
        const struct address address = {{[10] = 0xff, [11] = 0xff, 10, 1, 4, 17}};
        const struct asset *asset;

        assert_string_equal(error.text, "");
        asset = assets_find(assets, &address, "00-00-5e-00-53-01", NULL);
        assert_string_equal(asset->name, "Press");
        assert_string_equal(asset->note, "a \"b\"; c  d");
        assets_close(assets);
    }
}

/* Two sites may have equal private addresses. */
static void a_row_of_a_site_is_about_hosts_of_that_site(void **state)
{
    static const char text[] = "address;site;mac;name\n10.1.4.17;;;anywhere\n10.1.4.17;hq;;press\n10.1.4.0/24;lab;;bench\n"
                               ";hq;00:00:5e:00:53:01;scanner\n10.0.0.0/8;;;rest\n";
    static const struct {
        const char *address, *mac, *site, *name;
    } rows[] = {
        {"10.1.4.17", NULL, "hq", "press"},
        {"10.1.4.17", NULL, "lab", "anywhere"}, /* the address is more exact than the network */
        {"10.1.4.17", NULL, NULL, "anywhere"},
        {"10.1.4.18", NULL, "lab", "bench"},
        {"10.1.4.18", NULL, "hq", "rest"},
        {"10.1.4.18", "00:00:5e:00:53:01", "hq", "scanner"},
        {"10.1.4.18", "00:00:5e:00:53:01", "lab", "bench"},
    };
    struct error error;
    struct assets *assets = open_text(text, sizeof(text) - 1, &error);

    (void)state;
    assert_non_null(assets);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct address address;

        assert_true(address_read(rows[i].address, &address));
        assert_string_equal(assets_find(assets, &address, rows[i].mac, rows[i].site)->name, rows[i].name);
    }
    assets_close(assets);
}

static void what_is_wrong_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *text, *error; /* behind the path */
        size_t len;
    } rows[] = {
        {"", ":1: the file is empty", 0},
        {"10.1.4.17,press\n", ":1: 10.1.4.17: the first line names the columns", 0},
        {"name,owner\n", ":1: no column is called address, network or mac", 0},
        {"address,name,Name\n", ":1: Name: a column has this name already", 0},
        {"address\n10.1.4.17\n\n10.1.4.300\n", ":4: 10.1.4.300: an address, a network or a MAC address is written as", 0},
        {"address\n10.1.4.17/24\n", ":2: 10.1.4.17/24: a network is written by its first address", 0},
        {"address,name\n10.1.4.17,\"a\nb\"\n10.1.4.18,c\n10.1.4.17,d\n", ":5: it is about whom line 2 is about already", 0},
        {"mac\n00:00:5e:00:53:01\n0000.5e00.5301\n", ":3: it is about whom line 2 is about already", 0},
        {"address,site\n10.1.4.17,hq\n10.1.4.17,\n10.1.4.17,hq\n", ":4: it is about whom line 2 is about already", 0},
        {"address\n10.1.4.0/24\n10.1.4.0/24\n", ":3: it is about whom line 2 is about already", 0},
        {"address,name\n,press\n", ":2: the row has no address, network or MAC address", 0},
        {"address,name\n10.1.4.17,a,b\n", ":2: b: the row has more cells", 0},
        {"address,name\n10.1.4.17,\"a\n", ":2: a cell in quotes has no end", 0},
        {"address,name\n10.1.4.17,\"a\"b\"\n", ":2: a quote inside a cell", 0},
        {"address,name\n10.1.4.17,caf\xe9\n", ":2: caf\\xe9: it is no UTF-8", 0},
        {"\xff\xfe"
         "a\0",
            ":1: the file is UTF-16", 4},
        {"address\n1\0"
         "2\n",
            ":2: it holds a zero byte", 12},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error error;

        assert_null(open_text(rows[i].text, rows[i].len > 0 ? rows[i].len : strlen(rows[i].text), &error));
        if (strstr(error.text, rows[i].error) == NULL)
            fail_msg("%s: not '%s'", error.text, rows[i].error);
    }
}

/* They are shown as \xNN by whoever writes them. */
static void texts_that_steer_a_terminal_are_kept_for_those_who_show_them(void **state)
{
    static const char text[] = "address,name\n10.1.4.17,\x1b[2J\xe2\x80\xae=cmd()\n";
    struct error error;
    struct assets *assets = open_text(text, sizeof(text) - 1, &error);

    (void)state;
    assert_string_equal(name_of(assets, "10.1.4.17", NULL), "\x1b[2J\xe2\x80\xae=cmd()");
    assets_close(assets);
}

static void a_folder_or_nothing_is_no_list(void **state)
{
    struct error error;

    (void)state;
    assert_null(assets_open("/", &error));
    assert_string_equal(error.text, "/: is no file");
    assert_null(assets_open("/nowhere/assets.csv", &error));
    assert_non_null(strstr(error.text, "No such file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_exact_row_wins),
        cmocka_unit_test(a_row_has_what_its_columns_say),
        cmocka_unit_test(files_of_spreadsheets_are_read),
        cmocka_unit_test(a_row_of_a_site_is_about_hosts_of_that_site),
        cmocka_unit_test(what_is_wrong_is_refused_with_its_line),
        cmocka_unit_test(texts_that_steer_a_terminal_are_kept_for_those_who_show_them),
        cmocka_unit_test(a_folder_or_nothing_is_no_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
