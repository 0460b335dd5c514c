/* SPDX-License-Identifier: BSD-2-Clause */
/* union.c: the rows of one inventory (`other`) into another (`main`).
 *
 * A row has the same id in every inventory, and a rule says what becomes of two of one id. All rules are
 * those of a semilattice (the greater counter, the earlier first time), so that order, repetition and
 * grouping change nothing. Rows that say the same stay as they are, their revision, too. */
#include "union.h"

#include "reading_union.h"

#include <lasthello/schema.h>

#include <stdlib.h>

/* The first day that is kept of a reading; its observations of earlier days are forgotten. */
#define TAKEN "CREATE TEMPORARY TABLE taken (id INTEGER PRIMARY KEY, first_day INTEGER NOT NULL)"

#define REPLACES(one, other) "(" one " <> 0, " one ") > (" other " <> 0, " other ")"

/* Of what was replaced and what was forgotten in different inventories, the replacement is told. */
static const char tombstones_sql[] =
    "INSERT INTO main.tombstone (reading, replaced_by, revision) "
    "SELECT reading, replaced_by, :revision FROM other.tombstone WHERE true "
    "ON CONFLICT (reading) DO UPDATE SET replaced_by = excluded.replaced_by, revision = excluded.revision "
    "WHERE " REPLACES("excluded.replaced_by", "tombstone.replaced_by");

static const char *const facts_sql[] = {
    /* what came of packets: counters, which only grow */
    "INSERT INTO main.fate (source, fate, packets) SELECT source, fate, packets FROM other.fate "
    "WHERE source IN (SELECT id FROM temp.taken) "
    "ON CONFLICT DO UPDATE SET packets = excluded.packets WHERE excluded.packets > packets",
    "INSERT INTO main.unknown (source, kind, number, name, packets) "
    "SELECT source, kind, number, name, packets FROM other.unknown "
    "WHERE source IN (SELECT id FROM temp.taken) "
    "ON CONFLICT DO UPDATE SET packets = excluded.packets WHERE excluded.packets > packets",
    "INSERT INTO main.blind (source, minute, dropped, interface_dropped, down_seconds) "
    "SELECT b.source, b.minute, b.dropped, b.interface_dropped, b.down_seconds FROM other.blind b "
    "CROSS JOIN temp.taken t ON t.id = b.source AND b.minute >= t.first_day * 1440 WHERE true "
    "ON CONFLICT DO UPDATE SET dropped = max(dropped, excluded.dropped), "
    "interface_dropped = max(interface_dropped, excluded.interface_dropped), "
    "down_seconds = max(down_seconds, excluded.down_seconds)",
    /* their times are those of observations that were forgotten */
    "INSERT INTO main.host (id, site, address, digits, first_seen, last_seen, revision) "
    "SELECT id, site, address, digits, first_seen, last_seen, :revision FROM other.host WHERE true "
    "ON CONFLICT (id) DO UPDATE SET "
    "first_seen = min(coalesce(first_seen, excluded.first_seen), excluded.first_seen), "
    "last_seen = max(coalesce(last_seen, excluded.last_seen), excluded.last_seen), "
    "revision = excluded.revision "
    "WHERE excluded.first_seen IS NOT NULL AND (first_seen IS NULL OR excluded.first_seen < first_seen "
    "OR excluded.last_seen > last_seen)",
    "INSERT INTO main.host_name (host, name, source, first_seen, last_seen, revision) "
    "SELECT host, name, source, first_seen, last_seen, :revision FROM other.host_name WHERE true "
    "ON CONFLICT DO UPDATE SET first_seen = min(first_seen, excluded.first_seen), "
    "last_seen = max(last_seen, excluded.last_seen), revision = excluded.revision "
    "WHERE excluded.first_seen < first_seen OR excluded.last_seen > last_seen",
    /* how far it was merged, and how it was when the centre was asked last */
    "INSERT INTO main.sensor SELECT * FROM other.sensor WHERE true ON CONFLICT (uuid) DO UPDATE SET "
    "merged_epoch = max(merged_epoch, excluded.merged_epoch), merged_revision = CASE "
    "WHEN (excluded.merged_epoch, excluded.merged_revision) > (merged_epoch, merged_revision) "
    "THEN excluded.merged_revision ELSE merged_revision END",
    "UPDATE main.sensor SET asked = o.asked, epoch = o.epoch, revision = o.revision, newest = o.newest, "
    "sent = o.sent, received = o.received, rolled_back = o.rolled_back, version = o.version, "
    "observer = o.observer, site = o.site FROM other.sensor o WHERE o.uuid = main.sensor.uuid "
    "AND (o.asked, o.epoch, o.revision) > (main.sensor.asked, main.sensor.epoch, main.sensor.revision)",
    NULL,
};

/* What repeats says the same wherever it has the same id, but for what a sensor adds of its own (an attribute
 * in facts_table.c): of two of those the greater text, and any before none. */
