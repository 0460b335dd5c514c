#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""blocks.py PROGRAM [PCAPS [COUNT [SEED]]]: a rotated capture is read in blocks by GNU parallel, and the inventories are folded in any way: what
is said is what one `read` of the folder says, also of connections that go on over the borders, for hours, or fall silent there for longer than a
flow is remembered. Only scans may stand at another file: the one where their block ends, in place of the last one of all."""
import csv
import functools
import os
import random
import subprocess
import sys
import tempfile

import histories
import merge
from promises import of_seeds, try_all, with_arguments

HOUR = 3_600_000_000  # microseconds
SHELL = {'shell': True, 'check': True, 'executable': '/bin/bash', 'stderr': subprocess.PIPE, 'timeout': 300}


def long_ones(draw, begin, count):
    """Sessions whose packets lie far apart: a connection is forgotten when it was silent for two hours."""
    packets = []
    for client in range(count):
        at, step = begin + draw.randrange(1_000_000), draw.choice((1_000_000, HOUR, HOUR * 3 // 2, 3 * HOUR))
        for frame in histories.a_session(draw, 5000 + client):
            at += 1 + draw.randrange(step)
            packets.append((at, frame))
    return packets


def rotated(folder, draw):
    """A capture in some files, cut anywhere."""
    packets = draw.choice((histories.packets_of, merge.over_days))(draw, 0, 60)
    packets = sorted(packets + long_ones(draw, packets[0][0], 6), key=lambda packet: packet[0])
    cuts = sorted(draw.sample(range(1, len(packets)), draw.randrange(3, 12)))
    os.mkdir(folder)
    for number, (first, last) in enumerate(zip([0, *cuts], [*cuts, len(packets)])):
        histories.save(f'{folder}/{number:02}.pcap', histories.classic(packets[first:last]))


def without_scans(answer):
    rows = list(csv.reader(answer.decode().splitlines()))
    at = rows[0].index('scans')
    return [row[:at] + row[at + 1:] for row in rows]


def answers(program, path):
    told = dict(zip(merge.QUESTIONS, merge.answers(program, path)))
    return {**told, 'coverage': without_scans(told['coverage'])}


def fold_in_all_ways(folder, program, blocks):
    shell = {**SHELL, 'cwd': folder, 'env': {**os.environ, 'lasthello': program}}
    subprocess.run(f'parallel --will-cite -j 2 \'"$lasthello" read --block {{}}/{blocks} -o part{{}}.db capture\' ::: $(seq {blocks})', **shell)
    subprocess.run('printf "%s\\n" part*.db | parallel --will-cite -j 2 -N 2 \'"$lasthello" merge {} -o level{#}.db\' &&'
                   ' "$lasthello" merge level*.db -o tree.db', **shell)
    subprocess.run('for part in part*.db; do "$lasthello" merge "$part" -o fold.db || exit; done', **shell)
    subprocess.run('for part in $(ls part*.db level*.db part*.db | shuf --random-source=capture/00.pcap); do'
                   ' "$lasthello" merge "$part" -o shuffled.db || exit; done', **shell)
    subprocess.run(f'for i in $(seq {blocks} -1 1) 1; do "$lasthello" read --block $i/{blocks} -o same.db capture || exit; done', **shell)
    return 'tree', 'fold', 'shuffled', 'same'


def a_folder_in_blocks_is_one_capture(program, seed):
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        rotated(f'{folder}/capture', draw)
        subprocess.run([program, 'read', '-o', 'one.db', 'capture'], cwd=folder, stderr=subprocess.DEVNULL, check=True, timeout=300)
        expected = answers(program, f'{folder}/one.db')
        for name in fold_in_all_ways(folder, program, draw.randrange(2, 6)):
            found = answers(program, f'{folder}/{name}.db')
            for question, rows in expected.items():
                assert rows == found[question], f'{name}: {question}:\n  {rows}\n  {found[question]}'


def what_is_no_part_of_a_folder_is_refused(program):
    for words in (('3',), ('0/4',), ('5/4',), ('x/4',), ('1/0',), ('1/2', '-'), ('1/2', '--tap', 'a+b')):
        done = subprocess.run([program, 'read', '-o', '/nonexistent/one.db', '--block', *words, *([] if '-' in words else ['.'])],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 2 and '--block' in done.stderr, f'--block {words}: {done.returncode}: {done.stderr}'


def main():
    program = os.path.abspath(sys.argv[1])
    seeds = of_seeds('a folder in blocks is one capture, seed', functools.partial(a_folder_in_blocks_is_one_capture, program), 3)
    return try_all(with_arguments([what_is_no_part_of_a_folder_is_refused], program) + seeds)


if __name__ == '__main__':
    sys.exit(main())
