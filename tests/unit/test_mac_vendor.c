/* SPDX-License-Identifier: BSD-2-Clause */
/* Who made a network card, by IEEE's list. */
#include "../../src/report/mac_vendor.h"
#include "test.h"

/* As /usr/share/ieee-data/oui.txt begins. */
static char list_text[] = "OUI/MA-L                                                    Organization                                 \r\n"
                          "company_id                                                  Organization                                 \r\n"
                          "\r\n"
                          "00-22-72   (hex)\t\tAmerican Micro-Fuel Device Corp.\r\n"
                          "002272     (base 16)\t\tAmerican Micro-Fuel Device Corp.\r\n"
                          "\t\t\t\t2181 Buchanan Loop\r\n"
                          "00-D0-EF   (hex)\t\tIGT\r\n"
                          "00-D0-F0\r\n"
                          "02-D0-EF   (hex)\t\tNobody\r\n";

static void a_maker_is_found_by_three_octets(void **state)
{
    static const struct {
        const char *mac, *vendor;
    } rows[] = {
        {"00-22-72-01-02-03", "American Micro-Fuel Device Corp."},
        {"00-D0-EF-00-00-01", "IGT"},
        {"00-d0-ef-00-00-01", "IGT"},
        {"00-D0-F0-00-00-01", NULL}, /* no whole line */
        {"00-D0-F1-00-00-01", NULL},
        {"02-D0-EF-00-00-01", NULL}, /* made up by software */
        {"00-D0", NULL},
        {"", NULL},
    };
    FILE *list = fmemopen(list_text, strlen(list_text), "r");
    char vendor[MAC_VENDOR_BYTES];

    (void)state;
    assert_non_null(list);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(mac_vendor(list, rows[i].mac, vendor), rows[i].vendor != NULL);
        if (rows[i].vendor != NULL)
            assert_string_equal(vendor, rows[i].vendor);
    }
    assert_false(mac_vendor(NULL, "00-22-72-01-02-03", vendor));
    fclose(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_maker_is_found_by_three_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
