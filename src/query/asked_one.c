/* SPDX-License-Identifier: BSD-2-Clause */
/* asked_one.c: the client, or server, that a question is about, by address or name; or which are near. */
#include "inventory_open.h"

#include <lasthello/address.h>
#include <lasthello/schema.h>
#include <lasthello/text.h>

#include <stdio.h>
#include <string.h>

extern const char sql_host_observation[], sql_named_hosts[], sql_named_servers[], sql_near_addresses[],
    sql_near_names[];

static const char sites_sql[] = "SELECT DISTINCT site FROM reading";
static const char insert_known_sql[] = "INSERT OR IGNORE INTO asked_host SELECT id FROM host WHERE id = :id";
/* for what is of a site without readings: it looks through all hosts */
static const char exact_sql[] = "SELECT id FROM host WHERE digits = :digits";
static const char every_sql[] = "SELECT id, address, site FROM host";
static const char insert_sql[] = "INSERT OR IGNORE INTO asked_host VALUES (:id)";

/* The text, as a question's parameter: the digits of an address, or a name. */
struct wanted_one {
    const char *text;
    bool is_address, is_server;
    char digits[DIGITS_BYTES];
};

static struct wanted_one read_wanted(const struct checked_filters *checked)
{
    struct wanted_one wanted = {
        .text = checked->host != NULL ? checked->host : checked->server, .is_server = checked->host == NULL};
    struct address address;

    wanted.is_address = address_read(wanted.text, &address);
    if (wanted.is_address)
        text_hex((struct bytes){address.octets, sizeof(address.octets)}, wanted.digits);
    return wanted;
}

static void put_wanted(struct query *query, const struct wanted_one *wanted)
{
    query_offer_text(query, ":digits", wanted->digits);
    query_offer_text(query, ":text", wanted->text);
}

static bool insert_host(struct query *insert, int64_t id, struct error *error)
{
    query_name_number(insert, ":id", id);
    return query_run(insert, error);
}

/* The hosts that a question yields. */
static bool add_found(
    struct db *db, const char *sql, const struct wanted_one *wanted, size_t *count, struct error *error)
{
    struct query found = {0}, insert = {0};
    enum row row = ROW_FAILED;

    if (query_open(&found, db, sql, error) && query_open(&insert, db, insert_sql, error)) {
        put_wanted(&found, wanted);
        while ((row = query_row(&found, error)) == ROW_ONE) {
            (*count)++;
            if (!insert_host(&insert, query_number(&found, 0), error)) {
                row = ROW_FAILED;
                break;
            }
        }
    }
    query_close(&found);
    query_close(&insert);
    return row == ROW_END;
}

/* The hosts with an address, one at each site at most: their ids follow from that. */
static bool add_address(struct db *db, const char *text, size_t *count, struct error *error)
{
    struct query sites = {0}, insert = {0};
    struct address address;
    enum row row = ROW_FAILED;

    if (address_read(text, &address) && query_open(&sites, db, sites_sql, error) &&
        query_open(&insert, db, insert_known_sql, error))
        while ((row = query_row(&sites, error)) == ROW_ONE) {
            const char *site = query_text(&sites, 0);

            query_name_number(&insert, ":id", schema_host_id(site == NULL ? "" : site, &address));
            if (!query_run(&insert, error)) {
                row = ROW_FAILED;
                break;
            }
            *count += db_changes(db) > 0;
        }
    query_close(&sites);
    query_close(&insert);
    return row == ROW_END;
}

static bool has_asset_name(const struct inventory *inventory, const struct query *host, const char *name)
{
    const char *text = query_text(host, 1);
    const struct asset *asset = NULL;
    struct address address;

    if (text != NULL && address_read(text, &address))
        asset = assets_find(inventory->assets, &address, NULL, query_text(host, 2));
    return asset != NULL && asset->name != NULL && strcasecmp(asset->name, name) == 0;
}

static bool add_assets(
    struct inventory *inventory, const struct wanted_one *wanted, size_t *count, struct error *error)
{
    struct query hosts = {0}, insert = {0};
    enum row row = ROW_FAILED;

    if (query_open(&hosts, &inventory->db, every_sql, error) &&
        query_open(&insert, &inventory->db, insert_sql, error))
        while ((row = query_row(&hosts, error)) == ROW_ONE) {
            if (!has_asset_name(inventory, &hosts, wanted->text))
                continue;
            (*count)++;
            if (!insert_host(&insert, query_number(&hosts, 0), error)) {
                row = ROW_FAILED;
                break;
            }
        }
    query_close(&hosts);
    query_close(&insert);
    return row == ROW_END;
}

/* "no host 10.1.4.99 was seen; near it: 10.1.4.9, 10.1.4.17"; what is near is not told where hosts are
 * hidden. */
static bool refuse(struct inventory *inventory, const struct wanted_one *wanted, struct error *error)
{
    char near[512] = "", name[256];
    struct query query = {0};
    size_t used = 0;

    if (inventory->hide_by == NULL &&
        query_open(&query, &inventory->db, wanted->is_address ? sql_near_addresses : sql_near_names, error)) {
        put_wanted(&query, wanted);
        while (used < sizeof(near) && query_row(&query, error) == ROW_ONE) {
            const char *known = query_text(&query, 0), *text = known == NULL ? "?" : known;

            text_visible((struct bytes){(const uint8_t *)text, strlen(text)}, name, sizeof(name));
            used += (size_t)snprintf(near + used, sizeof(near) - used, "%s%s", used > 0 ? ", " : "", name);
        }
    }
    query_close(&query);
    text_visible((struct bytes){(const uint8_t *)wanted->text, strlen(wanted->text)}, name, sizeof(name));
    return error_set(error, "no %s %s was seen%s%s", wanted->is_server ? "server" : "host", name,
        used > 0 ? "; near it: " : "", near);
}

bool asked_one_fill(struct inventory *inventory, const struct checked_filters *checked, struct error *error)
{
    const struct wanted_one wanted = read_wanted(checked);
    struct db *db = &inventory->db;
    size_t count = 0;

    if (wanted.is_address && !add_address(db, wanted.text, &count, error))
        return false;
    if (count == 0 &&
        !add_found(db, wanted.is_address ? exact_sql : wanted.is_server ? sql_named_servers
                                                                        : sql_named_hosts,
            &wanted, &count, error))
        return false;
    if (count == 0 && !wanted.is_address && inventory->assets != NULL &&
        !add_assets(inventory, &wanted, &count, error))
        return false;
    if (count == 0)
        return refuse(inventory, &wanted, error);
    return checked->host == NULL || db_run(db, sql_host_observation, error);
}