static const char repeated_sql[] =
    "SELECT 'INSERT INTO main.' || :table || ' SELECT ' || "
    "group_concat(CASE name WHEN 'revision' THEN ':revision' ELSE name END) || "
    "' FROM other.' || :table || ' WHERE true ON CONFLICT (id) DO ' || :otherwise "
    "FROM pragma_table_info(:table)";
static const struct {
    const char *table, *otherwise;
} repeated[] = {
    {"path", "NOTHING"},
    {"hello", "NOTHING"},
    {"answer", "NOTHING"},
    {"certificate", "UPDATE SET chain = excluded.chain, revision = excluded.revision "
                    "WHERE excluded.chain > coalesce(chain, '')"},
    {"profile", "NOTHING"},
};

/* A row whose id does not lie among those of its source would be found by nobody. */
#define HAS_ITS_PLACE "o.id " SQL_IDS_OF("o.source")
#define EARLIER       "(excluded.first_seen, excluded.first_packet) < (first_seen, first_packet)"
#define LATER         "(excluded.last_seen, excluded.last_packet) > (last_seen, last_packet)"
#define OBSERVATIONS(table)                                                                                  \
    "INSERT INTO main.observation (id, source, day, client, server, profile, certificate, path, "            \
    "first_seen, last_seen, first_packet, last_packet, last_source, sessions, short_lived, gaps, revision) " \
    "SELECT o.id, o.source, o.day, o.client, o.server, o.profile, o.certificate, o.path, "                   \
    "o.first_seen, o.last_seen, o.first_packet, o.last_packet, o.last_source, o.sessions, o.short_lived, "   \
    "o.gaps, :revision FROM other." table " o CROSS JOIN temp.taken t ON t.id = o.source "                   \
    "WHERE o.day >= t.first_day AND " HAS_ITS_PLACE " "                                                      \
    "ON CONFLICT (id) DO UPDATE SET "                                                                        \
    "first_packet = iif(" EARLIER ", excluded.first_packet, first_packet), "                                 \
    "first_seen = min(first_seen, excluded.first_seen), "                                                    \
    "last_source = iif(" LATER ", excluded.last_source, last_source), "                                      \
    "last_packet = iif(" LATER ", excluded.last_packet, last_packet), "                                      \
    "last_seen = max(last_seen, excluded.last_seen), sessions = max(sessions, excluded.sessions), "          \
    "short_lived = max(short_lived, excluded.short_lived), gaps = max(gaps, excluded.gaps), "                \
    "revision = excluded.revision "                                                                          \
    "WHERE (excluded.source, excluded.client, excluded.server) = (source, client, server) "                  \
    "AND (" EARLIER " OR " LATER " OR excluded.sessions > sessions "                                         \
    "OR excluded.short_lived > short_lived OR excluded.gaps > gaps)"
static const char *const observations_sql[] = {OBSERVATIONS("observation"), OBSERVATIONS("pending"), NULL};

#define OF_READING "o.id " SQL_IDS_OF("reading.id") " AND o.source = reading.id"
/* A reading's revision is never below that of its rows. */
static const char touched_sql[] =
    "UPDATE main.reading SET revision = :revision WHERE id IN (SELECT id FROM temp.taken) "
    "AND revision < :revision AND EXISTS (SELECT 1 FROM main.observation o "
    "WHERE " OF_READING " AND o.revision = :revision)";

/* Sessions that went on into a file whose reading was replaced since, perhaps by one that is gone, too. */
static const char followed_sql[] =
    "UPDATE main.reading SET revision = :revision WHERE id IN (SELECT o.source FROM main.observation o "
    "CROSS JOIN main.tombstone t ON t.reading = o.last_source "
    "WHERE o.last_source IS NOT NULL AND t.replaced_by <> 0)";
static const char last_sources_sql[] =
    "UPDATE main.observation SET last_source = nullif(t.replaced_by, source), revision = :revision "
    "FROM main.tombstone t WHERE last_source IS NOT NULL AND t.reading = last_source AND t.replaced_by <> 0";
#define REPLACED_MAX 64 /* times, one after the other */

/* Names go with the sessions that told them: where a host's were forgotten, a name that none of what is left
 * can have told. */
static const char *const forgotten_sql[] = {
    "CREATE TEMPORARY TABLE first_session (client INTEGER PRIMARY KEY, seen INTEGER NOT NULL)",
    "INSERT INTO temp.first_session (client, seen) SELECT client, first_seen FROM main.observation "
    "WHERE client IN (SELECT host FROM main.host_name) "
    "ON CONFLICT (client) DO UPDATE SET seen = min(seen, excluded.seen)",
    "DELETE FROM main.host_name WHERE EXISTS (SELECT 1 FROM main.host h WHERE h.id = host_name.host "
    "AND h.first_seen IS NOT NULL AND h.last_seen >= host_name.last_seen) "
    "AND NOT EXISTS (SELECT 1 FROM temp.first_session f "
    "WHERE f.client = host_name.host AND f.seen <= host_name.last_seen)",
    "DROP TABLE temp.first_session",
    NULL,
};
static const char any_forgotten_sql[] =
    "SELECT EXISTS (SELECT 1 FROM main.tombstone WHERE replaced_by = 0) OR "
    "EXISTS (SELECT 1 FROM main.reading WHERE kept_from IS NOT NULL)";

