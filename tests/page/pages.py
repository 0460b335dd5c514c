#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""pages.py PROGRAM PCAPS POLICIES FOLDER: the pages that page.test.js opens: of real captures, of nothing, of hostile names."""
import contextlib
import os
import shutil
import sqlite3
import struct
import subprocess
import sys

PROGRAM, PCAPS, POLICIES, FOLDER = (os.path.realpath(path) for path in sys.argv[1:])
HOSTILE = ['<script>document.title="owned"</script>', '"><img src=x onerror=alert(1)>', "' onmouseover='alert(1)", '&lt;b&gt; & more',
           'evil\u202egpj.exe', '\x1b[31mred', 'x' * 255, '</style></script><svg onload=alert(1)>']
# what a name from the wire can reach
COLUMNS = {'profile': ['server_name', 'provider', 'foreign_protocol', 'login'], 'reading': ['name', 'observer', 'site'],
           'host': ['site'], 'certificate': ['subject', 'issuer'], 'path': ['tunnel'], 'hello': ['ja4']}
# whose hosts they are: with these and the remedies no column of the table is left out
ASSETS = '''address,name,owner,place,note
10.1.0.157,mfp-2nd-floor.example,Print team,Berlin 2.14,scan to mail
10.1.0.17,till-03.example,Shop IT,Hamburg,
10.1.0.29,ups-monitor-a.example,Facilities,Berlin cellar,
10.1.0.156,crm-mailbot.example,Sales systems,,
10.9.0.3,mx-old.example,Mail team,,
'''


def page(inventory, name, *options):
    with open(f'{FOLDER}/{name}.html', 'wb') as out:
        subprocess.run([PROGRAM, 'report', '--format', 'html', '--policy', POLICIES, '--as-of', '2026-11-30', *options, inventory],
                       stdout=out, check=True, cwd=FOLDER)


def read(inventory, *paths):
    subprocess.run([PROGRAM, 'read', '-o', inventory, *paths], stderr=subprocess.DEVNULL)
    with contextlib.closing(sqlite3.connect(inventory)) as db:
        db.execute('PRAGMA wal_checkpoint(TRUNCATE)')


def make_hostile(inventory):
    with contextlib.closing(sqlite3.connect(inventory)) as db:
        for table, columns in COLUMNS.items():
            for column in columns:
                for row, in db.execute(f'SELECT id FROM {table}').fetchall():
                    db.execute(f'UPDATE {table} SET {column} = ? WHERE id = ?', (HOSTILE[row % len(HOSTILE)], row))
        db.commit()


def main():
    read(f'{FOLDER}/real.db', PCAPS)
    with open(f'{FOLDER}/assets.csv', 'w') as assets:
        assets.write(ASSETS)
    known = '--assets', f'{FOLDER}/assets.csv', '--remedies', f'{os.path.dirname(POLICIES)}/remedies'
    page(f'{FOLDER}/real.db', 'real', *known)
    shutil.copy(f'{FOLDER}/real.db', f'{FOLDER}/inventory.db')
    page('inventory.db', 'picture', '--since', '2026-11-20', *known)
    shutil.copy(f'{FOLDER}/real.db', f'{FOLDER}/hostile.db')
    make_hostile(f'{FOLDER}/hostile.db')
    page(f'{FOLDER}/hostile.db', 'hostile', *known)
    with open(f'{FOLDER}/nothing.pcap', 'wb') as capture:  # a head, and no packet
        capture.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    read(f'{FOLDER}/nothing.db', f'{FOLDER}/nothing.pcap')
    page(f'{FOLDER}/nothing.db', 'nothing')


if __name__ == '__main__':
    main()
