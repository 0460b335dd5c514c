#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""slow_disk.py PROGRAM: those rows of the table of waits in docs/architecture.md for which a disk must be slow, which strace does: SIGTERM
ends them within five seconds all the same. Needs root and strace (exit status 77 without)."""
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'testbed'), os.path.join(HERE, '..', 'flows')]

import waits  # noqa: E402
import wire  # noqa: E402
import wires  # noqa: E402
from wire import Connection, address  # noqa: E402


@contextlib.contextmanager
def slow(pid, calls, seconds):
    """Each of these calls takes so long, as with a disk or a network file system; needs strace."""
    words = ['-e', f'trace={calls}', '-e', f'inject={calls}:delay_enter={seconds * 1e6:.0f}', '-p', str(pid)]
    with subprocess.Popen(['strace', '-f', '-qq', '-o', 'calls', *words], stderr=subprocess.DEVNULL) as strace:
        try:
            waits.wait_until(lambda: os.path.exists('calls'), 'strace begins')
            yield
        finally:
            strace.kill()


def the_disk_takes_too_long(bed):
    """What was not stored by then is lost, as with a power cut; the inventory is whole."""
    with bed.watch() as process:
        bed.captures(process)
        sensor = waits.children(process.pid)[0]
        with slow(sensor, 'fsync,fdatasync', 600):
            time.sleep(1)
            process.terminate()
            waits.wait_until(lambda: os.path.getsize('calls') > 0, 'the disk is waited for')
            process.wait(waits.BOUND)
        assert 'is killed' in bed.said(), bed.said()
        waits.wait_until(lambda: not waits.is_there(sensor), 'the sensor is gone, too')
    with contextlib.closing(sqlite3.connect('i.db')) as db:
        assert db.execute('PRAGMA integrity_check').fetchone() == ('ok',), 'the inventory is damaged'


def clients_are_looked_at(bed):
    """A look that would take minutes is interrupted."""
    subprocess.run([bed.program, 'read', '-o', 'i.db', 'many.pcap'], check=True, stderr=subprocess.DEVNULL)

    def one_thread_reads():
        with open('calls', encoding='ascii') as file:
            threads = [line.split()[0] for line in file.read().splitlines()[-20:]]
        return len(threads) == 20 and len(set(threads)) == 1
    with bed.watch('--metrics', 'metrics') as process:
        bed.captures(process)
        with wires.sending() as send: # there is something new to look at
            for frame in wire.session(Connection(address(10_000))):
                send(frame)
        with slow(waits.children(process.pid)[0], 'pread64', 0.2):
            waits.wait_until(one_thread_reads, 'a look takes long')
            waits.ends(process)


def main(program):
    wires.enter()
    if not shutil.which('strace'):
        print('no strace')
        return 77
    return waits.run(program, (the_disk_takes_too_long, clients_are_looked_at)) > 0


if __name__ == '__main__':
    PROGRAM = os.path.abspath(sys.argv[1])
    sys.exit(main(PROGRAM))
