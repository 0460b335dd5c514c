/* SPDX-License-Identifier: BSD-2-Clause */
/* host_text.c: values of rows, as the parts of a story write them. */
#include "host_page.h"

const char *host_page_text(struct host_page *page, const struct kept_rows *rows, size_t row, const char *name)
{
    static char shown[CELL_BYTES];

    return kept_value(rows, row, name) == NULL ? NULL : kept_shown(rows, row, name, &page->cell, shown);
}

void host_page_put(struct host_page *page, const struct kept_rows *rows, size_t row, const char *before,
    const char *name, const char *behind)
{
    const char *text = host_page_text(page, rows, row, name);

    if (text != NULL)
        fprintf(page->out, "%s%s%s", before, text, behind);
}

uint64_t host_page_number(const struct kept_rows *rows, size_t row, const char *name)
{
    const struct value *value = kept_value(rows, row, name);

    return value == NULL || value->number < 0 ? 0 : (uint64_t)value->number;
}

void host_page_put_count(struct host_page *page, size_t shown, const struct kept_rows *rows)
{
    if (rows->all > shown)
        fprintf(page->out, "  ... %zu more: --format csv has all\n", (size_t)(rows->all - shown));
}

void host_page_put_asset(struct host_page *page, const struct kept_rows *rows, const char *name)
{
    host_page_put(page, rows, 0, "  ", name, "");
    host_page_put(page, rows, 0, "  owner: ", "owner", "");
    host_page_put(page, rows, 0, "  place: ", "place", "");
    host_page_put(page, rows, 0, "  (", "remark", ")");
    host_page_put(page, rows, 0, "  site ", "site", "");
    fputs("\n", page->out);
}
