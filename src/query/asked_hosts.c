/* SPDX-License-Identifier: BSD-2-Clause */
/* asked_hosts.c: the hosts of the networks and the owners that a question names. */
#include "inventory_open.h"

#include <lasthello/address.h>
#include <lasthello/list.h>

extern const char sql_asked_host[], sql_host_macs[];

static const char all_sql[] = "INSERT INTO asked_host SELECT id FROM host";
static const char network_sql[] =
    "INSERT OR IGNORE INTO asked_host SELECT id FROM host WHERE digits BETWEEN :low AND :high";
static const char owned_sql[] = "INSERT OR IGNORE INTO owned_host (id) VALUES (:host)";
static const char others_sql[] = "DELETE FROM asked_host WHERE id NOT IN (SELECT id FROM owned_host)";

static bool add_networks(struct db *db, const struct checked_filters *checked, struct error *error)
{
    struct query insert;
    bool added = query_open(&insert, db, network_sql, error);

    for (size_t i = 0; added && i < checked->network_count; i++) {
        query_name_text(&insert, ":low", checked->networks[i].low);
        query_name_text(&insert, ":high", checked->networks[i].high);
        added = query_run(&insert, error);
    }
    query_close(&insert);
    return added;
}

static bool is_owned(const struct inventory *inventory, const struct query *host, const char *owners)
{
    const char *text = query_text(host, 1);
    const struct asset *asset;
    struct address address;
    const bool is_address = text != NULL && address_read(text, &address);

    asset = assets_find(inventory->assets, is_address ? &address : NULL, query_text(host, 2),
        query_text(host, 3));
    return asset != NULL && list_wants(owners, asset->owner);
}

static bool add_owned(struct inventory *inventory, const char *owners, struct error *error)
{
    struct query hosts = {0}, insert = {0};
    enum row row = ROW_END;
    bool added = query_open(&hosts, &inventory->db, sql_host_macs, error) &&
        query_open(&insert, &inventory->db, owned_sql, error);

    if (added && assets_have_macs(inventory->assets))
        query_name_number(&hosts, ":macs", 1);
    while (added && (row = query_row(&hosts, error)) == ROW_ONE) {
        if (!is_owned(inventory, &hosts, owners))
            continue;
        query_name_number(&insert, ":host", query_number(&hosts, 0));
        added = query_run(&insert, error);
    }
    query_close(&hosts);
    query_close(&insert);
    return added && row != ROW_FAILED;
}

bool asked_hosts_fill(struct inventory *inventory, const struct checked_filters *checked, struct error *error)
{
    struct db *db = &inventory->db;

    if (checked->owner != NULL && inventory->assets == NULL)
        return error_set(
            error, "--owner asks for a list of assets: --assets FILE, or /etc/lasthello/assets.csv");
    if (!db_run(db, sql_asked_host, error))
        return false;
    if (checked->host != NULL || checked->server != NULL)
        return asked_one_fill(inventory, checked, error);
    if (checked->network_count > 0 ? !add_networks(db, checked, error)
                                   : checked->owner != NULL && !db_run(db, all_sql, error))
        return false;
    return checked->owner == NULL ||
        (add_owned(inventory, checked->owner, error) && db_run(db, others_sql, error));
}
