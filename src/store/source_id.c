/* SPDX-License-Identifier: BSD-2-Clause */
/* source_id.c: names of readings. */
#include <lasthello/hash.h>
#include <lasthello/ledger.h>

uint64_t source_id_new(void)
{
    struct hash_key random;
    uint64_t id;

    hash_key_random(&random);
    id = hash_pair(&random, random.words[1], 0) & INT64_MAX;
    return id == 0 ? 1 : id;
}
