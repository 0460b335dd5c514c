/* SPDX-License-Identifier: BSD-2-Clause */
/* asset_file.c: reads a list of assets, by libcsv, a line of the file at a time: an error has its line. */
#include "asset_rows.h"

#include <lasthello/text.h>

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define HEADING "address, network, mac, site, name, owner, place, note"

enum cell_kind {
    CELL_ADDRESS,
    CELL_NETWORK,
    CELL_MAC,
    CELL_SITE,
    CELL_NAME,
    CELL_OWNER,
    CELL_PLACE,
    CELL_NOTE,
    CELL_COUNT,
};

struct list_file {
    const char *path;
    struct assets *assets;
    struct error *error;
    unsigned line, row_line; /* the one that is read; where its row begins */
    bool has_heading;
    bool is_named[CELL_COUNT];          /* by the first line */
    enum cell_kind columns[CELL_COUNT]; /* the cells in their order */
    size_t column_count;
    size_t at; /* the next cell of the row */
    char cells[CELL_COUNT][ASSET_TEXT_BYTES];
};

/* Only what is wrong first is told. */
static void refuse(struct list_file *reading, const char *what, const char *reason)
{
    char visible[4 * ASSET_TEXT_BYTES];

    if (reading->error->text[0] != '\0')
        return;
    text_visible((struct bytes){(const uint8_t *)what, strlen(what)}, visible, sizeof(visible));
    error_set(reading->error, "%s:%u: %s%s%s", reading->path, reading->row_line, visible,
        visible[0] == '\0' ? "" : ": ", reason);
}

static void take_column(struct list_file *reading, const char *text)
{
    static const char *const names[CELL_COUNT] = {
        "address", "network", "mac", "site", "name", "owner", "place", "note"};
    enum cell_kind kind = 0;

    while (kind < CELL_COUNT && strcasecmp(text, names[kind]) != 0)
        kind++;
    if (kind == CELL_COUNT) {
        refuse(reading, text, "the first line names the columns, of: " HEADING);
        return;
    }
    if (reading->is_named[kind]) {
        refuse(reading, text, "a column has this name already");
        return;
    }
    reading->is_named[kind] = true;
    reading->columns[reading->column_count++] = kind;
}

/* A cell of several lines becomes one. */
static void put_cell(char *cell, const char *text)
{
    memcpy(cell, text, strlen(text) + 1); /* take_cell looked at its length */
    for (; *cell != '\0'; cell++)
        if (strchr("\t\r\n", *cell) != NULL)
            *cell = ' ';
}

static void take_cell(void *field, size_t len, void *data)
{
    struct list_file *reading = data;
    const char *text = field == NULL ? "" : field;

    if (strlen(text) != len)
        refuse(reading, "", "it holds a zero byte: save the file as CSV in UTF-8");
    else if (len >= ASSET_TEXT_BYTES)
        refuse(reading, "", "a cell has at most 255 bytes");
    else if (!text_is_utf8((struct bytes){(const uint8_t *)text, len}))
        refuse(reading, text, "it is no UTF-8: save the file as CSV in UTF-8");
    else if (!reading->has_heading)
        take_column(reading, text);
    else if (reading->at < reading->column_count)
        put_cell(reading->cells[reading->columns[reading->at++]], text);
    else if (len > 0)
        refuse(reading, text, "the row has more cells than the first line has columns");
}

/* ---- rows ------------------------------------------------------------------------------------------ */

static const char *keep_text(char **end, const char *text)
{
    char *kept = *end;

    if (text[0] == '\0')
        return NULL;
    *end = stpcpy(kept, text) + 1;
    return kept;
}

static const struct asset *keep_asset(struct list_file *reading)
{
    size_t size = sizeof(struct asset_texts);
    struct asset_texts *texts;
    char *end;

    for (enum cell_kind kind = CELL_SITE; kind < CELL_COUNT; kind++)
        size += strlen(reading->cells[kind]) + 1;
    texts = malloc(size);
    if (texts == NULL)
        return NULL;
    end = texts->bytes;
    texts->asset.site = keep_text(&end, reading->cells[CELL_SITE]);
    texts->asset.name = keep_text(&end, reading->cells[CELL_NAME]);
    texts->asset.owner = keep_text(&end, reading->cells[CELL_OWNER]);
    texts->asset.place = keep_text(&end, reading->cells[CELL_PLACE]);
    texts->asset.note = keep_text(&end, reading->cells[CELL_NOTE]);
    texts->asset.line = reading->row_line;
    texts->before = reading->assets->last;
    reading->assets->last = texts;
    return &texts->asset;
}

static struct asset_row *next_row(struct assets *assets)
{
    if (assets->count == assets->room) {
        const size_t room = assets->room == 0 ? 256 : 2 * assets->room;
        struct asset_row *rows = reallocarray(assets->rows, room, sizeof(*rows));

        if (rows == NULL)
            return NULL;
        assets->rows = rows;
        assets->room = room;
    }
    return &assets->rows[assets->count];
}

static void add_row(struct list_file *reading, const char *text, const struct asset *asset)
{
    struct asset_row *row = next_row(reading->assets);
    const char *wrong;

    if (row == NULL || asset == NULL) {
        refuse(reading, "", "not enough memory for the list");
        return;
    }
    row->asset = asset;
    wrong = asset_key_read(text, &row->key);
    row->key.site = asset->site;
    if (wrong != NULL)
        refuse(reading, text, wrong);
    else
        reading->assets->count++;
}

