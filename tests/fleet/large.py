#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""large.py PROGRAM FILL: a reading with more rows than one transaction takes, a reading whose clock was set, and one of which days were forgotten:
the centre has, row by row, what the inventory has. Two minutes and more."""
import contextlib
import os
import sqlite3
import subprocess
import sys
import tempfile

from centre import Centre
from rows import ENVIRONMENT, compare

DAY = 86_400_000_000
MANY = ("UPDATE inventory SET revision = 2000", "UPDATE observation SET revision = 1 + abs(random()) % 2000",
        "UPDATE reading SET revision = 2000, kind = 'interface'")
MOVED = ("UPDATE inventory SET revision = 2001",
         f"UPDATE observation SET first_seen = first_seen - {3 * DAY}, last_seen = last_seen - {3 * DAY}, day = day - 3, revision = 2001",
         f"UPDATE reading SET moved = -{3 * DAY}, started = started - {3 * DAY}, ended = ended - {3 * DAY}, revision = 2001",
         "INSERT INTO blind (source, minute, dropped, interface_dropped, down_seconds) SELECT id, 5, 1, 0, 0 FROM reading")
FORGOTTEN = ("UPDATE inventory SET revision = 2002", "DELETE FROM observation WHERE day < (SELECT max(day) FROM observation)",
             "UPDATE reading SET kept_from = (SELECT max(day) FROM observation), revision = 2002", "DELETE FROM blind",
             "DELETE FROM profile WHERE id NOT IN (SELECT profile FROM observation)")


def change(path, statements):
    with contextlib.closing(sqlite3.connect(path)) as inventory, inventory:
        for statement in statements:
            inventory.execute(statement)


def main():
    program, fill = (os.path.abspath(path) for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder, Centre() as centre:
        centre.install(program)
        centre.add_sensor('berlin')
        path = f'{folder}/berlin.db'
        subprocess.run([fill, path, '230000', '1'], check=True, stdout=subprocess.DEVNULL)
        for statements in (MANY, MOVED, FORGOTTEN):
            change(path, statements)
            subprocess.run([program, 'sync', '--once', path, centre.url('berlin')], env=ENVIRONMENT, check=True, stderr=subprocess.DEVNULL, timeout=1200)
            compare(centre, path)
            if statements is MANY:
                transactions = int(centre.psql('SELECT count(DISTINCT xmin::text) FROM lasthello.observation'))
                assert transactions > 1, f'{transactions} transactions'
    print('the centre has what the inventory has: in several transactions, after the clock was set, after days were forgotten')


main()
