/* SPDX-License-Identifier: BSD-2-Clause */
/* upsert_columns.h: the columns of what there is much of, from which its statements are made, and in whose
 * order they are filled in. */
#ifndef LASTHELLO_STORE_UPSERT_COLUMNS_H
#define LASTHELLO_STORE_UPSERT_COLUMNS_H

/* Of the table host: what its upsert puts. */
enum host_column {
    HOST_ID,
    HOST_SITE,
    HOST_ADDRESS,
    HOST_DIGITS,
    HOST_REVISION,
    HOST_COLUMN_COUNT,
};
extern const char *const upsert_host_columns[HOST_COLUMN_COUNT];

/* Of the tables observation and pending. */
enum observation_column {
    OBSERVATION_ID,
    OBSERVATION_SOURCE,
    OBSERVATION_DAY,
    OBSERVATION_CLIENT,
    OBSERVATION_SERVER,
    OBSERVATION_PROFILE,
    OBSERVATION_CERTIFICATE,
    OBSERVATION_PATH,
    OBSERVATION_FIRST_SEEN,
    OBSERVATION_LAST_SEEN,
    OBSERVATION_FIRST_PACKET,
    OBSERVATION_LAST_PACKET,
    OBSERVATION_LAST_SOURCE,
    OBSERVATION_SESSIONS,
    OBSERVATION_SHORT_LIVED,
    OBSERVATION_GAPS,
    OBSERVATION_REVISION,
    OBSERVATION_COLUMN_COUNT,
};
extern const char *const upsert_observation_columns[OBSERVATION_COLUMN_COUNT];

#endif