static bool is_empty(const struct list_file *reading, enum cell_kind first, enum cell_kind last)
{
    for (enum cell_kind kind = first; kind <= last; kind++)
        if (reading->cells[kind][0] != '\0')
            return false;
    return true;
}

static void end_heading(struct list_file *reading)
{
    if (!reading->is_named[CELL_ADDRESS] && !reading->is_named[CELL_NETWORK] && !reading->is_named[CELL_MAC])
        refuse(reading, "", "no column is called address, network or mac");
    reading->has_heading = true;
}

static void take_row(struct list_file *reading)
{
    const struct asset *asset;

    if (is_empty(reading, CELL_ADDRESS, CELL_NOTE))
        return;
    if (is_empty(reading, CELL_ADDRESS, CELL_MAC)) {
        refuse(reading, "", "the row has no address, network or MAC address");
        return;
    }
    asset = keep_asset(reading);
    for (enum cell_kind kind = CELL_ADDRESS; kind <= CELL_MAC; kind++)
        if (reading->cells[kind][0] != '\0')
            add_row(reading, reading->cells[kind], asset);
}

static void end_row(int last, void *data)
{
    struct list_file *reading = data;

    (void)last;
    if (reading->error->text[0] == '\0') {
        if (reading->has_heading)
            take_row(reading);
        else
            end_heading(reading);
    }
    reading->at = 0;
    memset(reading->cells, 0, sizeof(reading->cells));
    reading->row_line = reading->line + 1;
}

/* ---- the file ---------------------------------------------------------------------------------------- */

static char *without_byte_order_mark(struct list_file *reading, char *line, ssize_t *len)
{
    const unsigned char *bytes = (const unsigned char *)line;

    if (*len >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff)))
        refuse(reading, "", "the file is UTF-16: save it as CSV in UTF-8");
    if (*len < 3 || memcmp(line, "\xef\xbb\xbf", 3) != 0)
        return line;
    *len -= 3;
    return line + 3;
}

static void parse_line(struct list_file *reading, struct csv_parser *parser, const char *line, size_t len)
{
    if (reading->line == 1 && memchr(line, ';', len) != NULL && memchr(line, ',', len) == NULL)
        csv_set_delim(parser, ';');
    if (csv_parse(parser, line, len, take_cell, end_row, reading) != len)
        refuse(reading, "",
            csv_error(parser) == CSV_EPARSE ? "a quote inside a cell is written twice, and the cell in quotes"
                                            : csv_strerror(csv_error(parser)));
}

static void parse(struct list_file *reading, FILE *in)
{
    struct csv_parser parser;
    char *line = NULL;
    size_t size = 0;
    ssize_t len;

    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL | CSV_REPALL_NL) != 0) {
        refuse(reading, "", "not enough memory for the list");
        return;
    }
    while (reading->error->text[0] == '\0' && (len = getline(&line, &size, in)) >= 0) {
        char *text = ++reading->line == 1 ? without_byte_order_mark(reading, line, &len) : line;

        parse_line(reading, &parser, text, (size_t)len);
    }
    if (reading->error->text[0] == '\0' && csv_fini(&parser, take_cell, end_row, reading) != 0)
        refuse(reading, "", "a cell in quotes has no end");
    if (reading->error->text[0] == '\0' && !reading->has_heading)
        refuse(reading, "", "the file is empty; the first line names the columns, of: " HEADING);
    csv_free(&parser);
    free(line);
}

static void refuse_twice(struct list_file *reading)
{
    const struct asset_twice twice = assets_sort(reading->assets);

    if (twice.line > 0 && reading->error->text[0] == '\0')
        error_set(reading->error, "%s:%u: it is about whom line %u is about already", reading->path,
            twice.line, twice.first_line);
}

/* A pipe, of which nothing comes, is not waited for. */
static bool load(struct list_file *reading)
{
    struct stat about;
    FILE *in;

    if (stat(reading->path, &about) != 0)
        return error_set(reading->error, "%s: %s", reading->path, strerror(errno));
    if (!S_ISREG(about.st_mode))
        return error_set(reading->error, "%s: is no file", reading->path);
    if (about.st_size > ASSETS_FILE_BYTES)
        return error_set(reading->error, "%s: a list of assets has at most 64 MiB", reading->path);
    in = fopen(reading->path, "re");
    if (in == NULL)
        return error_set(reading->error, "%s: %s", reading->path, strerror(errno));
    parse(reading, in);
    fclose(in);
    refuse_twice(reading);
    return reading->error->text[0] == '\0';
}

struct assets *assets_open(const char *path, struct error *error)
{
    struct list_file reading = {.path = path, .error = error, .row_line = 1};

    error->text[0] = '\0';
    reading.assets = calloc(1, sizeof(*reading.assets));
    if (reading.assets == NULL) {
        error_set(error, "%s: not enough memory to read it", path);
        return NULL;
    }
    if (load(&reading))
        return reading.assets;
    assets_close(reading.assets);
    return NULL;
}

void assets_close(struct assets *assets)
{
    if (assets == NULL)
        return;
    while (assets->last != NULL) {
        struct asset_texts *before = assets->last->before;

        free(assets->last);
        assets->last = before;
    }
    free(assets->rows);
    free(assets);
}
