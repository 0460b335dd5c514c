/* SPDX-License-Identifier: BSD-2-Clause */
/* upsert_columns.c: names of columns, as schema.sql has them. */
#include "upsert_columns.h"

const char *const upsert_host_columns[HOST_COLUMN_COUNT] = {
    [HOST_ID] = "id",
    [HOST_SITE] = "site",
    [HOST_ADDRESS] = "address",
    [HOST_DIGITS] = "digits",
    [HOST_REVISION] = "revision",
};

const char *const upsert_observation_columns[OBSERVATION_COLUMN_COUNT] = {
    [OBSERVATION_ID] = "id",
    [OBSERVATION_SOURCE] = "source",
    [OBSERVATION_DAY] = "day",
    [OBSERVATION_CLIENT] = "client",
    [OBSERVATION_SERVER] = "server",
    [OBSERVATION_PROFILE] = "profile",
    [OBSERVATION_CERTIFICATE] = "certificate",
    [OBSERVATION_PATH] = "path",
    [OBSERVATION_FIRST_SEEN] = "first_seen",
    [OBSERVATION_LAST_SEEN] = "last_seen",
    [OBSERVATION_FIRST_PACKET] = "first_packet",
    [OBSERVATION_LAST_PACKET] = "last_packet",
    [OBSERVATION_LAST_SOURCE] = "last_source",
    [OBSERVATION_SESSIONS] = "sessions",
    [OBSERVATION_SHORT_LIVED] = "short_lived",
    [OBSERVATION_GAPS] = "gaps",
    [OBSERVATION_REVISION] = "revision",
};
