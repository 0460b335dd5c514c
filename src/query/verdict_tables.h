/* SPDX-License-Identifier: BSD-2-Clause */
/* verdict_tables.h: the temporary tables from which the verdicts of clients toward targets are read. */
#ifndef LASTHELLO_QUERY_VERDICT_TABLES_H
#define LASTHELLO_QUERY_VERDICT_TABLES_H

#include "filters.h"

/* verdict_tables_make makes them, within the moment of a question. */
bool verdict_tables_make(struct db *db, const struct checked_filters *checked, struct error *error);
/* verdict_names_put sets those of :failing, :breaks, ... that the question has: numbers of enum verdict and
 * enum breach_kind, and the days and sessions of struct verdict_limits. */
void verdict_names_put(struct query *query, const struct checked_filters *checked);

#endif
