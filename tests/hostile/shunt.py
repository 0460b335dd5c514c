#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""shunt.py PROGRAM [CALLS [SEED]]: the in-kernel offload under faults: each bpf(2) call of a `watch` fails, one a run, or the sensor is killed
in it. With the offload or without, the sessions are stored, the packets that were sent are counted, and where it was not to be had one message
says so; after a kill the next run goes on. CALLS of them, drawn at random (8 unless told otherwise; 0: all). Needs root, strace and a kernel
that takes eBPF programs (exit status 77 without)."""
import contextlib
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'testbed'), os.path.join(HERE, '..', 'flows')]

import waits  # noqa: E402
import wire  # noqa: E402
import wires  # noqa: E402
from wire import Connection, address  # noqa: E402

SESSIONS, BULK = 5, 40
PATIENCE = 30
ERRORS = ('EPERM', 'ENOMEM', 'EINVAL', 'E2BIG', 'EBUSY')


class Run:
    """A `watch` behind strace."""

    def __init__(self, program, inventory, *inject):
        self.strace = wires.Program('strace', '-f', '-qq', '-o', 'calls', '-e', 'trace=bpf', *inject, program, 'watch', '-i', wires.SENSOR, '-o',
                                    inventory, messages='messages')
        self.strace.wait_for(f'{wires.SENSOR}: capturing', PATIENCE)

    def send(self, first):
        """Whole sessions, and bulk in each. Returns how many frames."""
        frames, later = [], []
        for n in range(SESSIONS):
            connection = Connection(address(first + n))
            frames += wire.session(connection)
            later += [connection.server(wire.record(23, bytes(1300))) for _ in range(BULK)]
        with wires.sending() as send:
            for frame in frames:
                send(frame)
            for frame in later:  # slowly: the worker asks the kernel to hold the rest back
                send(frame)
                time.sleep(0.002)
        return len(frames) + len(later)

    def stop(self):
        for monitor in waits.children(self.strace.process.pid):
            os.kill(monitor, signal.SIGTERM)
        return self.strace.process.wait(PATIENCE)


def counted(inventory):
    with contextlib.closing(sqlite3.connect(inventory)) as db:
        assert db.execute('PRAGMA integrity_check').fetchone() == ('ok',)
        sessions = db.execute('SELECT coalesce(sum(sessions), 0) FROM observation').fetchone()[0]
        return sessions, db.execute('SELECT coalesce(sum(packets), 0) FROM coverage').fetchone()[0]


def clear():
    for name in os.listdir('.'):
        os.remove(name)


def calls_of(program):
    clear()
    run = Run(program, 'i.db')
    run.send(0)
    time.sleep(1.5)
    assert run.stop() == 0, run.strace.messages()
    with open('calls', encoding='utf-8', errors='replace') as file:
        calls = [line for line in file if re.match(r'\d+ +bpf\(', line)]
    if not any('BPF_MAP_UPDATE_ELEM' in line for line in calls):
        print('this kernel takes no eBPF program of ours')
        sys.exit(77)
    return len(calls)


def fail_one(program, when, error):
    clear()
    run = Run(program, 'i.db', '-e', f'inject=bpf:error={error}:when={when}')
    sent = run.send(0)
    time.sleep(1.5)
    assert run.stop() == 0, run.strace.messages()
    assert counted('i.db') == (SESSIONS, sent), f'(sessions, packets) {counted("i.db")}, not {(SESSIONS, sent)}: {run.strace.messages()}'
    assert run.strace.messages().count('\n') <= 3, run.strace.messages()


def kill_in_one(program, when):
    """What was committed stays, and another run counts on."""
    clear()
    with contextlib.suppress(AssertionError, OSError):  # it ends while it starts, or while there is traffic
        run = Run(program, 'i.db', '-e', f'inject=bpf:signal=SIGKILL:when={when}')
        run.send(0)
        time.sleep(1.5)
        run.stop()
    before = counted('i.db') if os.path.exists('i.db') and os.path.getsize('i.db') else (0, 0)
    run = Run(program, 'i.db')
    sent = run.send(SESSIONS)
    time.sleep(1.5)
    assert run.stop() == 0, run.strace.messages()
    assert counted('i.db') == (before[0] + SESSIONS, before[1] + sent), f'{counted("i.db")} after {before}'


def main(program, calls='8', seed=None):
    if not shutil.which('strace'):
        print('needs strace')
        return 77
    wires.enter()
    program, seed, failed = os.path.abspath(program), seed or str(random.randrange(1 << 32)), 0
    print(f'seed {seed}')
    with tempfile.TemporaryDirectory(prefix='lasthello-') as folder, contextlib.chdir(folder):
        os.chmod(folder, 0o777)
        count, draw = calls_of(program), random.Random(seed)
        faults = [(fail_one, when, draw.choice(ERRORS)) for when in range(1, count + 1)]
        faults += [(kill_in_one, when) for when in range(1, count + 1)]
        if int(calls) > 0:
            faults = draw.sample(faults, min(int(calls), len(faults)))
        for fault, *what in faults:
            try:
                fault(program, *what)
            except (AssertionError, subprocess.TimeoutExpired) as why:
                failed += 1
                print('FAIL', fault.__name__, *what, str(why)[:500], flush=True)
    print(f'{len(faults)} faults in {count} calls, {failed} wrong')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
