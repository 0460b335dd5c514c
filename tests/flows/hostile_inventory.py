#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""hostile_inventory.py PROGRAM PCAPS [FLIPS]: an inventory from elsewhere is hostile input for `report`: it ends, in time and
in good order, and steers no terminal. Each test is a function; its name is the promise."""
import contextlib
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys

from promises import in_folders, promises_of, try_all

PROGRAM, PCAPS = sys.argv[1], sys.argv[2]
FLIPS = int(sys.argv[3]) if len(sys.argv) > 3 else 30
QUESTIONS = ('summary', 'clients', 'servers', 'suites', 'sessions', 'coverage')
LEVELS, CHILDREN = 12, 300


def report(question, inventory):
    return subprocess.run([PROGRAM, 'report', question, '--format', 'csv', inventory], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          timeout=900)


def whole_file(folder, captures=PCAPS):
    """An inventory in one file, with nothing beside it."""
    inventory = f'{folder}/i.db'
    subprocess.run([PROGRAM, 'read', '-o', inventory, captures], stderr=subprocess.DEVNULL)
    with contextlib.closing(sqlite3.connect(inventory)) as db:
        db.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        db.execute('PRAGMA journal_mode = DELETE')
    return inventory


def interior_page(child, page):
    """A page of a table's tree whose children are all one page."""
    cells = struct.pack('>I', child) + b'\x01'  # and a row id of one byte
    first = page - CHILDREN * len(cells)
    head = struct.pack('>BHHHBI', 5, 0, CHILDREN, first, 0, child)
    pointers = b''.join(struct.pack('>H', first + i * len(cells)) for i in range(CHILDREN))
    return (head + pointers).ljust(first, b'\0') + cells * CHILDREN


def a_tree_that_tells_of_more_rows_than_can_be_counted_ends(folder):
    """Of a small file: the work that is allowed grows with its size, and all of it is done here."""
    inventory = whole_file(folder, f'{PCAPS}/imaps-tls10-ipv4')
    with contextlib.closing(sqlite3.connect(inventory)) as db:
        page, = db.execute('PRAGMA page_size').fetchone()
        root, = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'observation'").fetchone()
    with open(inventory, 'r+b') as file:
        data = bytearray(file.read())
        pages = len(data) // page
        data += data[(root - 1) * page:root * page]  # what the root was: now the last of all
        for level in range(LEVELS):
            data += interior_page(pages + 1 + level, page)
        data[(root - 1) * page:root * page] = interior_page(pages + 1 + LEVELS, page)
        data[28:32] = struct.pack('>I', len(data) // page)
        file.seek(0)
        file.write(data)
    for question in ('summary', 'sessions'):
        done = report(question, inventory)
        assert done.returncode == 1 and b'made to do harm' in done.stderr, (question, done)


def a_flipped_bit_is_an_error_or_an_answer_and_never_a_crash(folder):
    inventory, copy, chance = whole_file(folder), f'{folder}/copy.db', random.Random(1)
    size, noticed = os.path.getsize(inventory), 0
    for _ in range(FLIPS):
        shutil.copy(inventory, copy)
        with open(copy, 'r+b') as file:
            for _ in range(chance.choice((1, 1, 8, 64))):
                at = chance.randrange(size)
                file.seek(at)
                byte = file.read(1)[0]
                file.seek(at)
                file.write(bytes([byte ^ 1 << chance.randrange(8)]))
        done = report(chance.choice(QUESTIONS), copy)
        assert done.returncode in (0, 1) and (done.returncode == 0) == (not done.stderr), done
        noticed += done.returncode
    assert 0 < noticed, noticed


def no_index_of_a_log_is_written_through_a_link(folder):
    """The -shm file is what a reader writes to; a stranger's may lead anywhere."""
    inventory, strange, victim = f'{folder}/i.db', f'{folder}/strange.db', f'{folder}/victim'
    subprocess.run([PROGRAM, 'read', '-o', inventory, f'{PCAPS}/unconfirmed'], stderr=subprocess.DEVNULL)
    with open(victim, 'wb') as file:
        file.write(b'of somebody else')
    with contextlib.closing(sqlite3.connect(inventory)) as db:
        db.execute('UPDATE inventory SET revision = revision + 1')
        db.commit()
        for end in ('', '-wal'):
            shutil.copy(inventory + end, strange + end)
    assert os.path.getsize(strange + '-wal') > 0
    os.symlink(victim, strange + '-shm')
    for words in (['report', strange], ['report', strange, inventory], ['merge', strange, '-o', f'{folder}/all.db']):
        subprocess.run([PROGRAM, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
        with open(victim, 'rb') as file:
            assert file.read() == b'of somebody else', words


if __name__ == '__main__':
    sys.exit(try_all(in_folders(promises_of(globals(), 'folder', helpers=[whole_file]))))
