#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""files.py PROGRAM [PCAPS [COUNT]]: a folder of COUNT captures (2,000), whose names are in no order, and of which each tenth begins
a session that the next one ends: each is a source, and each session is one. From 100,000 on (tests/long/size) the time for them is held
against that for an eighth of them: of few the start of the program is most of it, and nothing could be told."""
import json
import os
import random
import resource
import sys
import tempfile

import wire
from program import run
from wire import Connection

STEP = 1_000_000  # microseconds from file to file
COST_FROM = 100_000  # files
EIGHTH = 8
COST_MAX = EIGHTH * EIGHTH // 2  # where each file looked at all others it would be 64; a table that grows costs some


def make(folder, count):
    """A rotated capture: one session begins in each file."""
    left = []
    os.mkdir(folder)
    for n, name in enumerate(random.Random(1).sample(range(count), count)):
        frames = wire.session(Connection(wire.address(n)))
        goes_on = n % 10 == 0 and n + 1 < count
        here = left + (frames[:4] if goes_on else frames)
        left = frames[4:] if goes_on else []
        wire.write(f'{folder}/{name:06}.pcap', here, [n * STEP + i * 100 for i in range(len(here))])


def read(program, folder, count):
    """Seconds of processor time."""
    make(f'{folder}/captures', count)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(program, 'read', '-o', f'{folder}/i.db', '--memory', '32', f'{folder}/captures', timeout=7200)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = json.loads(run(program, 'report', '--format', 'json', f'{folder}/i.db').stdout)
    assert (told['sources'], told['clients'], told['trust']['sessions']) == (count, count, count), told
    rows = run(program, 'report', 'coverage', '--format', 'csv', f'{folder}/i.db').stdout.decode().splitlines()
    assert len(rows) == 1 + count and all('complete' in row for row in rows[1:]), (len(rows), rows[:3])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(program, count):
    costs = []
    for files in (count // EIGHTH, count) if count >= COST_FROM else (count,):
        with tempfile.TemporaryDirectory() as folder:
            costs.append(read(program, folder, files))
    assert costs[-1] <= COST_MAX * costs[0], costs
    print(f'{count:,} files: all told and counted once')
    if len(costs) > 1:
        print(f'{costs[1]:.1f} s of processor time; an eighth of them {costs[0]:.1f} s')


main(os.path.abspath(sys.argv[1]), int(sys.argv[3]) if len(sys.argv) > 3 else 2000)