/* What was judged of the sessions that there were. */
static const char judgements_sql[] = "DELETE FROM main.applied_verdict; DELETE FROM main.judgement_day";

bool union_prepare(struct merged *merged, struct error *error)
{
    return db_run(merged_db(merged), TAKEN, error);
}

static bool run(struct union_step *step, const char *sql, struct error *error)
{
    return union_run(step, sql, error);
}

static bool run_all(struct union_step *step, const char *const *list, struct error *error)
{
    for (; *list != NULL; list++)
        if (!run(step, *list, error))
            return false;
    return true;
}

static bool add_repeated(struct union_step *step, struct error *error)
{
    for (size_t i = 0; i < sizeof(repeated) / sizeof(repeated[0]); i++) {
        struct query made;
        bool done = query_open(&made, merged_db(step->merged), repeated_sql, error);

        if (done) {
            query_name_text(&made, ":table", repeated[i].table);
            query_name_text(&made, ":otherwise", repeated[i].otherwise);
            done = query_row(&made, error) == ROW_ONE && run(step, query_text(&made, 0), error);
            query_close(&made);
        }
        if (!done)
            return false;
    }
    return true;
}

static bool follow_replaced(struct union_step *step, struct error *error)
{
    bool done = run(step, followed_sql, error);

    step->changes = 1;
    for (int i = 0; done && step->changes > 0 && i < REPLACED_MAX; i++)
        done = run(step, last_sources_sql, error);
    return done;
}

static bool forget(struct union_step *step, struct error *error)
{
    int64_t any = 0;

    if (!db_number(merged_db(step->merged), any_forgotten_sql, &any, error))
        return false;
    return any == 0 || (run_all(step, forgotten_sql, error) && merged_clear(step->merged, error));
}

static bool finish(struct union_step *step, struct error *error)
{
    return merged_cover(step->merged, error) && forget(step, error) &&
        db_run(merged_db(step->merged), judgements_sql, error);
}

static bool add_observations(struct union_step *step, struct error *error)
{
    return run_all(step, observations_sql, error) && run(step, touched_sql, error) &&
        follow_replaced(step, error) &&
        (!step->is_whole || merged_take_contacts(step->merged, error));
}

static bool add(struct union_step *step, struct error *error)
{
    return run(step, tombstones_sql, error) && reading_union_bury(step, error) &&
        reading_union_take(step, error) && run_all(step, facts_sql, error) && add_repeated(step, error) &&
        add_observations(step, error) && reading_union_mark(step, error);
}

static bool add_whole(struct union_step *step, enum union_source source, struct error *error)
{
    if (source == UNION_STRANGE)
        return add(step, error);
    return merged_uncover(step->merged, error) && add(step, error) && finish(step, error);
}

/* The fault of which inventory was it? What cannot be written is not that of the one that is read. */
static bool is_damaged(const char *path, struct error *error)
{
    struct error found = {0};
    struct db db;
    bool is_sound = db_open(&db, path, DB_READ, &found) && db_check_pages(&db, &found);

    db_close(&db);
    if (!is_sound)
        *error = found;
    return !is_sound;
}

static bool is_at_fault(struct merged *merged, const char *path, struct error *error)
{
    if (db_is_spent(merged_db(merged)))
        return !error_set(error,
            "%s: to merge it takes far more work than a file of its size has use for; it is damaged, or was "
            "made to do harm",
            path);
    return is_damaged(path, error);
}

bool union_add(struct merged *merged, const char *path, enum union_source source, bool *is_input_bad,
    struct error *error)
{
    struct union_step step = {.merged = merged};
    bool added;

    *is_input_bad = true;
    if (!db_attach(merged_db(merged), path, source == UNION_STRANGE, error))
        return false;
    added = merged_begin(merged, &step.revision, error) && add_whole(&step, source, error) &&
        merged_commit(merged, error);
    if (!added) {
        merged_give_up(merged);
        *is_input_bad = is_at_fault(merged, path, error);
    }
    db_detach(merged_db(merged));
    return added;
}

bool union_finish(struct merged *merged, struct error *error)
{
    struct union_step step = {.merged = merged};

    if (merged_begin(merged, &step.revision, error) && finish(&step, error) && merged_commit(merged, error))
        return true;
    merged_give_up(merged);
    return false;
}
