#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""pull.py PROGRAM PCAPS [COUNT [SEED]]: sensors read captures, copies and parts of what others read, forget old days, and send what changed to a
centre now and then; what is new there is merged into one file, now and then. In the end that file, a new one, and a merge of the sensors' own
files say the same, view by view."""
import collections
import contextlib
import functools
import os
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'flows'))
import histories
import merge
from centre import Centre
from promises import explained, of_seeds, try_all

ENVIRONMENT = {**os.environ, 'LASTHELLO_CONF': '', 'TZ': 'UTC'}

POLICIES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'data', 'policies')


def run(program, *words, status=0):
    done = subprocess.run([program, *words], env=ENVIRONMENT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == status, f'{words}: {done.returncode}\n{done.stdout}{done.stderr}'
    return done.stdout + done.stderr


def equal(one, other, what):
    """View by view. The files of a merge say what the views say, in whatever order rows came."""
    for view, rows in merge.rows_of(one).items():
        found = merge.rows_of(other)[view]
        if sorted(map(repr, rows)) != sorted(map(repr, found)):
            there, here = collections.Counter(map(repr, found)), collections.Counter(map(repr, rows))
            more, less = sorted((there - here).elements()), sorted((here - there).elements())
            raise AssertionError(f'{what}: {view}: {len(rows)} and {len(found)} rows;\n  missing: {less[:2]}\n  too much: {more[:2]}')


class Fleet(histories.History):
    def __init__(self, program, folder, seed, centre):
        super().__init__(program, folder, seed)
        self.centre, self.sensors, self.all = centre, [f'{folder}/sensor{i}.db' for i in range(3)], f'{folder}/all.db'
        self.keeps = self.draw.random() < 0.5
        packets = merge.over_days(self.draw, 70_000, 20)
        self.files.append(histories.save(f'{folder}/days.pcap', histories.classic(packets)))
        self.captures.append(packets)
        self.has_more.append(False)

    def sync(self, sensor):
        self.steps.append(f'sync {sensor}')
        run(self.program, 'sync', '--once', sensor, self.centre.url('sensor'))

    def pull(self, output):
        self.steps.append(f'pull {output}')
        run(self.program, 'merge', self.centre.url('reader'), '-o', output)

    def work(self):
        draw = self.draw
        for sensor in self.sensors:
            self.read((), [draw.choice(self.files)], inventory=sensor)
        for _ in range(12):
            sensor = draw.choice(self.sensors)
            options, paths = self.other() if draw.random() < 0.7 else self.whole(draw.randrange(len(self.files)))
            keep = ('--keep', str(draw.randrange(1, 4))) if self.keeps and draw.random() < 0.3 else ()
            self.read((*options, *keep), paths, inventory=sensor)
            if draw.random() < 0.6:
                self.sync(sensor)
            if draw.random() < 0.4:
                self.pull(self.all)
        for sensor in self.sensors:
            self.sync(sensor)

    def compare(self):
        run(self.program, 'merge', *self.sensors, '-o', f'{self.folder}/files.db')
        self.pull(f'{self.folder}/new.db')
        equal(f'{self.folder}/files.db', f'{self.folder}/new.db', 'all at once')
        self.pull(self.all)
        equal(f'{self.folder}/files.db', self.all, 'what changed')
        self.pull(self.all)
        run(self.program, 'merge', f'{self.folder}/new.db', self.sensors[0], '-o', self.all)
        equal(f'{self.folder}/files.db', self.all, 'once more')


# Readings of which a merge alone knows that another one has all of it, or some of it.
ONLY_A_MERGE_KNOWS = """SELECT count(*) FROM reading c WHERE (c.state = 'covered' AND NOT EXISTS (SELECT 1 FROM reading r WHERE r.state = 'counts'
    AND r.hash = c.hash AND r.length = c.length)) OR (c.state = 'counts' AND c.id IN (SELECT source FROM pending))"""


def views_say_the_same(program, centre, folder):
    """What is judged at the centre is what is judged in a file of what it has; a second time in place of the first. What its views count themselves
    (`changes`) is what the file has where no reading has a part of another one."""
    judging = ('policy', 'apply', '--policy', POLICIES, '--as-of', '2023-11-20')
    for _ in range(2):
        said = run(program, *judging, centre.url('judge'))
    assert 'the centre: ' in said, said
    run(program, *judging, f'{folder}/new.db')
    with contextlib.closing(sqlite3.connect(f'{folder}/new.db')) as inventory:
        has_parts = inventory.execute(ONLY_A_MERGE_KNOWS).fetchone()[0] > 0
        for view in ('verdicts',) if has_parts else ('verdicts', 'changes'):
            here = [[None if value is None else str(value) for value in row] for row in inventory.execute(f"SELECT * FROM {view}")]
            there = sorted(centre.rows(f'SELECT * FROM lasthello.{view}', 'reader'), key=repr)
            assert len(here) > 1 and sorted(here, key=repr) == there, f'{view}: {len(here)} rows here, {len(there)} there: {here[:1]} {there[:1]}'


def what_the_centre_forgot_is_not_there(program, centre, folder):
    """But when hosts were seen first and last, as the centre's own views have it."""
    days = [row[0] for row in centre.rows('SELECT DISTINCT day FROM lasthello.session_facts ORDER BY day')]
    centre.psql(f"CALL lasthello.forget('{days[len(days) // 2]}')")
    run(program, 'merge', centre.url('reader'), '-o', f'{folder}/rest.db')
    with contextlib.closing(sqlite3.connect(f'{folder}/rest.db')) as inventory:
        assert inventory.execute('SELECT min(day) FROM session_facts').fetchone()[0] >= days[len(days) // 2]
        here = [list(row) for row in inventory.execute('SELECT * FROM hosts')]
    there = centre.rows('SELECT * FROM lasthello.hosts', 'reader')
    assert here and sorted(here, key=repr) == sorted(there, key=repr), f'{len(here)} and {len(there)} hosts'


TROUBLES = (  # what is so at the centre, and what the first lines of the coverage say then; the second: microseconds
    ("received_at = received_at - 7200000000", 'was last heard on', ', 2 h before the centre was asked'),
    ("newest = newest + 5", 'is behind', 'not all'),
    ("epoch = epoch + 1, rolled_back_at = received_at", 'was put back from an older copy', 'what it had sent before stays'),
    ("sent_at = sent_at + 300000000", 'its clock is 5 min ahead of', ''),
    ("sent_at = sent_at - 90000000", 'its clock is ', 's behind that of the centre'),
)


def sensors_that_cannot_be_relied_on_come_first(program, centre, folder):
    uuid = centre.psql('SELECT uuid FROM lasthello.sensor ORDER BY uuid LIMIT 1').strip()
    for number, (change, first, second) in enumerate(TROUBLES):
        centre.psql(f"UPDATE lasthello.sensor SET received_at = (extract(epoch FROM now()) * 1000000)::bigint, rolled_back_at = NULL, newest = revision;"
                    f"UPDATE lasthello.sensor SET sent_at = received_at;"
                    f"UPDATE lasthello.sensor SET {change} WHERE uuid = '{uuid}'")
        path = f'{folder}/trouble{number}.db'
        run(program, 'merge', centre.url('reader'), '-o', path)
        lines = run(program, 'report', 'coverage', path).splitlines()
        assert first in lines[0] and second in lines[0] and 'older copy' not in lines[1], lines[:3]
        done = subprocess.run([program, 'report', 'coverage', '--format', 'csv', path], env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=True)
        assert first in done.stderr and done.stdout.startswith('source,'), done


def tables_of_sensors(centre):
    return [row[0] for row in centre.rows("SELECT t.table_name FROM information_schema.columns c"
                                          " JOIN information_schema.tables t USING (table_schema, table_name)"
                                          " WHERE table_schema = 'lasthello' AND table_type = 'BASE TABLE' AND column_name = 'sensor'")]


def try_seed(program, centre, seed):
    centre.psql('UPDATE lasthello.centre SET kept_from = NULL')
    for table in ('sensor', *tables_of_sensors(centre)):
        centre.psql(f'DELETE FROM lasthello.{table}')
    with tempfile.TemporaryDirectory() as folder:
        fleet = Fleet(program, folder, seed, centre)
        with explained(fleet.steps):
            fleet.work()
            fleet.compare()
            views_say_the_same(program, centre, folder)
            sensors_that_cannot_be_relied_on_come_first(program, centre, folder)
            what_the_centre_forgot_is_not_there(program, centre, folder)


def main():
    program = os.path.abspath(sys.argv[1])
    with Centre() as centre:
        centre.install(program)
        centre.add_sensor('sensor')
        centre.psql('CREATE ROLE reader LOGIN IN ROLE lasthello_reader; CREATE ROLE judge LOGIN IN ROLE lasthello_judge')
        return try_all(of_seeds('fleet at a centre', functools.partial(try_seed, program, centre), 4))


if __name__ == '__main__':
    sys.exit(main())
