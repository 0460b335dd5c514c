# SPDX-License-Identifier: BSD-2-Clause
"""The rows of an inventory and those that the centre has of it, side by side."""
import contextlib
import os
import sqlite3
import subprocess

# What a sensor has and the centre has from it.
TABLES = ('host', 'host_name', 'path', 'hello', 'answer', 'certificate', 'profile', 'tombstone', 'observation', 'fate', 'unknown', 'blind', 'reading')
OF_THE_SENSOR_ALONE = {'owner', 'gathered', 'revision'}
ENVIRONMENT = {**os.environ, 'LASTHELLO_CONF': '', 'TZ': 'UTC'}
# What is pending at a sensor is nowhere else, and no name or kind of a session goes before the last that refers to it
COUNTS = "IN (SELECT id FROM reading WHERE state <> 'pending')"
WHICH = {'observation': f'source {COUNTS}', 'fate': f'source {COUNTS}', 'unknown': f'source {COUNTS}', 'blind': f'source {COUNTS}',
         'reading': "state <> 'pending'"}


def open_to_read(path):
    return contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True))


def as_text(value):
    return None if value is None else str(value)


def columns_of(inventory, table, but=frozenset()):
    return [row[1] for row in inventory.execute(f'PRAGMA table_info({table})') if row[1] not in OF_THE_SENSOR_ALONE | but]


def rows_here(path, table, but=frozenset()):
    """(columns, rows as texts)"""
    with open_to_read(path) as inventory:
        columns = columns_of(inventory, table, but)
        asked = f'SELECT {", ".join(columns)} FROM {table} WHERE {WHICH.get(table, "true")}'
        if table == 'observation':
            asked += ' UNION ALL ' + asked.replace('FROM observation', 'FROM pending')
        return columns, {tuple(map(as_text, row)) for row in inventory.execute(asked)}


def rows_there(centre, path, table, columns):
    with open_to_read(path) as inventory:
        uuid = inventory.execute('SELECT uuid FROM inventory').fetchone()[0]
    names = ', '.join(f'"{name}"' for name in columns)
    found = centre.rows(f"SELECT {names} FROM lasthello.{table} WHERE sensor = '{uuid}'")
    rows = set(map(tuple, found))
    assert len(rows) == len(found), f'{table}: rows stand twice at the centre'
    return rows


def differ(table, here, there):
    if here == there:
        return
    less, more = here - there, there - here
    raise AssertionError(f'{table}: the centre lacks {len(less)} of {len(here)} rows and has {len(more)} others:\n'
                         f'{sorted(map(str, less))[:3]}\n{sorted(map(str, more))[:3]}')


def compare(centre, path):
    for table in TABLES:
        columns, here = rows_here(path, table)
        differ(table, here, rows_there(centre, path, table, columns))


def compare_with_merge(centre, program, folder, path, lost):
    """What was sent of files that were lost, and the one that is there now. Which of several readings counts a merge decides anew."""
    merged = f'{folder}/merged.db'
    with contextlib.suppress(FileNotFoundError):
        os.remove(merged)
    subprocess.run([program, 'merge', *lost, path, '-o', merged], env=ENVIRONMENT, check=True, capture_output=True, timeout=300)
    but = {'observation': {'last_source', 'last_packet'}, 'reading': {'state', 'kept_from', 'name', 'place', 'packets_before', 'packets_after'}}
    for table in TABLES:
        columns, whole = rows_here(merged, table, frozenset(but.get(table, ())))
        differ(table, whole, rows_there(centre, path, table, columns))
