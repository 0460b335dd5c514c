#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""sync.py PROGRAM PCAPS: `lasthello sync --once` brings an inventory into a PostgreSQL as it is, and then only what has changed."""
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

from centre import Centre

# What a sensor has and the centre has from it.
TABLES = ('host', 'host_name', 'path', 'hello', 'answer', 'certificate', 'profile', 'tombstone', 'observation', 'fate', 'unknown', 'blind', 'reading')
OF_THE_SENSOR_ALONE = {'owner', 'gathered', 'revision'}
ENVIRONMENT = {**os.environ, 'LASTHELLO_CONF': '', 'TZ': 'UTC'}


def run(program, *words, status=0):
    done = subprocess.run([program, *words], env=ENVIRONMENT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == status, f'{words}: {done.returncode}\n{done.stdout}{done.stderr}'
    return done.stdout + done.stderr


def columns_of(inventory, table):
    return [row[1] for row in inventory.execute(f'PRAGMA table_info({table})') if row[1] not in OF_THE_SENSOR_ALONE]


def as_text(value):
    return None if value is None else str(value)


def rows_here(path, table):
    with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True)) as inventory:
        columns = columns_of(inventory, table)
        found = [tuple(map(as_text, row)) for row in inventory.execute(f'SELECT {", ".join(columns)} FROM {table}')]
    return columns, sorted(found, key=repr)


def compare(centre, path):
    """Row by row; what is pending at the sensor is nowhere else."""
    with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True)) as inventory:
        uuid = inventory.execute('SELECT uuid FROM inventory').fetchone()[0]
    for table in TABLES:
        columns, here = rows_here(path, table)
        names = ', '.join(f'"{name}"' for name in columns)
        there = sorted(map(tuple, centre.rows(f"SELECT {names} FROM lasthello.{table} WHERE sensor = '{uuid}'")), key=repr)
        assert here == there, f'{table}: {len(here)} rows here, {len(there)} at the centre'


def captures(pcaps, first, last):
    names = sorted(name for name in os.listdir(pcaps) if os.path.isdir(f'{pcaps}/{name}'))
    return [f'{pcaps}/{name}' for name in names[first:last]]


def try_once(program, pcaps, centre, folder):
    path = f'{folder}/berlin.db'
    run(program, 'read', '-o', path, *captures(pcaps, 0, 40))
    run(program, 'sync', '--once', path, centre.url('berlin'))
    compare(centre, path)
    assert '; 0 rows' in run(program, 'sync', '--once', path, centre.url('berlin'))
    before = os.stat(path).st_mtime_ns
    run(program, 'read', '-o', path, *captures(pcaps, 40, 60))
    run(program, 'sync', '--once', path, centre.url('berlin'))
    compare(centre, path)
    assert os.stat(path).st_mtime_ns >= before


def try_rollback(program, pcaps, centre, folder):
    """A backup is put back: all is sent anew, and what only the lost file had told stays."""
    path, backup = f'{folder}/berlin.db', f'{folder}/backup.db'
    shutil.copy(path, backup)
    run(program, 'read', '-o', path, *captures(pcaps, 60, 70))
    run(program, 'sync', '--once', path, centre.url('berlin'))
    shutil.copy(path, f'{folder}/lost.db')
    shutil.copy(backup, path)
    for name in (f'{path}-wal', f'{path}-shm'):
        if os.path.exists(name):
            os.remove(name)
    run(program, 'read', '-o', path, *captures(pcaps, 70, 90))
    run(program, 'sync', '--once', path, centre.url('berlin'))
    run(program, 'merge', f'{folder}/lost.db', path, '-o', f'{folder}/all.db')
    columns, whole = rows_here(f'{folder}/all.db', 'observation')
    whole = {*whole, *rows_here(f'{folder}/all.db', 'pending')[1]}  # what another reading has, too, stands aside there
    there = set(map(tuple, centre.rows(f'SELECT {", ".join(columns)} FROM lasthello.observation')))
    assert there == whole, f'{len(there)} rows at the centre, {len(whole)} in a merge of what was sent'
    assert centre.psql('SELECT epoch FROM lasthello.sensor').strip() == '2'


def main():
    program, pcaps = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder, Centre() as centre:
        centre.install(program)
        centre.add_sensor('berlin')
        try_once(program, pcaps, centre, folder)
        try_rollback(program, pcaps, centre, folder)
    print('an inventory came to the centre as it is, and its changes, and what a lost file had told stayed')


main()
