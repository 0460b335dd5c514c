#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""test_clock.py PROGRAM WRONG_CLOCK.so: a sensor starts by a wrong clock, which is set right while it watches: in 1970, a day or a year ahead,
three days behind. In the end all that is stored is of today, the seconds in which it was blind included. Needs root (exit status 77 without)."""
import contextlib
import os
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'flows')]

import wire  # noqa: E402
import wires  # noqa: E402
from wire import Connection, address  # noqa: E402

DAY = 86400
EARLY, LATE = 20, 7 # sessions, before and after
PATIENCE = 20


class Clock:
    def __init__(self, path, wrong_by):
        self.path = path
        with open(path, 'wb') as file:
            file.write(struct.pack('=q', wrong_by))

    def put_right(self):
        with open(self.path, 'r+b') as file:
            file.write(struct.pack('=q', 0))


def ask(inventory, question):
    with contextlib.closing(sqlite3.connect(inventory)) as db:
        return db.execute(question).fetchall()


def sessions(inventory):
    with contextlib.suppress(sqlite3.Error):
        return ask(inventory, 'SELECT coalesce(sum(sessions), 0) FROM session_facts')[0][0]
    return 0


def wait_until(is_so, what):
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, f'{what}: not within {PATIENCE} s'
        time.sleep(0.05)


def send(frames):
    with wires.sending() as put:
        for frame in frames:
            put(frame)


def make_inventory(program, path):
    """One that gathers contacts of any connection, as a large one does."""
    nothing = struct.pack('=IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    subprocess.run([program, 'read', '-o', path, '-'], input=nothing, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute('DELETE FROM reading')
        db.execute('UPDATE inventory SET gather_from = 1')


def a_start_by_a_wrong_clock(program, library, folder, wrong_by):
    inventory, clock = f'{folder}/i.db', Clock(f'{folder}/clock', wrong_by)
    make_inventory(program, inventory)
    begun, environment = time.time(), os.environ | {'LD_PRELOAD': library, 'WRONG_CLOCK': clock.path}
    with wires.Program(program, 'watch', '-i', wires.SENSOR, '-o', inventory, '--keep', '30', messages=f'{folder}/messages', env=environment) as watching:
        watching.wait_for(f'{wires.SENSOR}: capturing')
        started = time.monotonic()
        send(frame for n in range(EARLY) for frame in wire.session(Connection(address(n))))
        wait_until(lambda: sessions(inventory) == EARLY, 'the first sessions are stored')
        clock.put_right()
        wrong_for = time.monotonic() - started
        send(frame for n in range(LATE) for frame in wire.session(Connection(address(1000 + n))))
        wait_until(lambda: sessions(inventory) == EARLY + LATE, 'the later sessions are stored')
        subprocess.run(['ip', 'link', 'set', wires.MIRROR, 'down'], check=True)
        time.sleep(wrong_for + 3) # longer than it was wrong
        subprocess.run(['ip', 'link', 'set', wires.MIRROR, 'up'], check=True)
        time.sleep(1.5)
        assert watching.stop() == 0, watching.messages()
        said = watching.messages()
    ended = time.time()
    assert 'what was stored since the start moves along' in said, said
    (first, last), = ask(inventory, 'SELECT min(started) / 1e6, max(ended) / 1e6 FROM source')
    assert begun - 2 < first < last < ended + 2, (first - begun, last - ended, said)
    (first, last, days), = ask(inventory, 'SELECT min(first_seen) / 1e6, max(last_seen) / 1e6, max(day) - min(day) FROM observation')
    assert begun - 2 < first < last < ended + 2 and days <= 1, (first - begun, last - ended, days, said)
    assert sessions(inventory) == EARLY + LATE and ask(inventory, 'SELECT sum(sessions) FROM contact') == [(EARLY + LATE,)]
    (first, last, blind), = ask(inventory, 'SELECT min(minute) * 60, max(minute) * 60, sum(down_seconds) FROM blind')
    assert begun - 120 < first <= last < ended + 60 and blind >= 2, (first - begun, last - ended, blind, said)


def main(program, library):
    wires.enter()
    for name, wrong_by in (('in 1970', 1000 - int(time.time())), ('a day ahead', DAY + 100), ('a year ahead', 400 * DAY), ('three days behind', -3 * DAY)):
        with tempfile.TemporaryDirectory(prefix='lasthello-') as folder:
            os.chmod(folder, 0o777)
            a_start_by_a_wrong_clock(os.path.abspath(program), os.path.abspath(library), folder, wrong_by)
        print(f'ok   a start {name}: all that is stored is of today', flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
