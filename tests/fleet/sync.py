#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""sync.py PROGRAM PCAPS [LIBRARY]: `lasthello sync --once` brings an inventory into a PostgreSQL as it is, and then only what has changed."""
import os
import shutil
import struct
import subprocess
import sys
import tempfile

from centre import Centre
from rows import ENVIRONMENT, compare, compare_with_merge


def run(program, *words, status=0, environment=None):
    done = subprocess.run([program, *words], env={**ENVIRONMENT, **(environment or {})}, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == status, f'{words}: {done.returncode}\n{done.stdout}{done.stderr}'
    return done.stdout + done.stderr


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
    compare_with_merge(centre, program, folder, path, [f'{folder}/lost.db'])
    assert centre.psql('SELECT epoch FROM lasthello.sensor').strip() == '2'


def try_wrong_clock(program, library, centre, folder):
    """The sensor's clock is two hours ahead: rows keep its times, and the centre says so."""
    with open(f'{folder}/clock', 'wb') as file:
        file.write(struct.pack('=q', 7200))
    run(program, 'sync', '--once', f'{folder}/berlin.db', centre.url('berlin'), environment={'LD_PRELOAD': library, 'WRONG_CLOCK': f'{folder}/clock'})
    offset, trouble = centre.rows('SELECT clock_offset_seconds, trouble FROM lasthello.sensors')[0]
    assert 7100 < float(offset) < 7300 and 'wrong clock' in trouble, (offset, trouble)
    run(program, 'sync', '--once', f'{folder}/berlin.db', centre.url('berlin'))
    assert 'clock' not in (centre.rows('SELECT trouble FROM lasthello.sensors')[0][0] or '')


def main():
    program, pcaps = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder, Centre() as centre:
        centre.install(program)
        centre.add_sensor('berlin')
        try_once(program, pcaps, centre, folder)
        try_rollback(program, pcaps, centre, folder)
        if len(sys.argv) > 3:
            try_wrong_clock(program, os.path.abspath(sys.argv[3]), centre, folder)
    print('an inventory came to the centre as it is, and its changes, and what a lost file had told stayed')


main()
