#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""merge.py PROGRAM [PCAPS [COUNT [SEED]]]: sensors with an inventory each read captures, copies of them, longer and shorter ones, are killed,
forget old days, and are copied to other machines in all states. In whatever order, grouping and repetition these files are merged, killed on the
way or not, every view and every report says the same, byte for byte. Where nothing is forgotten and each capture was read whole somewhere, it is
what one inventory says of them. COUNT random fleets; a failure names its seed."""
import contextlib
import fcntl
import functools
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
from promises import explained, in_folders, kept_if_it_fails, of_seeds, try_all

VIEWS = ('session_facts', 'legacy_clients', 'legacy_servers', 'trend', 'changes', 'verdicts', 'coverage', 'hosts', 'host_names')
QUESTIONS = ('summary', 'clients', 'verdicts', 'servers', 'suites', 'sessions', 'coverage', 'changes', 'trend')
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
        self.forms = (('csv', 'json') * len(QUESTIONS))[seed % 2:]  # what one fleet is asked as CSV, the next one is as JSON
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
        for question, form in zip(QUESTIONS, self.forms):
            told[f'{question} as {form}'] = run(self.program, 'report', question, '--format', form, '--as-of', LAST_DAY, path).stdout
        return told

    @staticmethod
    def check_contacts(path):
        """They follow from observations, wherever they were gathered."""
        with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True)) as inventory:
            assert not inventory.execute(histories.BEYOND_READING).fetchall(), f'{path}: rows that were changed after their reading'
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


# ---- promises --------------------------------------------------------------------------------------------------------------------

def make(program, folder, name, *options, seed=7, first=0):
    """An inventory of a capture of its own."""
    capture = histories.save(f'{folder}/{name}.pcap', histories.classic(over_days(random.Random(seed), first, 20)))
    run(program, 'read', '-o', f'{folder}/{name}.db', *options, capture)
    return f'{folder}/{name}.db'


def merge(program, *arguments):
    done = run(program, 'merge', *arguments, check=False)
    return done.returncode, done.stderr.decode()


def answers(program, *paths):
    """What reports say, as rows: the names of files are no part of it."""
    return [run(program, 'report', question, '--format', 'csv', '--as-of', LAST_DAY, *paths).stdout for question in QUESTIONS]


def what_is_broken_is_named_and_the_others_are_merged(program, folder):
    good, other, bad = (make(program, folder, name, seed=seed, first=1000 * seed) for seed, name in enumerate(('good', 'other', 'bad')))
    with open(bad, 'r+b') as file:  # pages in its middle
        file.seek(os.path.getsize(bad) // 4)
        file.write(b'\x5a' * (os.path.getsize(bad) // 2))
    foreign, text, gone = f'{folder}/foreign.db', f'{folder}/text.db', f'{folder}/gone.db'
    with contextlib.closing(sqlite3.connect(foreign)) as database:
        database.execute('CREATE TABLE reading (id INTEGER PRIMARY KEY)')
    histories.save(text, b'no database at all, ' * 1000)
    code, said = merge(program, good, bad, foreign, text, gone, other, '-o', f'{folder}/all.db')
    assert code == 1 and all(path in said for path in (bad, foreign, text, gone)), said
    assert merge(program, good, other, '-o', f'{folder}/both.db')[0] == 0
    assert answers(program, f'{folder}/all.db') == answers(program, f'{folder}/both.db')
    code, said = merge(program, bad, gone, '-o', f'{folder}/none.db')
    assert code == 1 and gone in said and not os.path.exists(f'{folder}/none.db'), said


def what_a_stranger_put_into_it_is_refused(program, folder):
    good, strange = make(program, folder, 'good'), make(program, folder, 'strange', seed=8)
    with contextlib.closing(sqlite3.connect(strange)) as inventory:
        inventory.execute('CREATE TRIGGER more AFTER INSERT ON reading BEGIN DELETE FROM reading; END')
    code, said = merge(program, strange, good, '-o', f'{folder}/all.db')
    assert code == 1 and strange in said and "'more'" in said, said
    assert answers(program, f'{folder}/all.db') == answers(program, good)


def rows_that_nobody_would_find_are_not_taken(program, folder):
    """Ids of observations that do not lie with those of their reading; a reading that claims what another has."""
    one, other = make(program, folder, 'one'), make(program, folder, 'other', seed=8, first=500)
    with contextlib.closing(sqlite3.connect(other)) as inventory, inventory:
        kept = inventory.execute('SELECT count(*) FROM observation').fetchone()[0]
        inventory.execute('UPDATE observation SET id = (id + (1 << 52)) & 9223372036854775807 WHERE id IN (SELECT id FROM observation LIMIT 3)')
    assert merge(program, other, one, '-o', f'{folder}/all.db')[0] == 0
    with contextlib.closing(sqlite3.connect(f'{folder}/all.db')) as inventory:
        found = inventory.execute('SELECT count(*) FROM observation WHERE source IN (SELECT id FROM reading WHERE name LIKE ?)', ('%other.pcap',)).fetchone()[0]
    assert found == kept - 3, (found, kept)


def sites_keep_equal_private_addresses_apart(program, folder):
    berlin, paris = make(program, folder, 'berlin', '--site', 'berlin'), make(program, folder, 'paris', '--site', 'paris')
    code, said = merge(program, berlin, paris, '-o', f'{folder}/all.db')
    assert code == 0 and said == '', said
    with contextlib.closing(sqlite3.connect(f'{folder}/all.db')) as inventory:
        sites = inventory.execute('SELECT count(DISTINCT site), count(*), count(DISTINCT address) FROM host').fetchone()
        assert sites[0] == 2 and sites[1] == 2 * sites[2], sites
    one = sum(row[0] for row in sqlite3.connect(berlin).execute('SELECT sessions FROM observation'))
    assert sum(row[0] for row in sqlite3.connect(f'{folder}/all.db').execute('SELECT sessions FROM observation')) == 2 * one


def sensors_without_a_site_are_told_of(program, folder):
    one, other = make(program, folder, 'one'), make(program, folder, 'other', seed=8)
    with contextlib.closing(sqlite3.connect(other)) as inventory, inventory:
        inventory.execute("UPDATE reading SET observer = 'another sensor'")
    code, said = merge(program, one, other, '-o', f'{folder}/all.db')
    assert code == 0 and '--site' in said, said


def several_are_reported_as_one(program, folder):
    paths = [make(program, folder, f's{seed}', seed=seed, first=100 * seed) for seed in range(3)]
    assert merge(program, *paths, '-o', f'{folder}/all.db')[0] == 0
    merged = answers(program, f'{folder}/all.db')
    assert merged == answers(program, *paths) == answers(program, *reversed(paths)) != answers(program, paths[0])
    done = run(program, 'report', 'coverage', '--format', 'csv', '--no-sandbox', *paths, f'{folder}/gone.db', check=False)
    assert done.returncode == 1 and b'gone.db' in done.stderr and done.stdout == merged[QUESTIONS.index('coverage')]


def what_was_forgotten_does_not_come_back(program, folder):
    old = make(program, folder, 'old')
    new = shutil.copy(old, f'{folder}/new.db')
    run(program, 'read', '--keep', '1', '-o', new, f'{folder}/old.pcap')
    for name, paths in (('a.db', (old, new)), ('b.db', (new, old)), ('a.db', (old,))):
        assert merge(program, *paths, '-o', f'{folder}/{name}')[0] == 0
        assert answers(program, f'{folder}/{name}') == answers(program, new) != answers(program, old), name


def an_archive_is_read_in_parallel_and_folded_in_any_way(program, folder):
    """A folder a job, then a tree, a fold, and a shuffled fold with repeats; beside one `read` of all folders."""
    draw, parts = random.Random(5), 6
    for i in range(parts):
        os.mkdir(f'{folder}/day{i}')
        packets = over_days(draw, 40 * i, 24)
        half = len(packets) // 2
        for name, part in (('1.pcap', packets[:half]), ('2.pcap', packets[half:])):
            histories.save(f'{folder}/day{i}/{name}', histories.classic(part))
    shell = {'shell': True, 'check': True, 'cwd': folder, 'executable': '/bin/bash', 'stderr': subprocess.PIPE, 'timeout': 300,
             'env': {**os.environ, 'lasthello': program}}
    subprocess.run('"$lasthello" read -o one.db day*/', **shell)
    subprocess.run('parallel --will-cite -j 2 \'"$lasthello" read -o {/}.db {}\' ::: day*', **shell)
    subprocess.run('printf "%s\\n" day*.db | parallel --will-cite -j 2 -N 2 \'"$lasthello" merge {} -o level{#}.db\' &&'
                   ' "$lasthello" merge level*.db -o tree.db', **shell)
    subprocess.run('for part in day*.db; do "$lasthello" merge "$part" -o fold.db || exit; done', **shell)
    subprocess.run('for part in day3.db day5.db level1.db day0.db day3.db day4.db tree.db day2.db day1.db; do'
                   ' "$lasthello" merge "$part" -o shuffled.db || exit; done', **shell)
    expected = answers(program, f'{folder}/one.db')
    for name in ('tree', 'fold', 'shuffled'):
        for question, one, other in zip(QUESTIONS, expected, answers(program, f'{folder}/{name}.db')):
            assert one == other, f'{name}: {question}: {list(zip(one.splitlines(), other.splitlines()))[:3]}'


def one_merge_at_a_time_makes_an_inventory(program, folder):
    """Another one is told to wait; what a broken off one has left is no hindrance, and nothing is left beside the result."""
    one, output = make(program, folder, 'one'), f'{folder}/all.db'
    histories.save(f'{output}.merging', b'half an inventory, ' * 10_000)
    histories.save(f'{output}.merging-journal', b'what was to be rolled back')
    with open(f'{output}.merging', 'rb') as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        code, said = merge(program, one, '-o', output)
    assert code == 1 and 'another merge' in said and not os.path.exists(output), said
    assert merge(program, one, '-o', output)[0] == 0
    assert answers(program, output) == answers(program, one), 'another answer'
    assert sorted(file for file in os.listdir(folder) if file.startswith('all')) == ['all.db'], os.listdir(folder)
    assert os.stat(output).st_mode & 0o007 == 0, oct(os.stat(output).st_mode)


def a_link_leads_to_the_inventory(program, folder):
    one, other = make(program, folder, 'one'), make(program, folder, 'other', seed=8, first=900)
    os.mkdir(f'{folder}/far')
    os.symlink('far/all.db', f'{folder}/all.db')
    for inventory in (one, other):
        assert merge(program, inventory, '-o', f'{folder}/all.db')[0] == 0
    assert os.path.islink(f'{folder}/all.db') and not os.path.islink(f'{folder}/far/all.db')
    assert answers(program, f'{folder}/far/all.db') == answers(program, one, other)


def another_program_s_file_is_left_alone(program, folder):
    one, foreign = make(program, folder, 'one'), f'{folder}/foreign.db'
    with contextlib.closing(sqlite3.connect(foreign)) as database:
        database.execute('CREATE TABLE mine (id INTEGER PRIMARY KEY)')
    before = open(foreign, 'rb').read()
    code, said = merge(program, one, '-o', foreign)
    assert code == 1 and foreign in said and open(foreign, 'rb').read() == before, said
    code, said = merge(program, one, '-o', f'{folder}/nowhere/all.db')
    assert code == 1 and 'nowhere/all.db' in said, said
    assert merge(program, one)[0] == merge(program, '-o', foreign)[0] == 2


PROMISES = (what_is_broken_is_named_and_the_others_are_merged, what_a_stranger_put_into_it_is_refused,
            rows_that_nobody_would_find_are_not_taken, sites_keep_equal_private_addresses_apart, sensors_without_a_site_are_told_of,
            several_are_reported_as_one, one_merge_at_a_time_makes_an_inventory, a_link_leads_to_the_inventory,
            an_archive_is_read_in_parallel_and_folded_in_any_way, what_was_forgotten_does_not_come_back,
            another_program_s_file_is_left_alone)


def try_seed(program, seed):
    with tempfile.TemporaryDirectory() as folder, kept_if_it_fails(folder):
        fleet = Fleet(program, folder, seed)
        with explained(fleet.steps):
            fleet.work()
            fleet.compare_merges()
            fleet.compare_with_one()


def main():
    program = os.path.abspath(sys.argv[1])
    return try_all(in_folders(PROMISES, program) + of_seeds('fleet', functools.partial(try_seed, program), 10))


if __name__ == '__main__':
    sys.exit(main())
