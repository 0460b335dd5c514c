#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""merge.py PROGRAM [PCAPS [COUNT [SEED]]]: sensors with an inventory each read captures, copies of them, longer and shorter ones, are killed,
forget old days, and are copied to other machines in all states. In whatever order, grouping and repetition these files are merged, killed on the
way or not, every view and every report says the same, byte for byte. Where nothing is forgotten and each capture was read whole somewhere, it is
what one inventory says of them. COUNT random fleets; a failure names its seed."""
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

import histories
from program import run

VIEWS = ('session_facts', 'legacy_clients', 'legacy_servers', 'trend', 'changes', 'verdicts', 'coverage', 'hosts', 'host_names')
QUESTIONS = ('summary', 'clients', 'verdicts', 'servers', 'sessions', 'coverage', 'changes', 'trend')
DAY = 86_400_000_000
LAST_DAY = '2023-12-31'  # after all captures


def over_days(draw, first, count):
    """Sessions of several days: (microseconds, frame)."""
    packets, at = [], draw.randrange(DAY)
    for _ in range(count):
        at += draw.randrange(DAY // 6)
        then = at
        for frame in histories.a_session(draw, first + draw.randrange(1 + count // 2)):
            then += draw.randrange(1, 50_000)
            packets.append((then, frame))
    return sorted(packets, key=lambda packet: packet[0])


def is_made(path):
    """One that was killed at once may be empty."""
    if not os.path.exists(path):
        return False
    with contextlib.closing(sqlite3.connect(path)) as inventory:
        return inventory.execute('SELECT count(*) FROM sqlite_master').fetchone()[0] > 0


def rows_of(path):
    """What the views say, in their own order."""
    with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True)) as inventory:
        assert inventory.execute('PRAGMA integrity_check').fetchone() == ('ok',)
        return {view: inventory.execute(f'SELECT * FROM {view}').fetchall() for view in VIEWS}


class Fleet(histories.History):
    def __init__(self, program, folder, seed):
        super().__init__(program, folder, seed)
        draw = self.draw
        self.captures.append(over_days(draw, 70_000, draw.choice((5, 30))))
        self.files.append(histories.save(f'{folder}/days.pcap', histories.classic(self.captures[-1])))
        self.has_more.append(False)
        self.gathers_early = draw.random() < 0.5
        self.sensors = [f'{folder}/sensor{i}.db' for i in range(draw.randrange(2, 5))]
        self.forgets = draw.random() < 0.5
        self.copies, self.merged = [], []

    # ---- what sensors do

    def copy(self, sensor):
        """The inventory as it is at this moment, on another machine."""
        if not is_made(sensor):
            return
        path = f'{self.folder}/copy{len(self.copies)}.db'
        with contextlib.closing(sqlite3.connect(sensor)) as one, contextlib.closing(sqlite3.connect(path)) as other:
            one.backup(other)
        self.copies.append(path)

    def work(self):
        draw = self.draw
        steps = [(*self.whole(i), False) for i in range(len(self.files))] + [((), [self.rotated], False)]
        steps += [(*self.other(), draw.random() < 0.25) for _ in range(draw.randrange(4, 14))]
        draw.shuffle(steps)
        for options, paths, is_killed in steps:
            sensor = draw.choice(self.sensors)
            keep = ('--keep', str(draw.randrange(1, 4))) if self.forgets and draw.random() < 0.4 else ()
            if self.gathers_early and not os.path.exists(sensor):
                self.read((), [self.files[0]], inventory=sensor)
                with contextlib.closing(sqlite3.connect(sensor)) as inventory, inventory:
                    inventory.execute('UPDATE inventory SET gather_from = 1')
            self.read((*options, *keep), paths, draw.uniform(0.005, 0.12) if is_killed and options != histories.MORE_PORTS else None,
                      inventory=sensor)
            if draw.random() < 0.3:
                self.copy(sensor)

    # ---- merges

    def merge(self, inputs, output, kill_after=None):
        self.steps.append(f'merge {" ".join((*inputs, "-o", output))}' + (f', killed after {kill_after:.3f} s' if kill_after else ''))
        process = subprocess.Popen([self.program, 'merge', *inputs, '-o', output], stderr=subprocess.PIPE)
        if kill_after:
            time.sleep(kill_after)
            process.send_signal(signal.SIGKILL)
        said = process.communicate(timeout=120)[1].decode()
        if not kill_after and process.returncode != 0:
            raise AssertionError(f'exit {process.returncode}: {said}')

    def new_name(self):
        self.merged.append(f'{self.folder}/merged{len(self.merged)}.db')
        return self.merged[-1]

    def merge_somehow(self, inputs):
        """A tree of merges; its last one has all of the inputs, some of them twice."""
        draw, left = self.draw, list(inputs)
        draw.shuffle(left)
        while len(left) > 1 and draw.random() < 0.7:
            some = [left.pop() for _ in range(min(len(left), draw.randrange(1, 4)))]
            name = draw.choice(left) if left and left[-1] in self.merged and draw.random() < 0.3 else self.new_name()
            self.merge(some, name)
            left = [path for path in left if path != name] + [name]
            draw.shuffle(left)
        left += draw.sample(inputs, draw.randrange(2))
        name = self.new_name()
        if draw.random() < 0.4:
            self.merge(left, name, draw.uniform(0.001, 0.06))
        if draw.random() < 0.3:
            self.merge([draw.choice(left)], name)
        self.merge(left, name)
        if draw.random() < 0.3:
            self.merge([draw.choice(left), name], name)
        return name

    def all_of(self, name):
        """All that can be asked; the file has the same name each time."""
        path = f'{self.folder}/all.db'
        shutil.copy(name, path)
        self.check_contacts(path)
        told = rows_of(path)
        for question in QUESTIONS:
            for form in ('csv', 'json'):
                told[f'{question} as {form}'] = run(self.program, 'report', question, '--format', form, '--as-of', LAST_DAY, path).stdout
        return told

    @staticmethod
    def check_contacts(path):
        """They follow from observations, wherever they were gathered."""
        with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True)) as inventory:
            for name, of_observations, standing in histories.CONTACTS:
                for one, other in ((of_observations, standing), (standing, of_observations)):
                    wrong = inventory.execute(f'{one} EXCEPT {other} LIMIT 3').fetchall()
                    assert not wrong, f'{name}: {wrong}'

    def compare_merges(self):
        inputs = self.copies + [sensor for sensor in self.sensors if is_made(sensor)]
        expected = None
        for _ in range(4):
            name = self.merge_somehow(inputs)
            found = self.all_of(name)
            expected = expected or found
            for key, value in expected.items():
                if found[key] != value:
                    one, other = (rows if isinstance(rows, list) else rows.splitlines() for rows in (value, found[key]))
                    different = [pair for pair in zip(one, other) if pair[0] != pair[1]]
                    raise AssertionError(f'{key}: {len(one)} and {len(other)} rows: {different[:2]}')
        leftovers = [file for file in os.listdir(self.folder) if '.merging' in file and not self.was_killed(file)]
        assert not leftovers, leftovers
        self.inventory = name

    def was_killed(self, file):
        return any(step.startswith('merge') and 'killed' in step and file.split('.merging')[0] in step for step in self.steps)

    def compare_with_one(self):
        if self.forgets:
            return
        plain = f'{self.folder}/plain.db'
        for i in range(len(self.files)):
            self.read(*self.whole(i), inventory=plain)
        self.read((), [self.rotated], inventory=plain)
        expected, found = self.told(plain), self.told(self.inventory)
        for question in histories.QUESTIONS:
            more, less = found[question] - expected[question], expected[question] - found[question]
            assert not more and not less, f'{question}: too much: {list(more)[:3]}\n  too little: {list(less)[:3]}'


def tell(program, seed):
    """None, or what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        fleet = Fleet(program, folder, seed)
        try:
            fleet.work()
            fleet.compare_merges()
            fleet.compare_with_one()
        except AssertionError as error:
            if os.environ.get('MERGE_KEEP'):
                shutil.copytree(folder, os.environ['MERGE_KEEP'], symlinks=True, dirs_exist_ok=True)
            return f'{error}\n  history:\n    ' + '\n    '.join(fleet.steps)
    return None


def main():
    program, count = os.path.abspath(sys.argv[1]), int(sys.argv[3]) if len(sys.argv) > 3 else 10
    first = int(sys.argv[4]) if len(sys.argv) > 4 else random.randrange(10**9) if count > 10 else 1
    failed = 0
    for seed in range(first, first + count):
        wrong = tell(program, seed)
        failed += wrong is not None
        if wrong:
            print(f'FAIL fleet {seed}: {wrong}', flush=True)
    print(f'{count - failed} passed, {failed} failed')
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
