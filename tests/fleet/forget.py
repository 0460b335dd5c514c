#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""forget.py PROGRAM PCAPS: old days are deleted in the centre, in steps; nothing of what is younger is lost, hosts are known to have been seen, a
sensor that sends all once more does not bring them back, and a row that somebody holds holds up nothing."""
import collections
import functools
import os
import random
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'flows')]

import histories  # noqa: E402
from centre import ALONE, Centre  # noqa: E402
from merge import over_days  # noqa: E402
from program import run  # noqa: E402
from promises import in_folders, try_all  # noqa: E402


class Fleet:
    """Two sensors with some days each, and files of a day that ended early."""

    def __init__(self, program, centre, folder):
        self.program, self.centre, self.folder = program, centre, folder
        centre.psql('DROP SCHEMA IF EXISTS lasthello CASCADE; DROP ROLE IF EXISTS berlin, paris, anna, cleaner')
        centre.install(program)
        centre.psql('CREATE ROLE anna LOGIN IN ROLE lasthello_reader; CREATE ROLE cleaner LOGIN IN ROLE lasthello_owner')
        for seed, name in enumerate(('berlin', 'paris')):
            centre.add_sensor(name)
            packets = over_days(random.Random(seed), 50 * seed, 60)
            for number, part in enumerate((packets[:40], packets)):
                run(program, 'read', '-o', self.path(name), '--site', name, '--filter', f'greater {number}',
                    histories.save(f'{folder}/{name}{number}.pcap', histories.classic(part)))
        self.sync()

    def path(self, name):
        return f'{self.folder}/{name}.db'

    def sync(self):
        for name in ('berlin', 'paris'):
            run(self.program, 'sync', '--once', self.path(name), self.centre.url(name))

    def rows(self, view, columns='*'):
        return collections.Counter(map(tuple, self.centre.rows(f'SELECT {columns} FROM lasthello.{view}', 'anna')))

    def days(self):
        return sorted(row[0] for row in self.rows('session_facts', 'DISTINCT day'))

    def forget(self, before):
        """What it says: numbers of observations and steps."""
        done = self.centre.run_psql(f"CALL lasthello.forget('{before}')", 'cleaner')
        assert done.returncode == 0, done.stderr
        words = done.stderr.split()
        return int(words[words.index('forgot') + 1]), int(words[words.index('steps,') - 1])


# ---- promises --------------------------------------------------------------------------------------------------------------------

def younger_days_stay_and_hosts_are_remembered(fleet):
    days = fleet.days()
    assert len(days) > 3, days
    before = {view: fleet.rows(view) for view in ('session_facts', 'hosts', 'host_names')}
    of_old_days = fleet.rows('session_facts', 'site, client, day')
    middle = days[len(days) // 2]
    gone, _ = fleet.forget(middle)
    old = int(fleet.centre.psql(f"SELECT count(*) FROM lasthello.observation WHERE day < date '{middle}' - date '1970-01-01'"))
    assert gone > 0 and old == 0, (gone, old)
    day = [row[0] for row in fleet.centre.rows("SELECT ordinal_position FROM information_schema.columns WHERE table_name = 'session_facts' AND column_name = 'day'")]
    at = int(day[0]) - 1
    assert fleet.rows('session_facts') == collections.Counter({row: count for row, count in before['session_facts'].items() if row[at] >= middle})
    assert fleet.rows('hosts') == before['hosts'] and any(row[2] < middle for row in of_old_days)
    ended = fleet.rows('coverage', 'started, ended')
    assert ended and all(started >= middle and end >= middle for started, end in ended), ended
    left = fleet.centre.psql('SELECT count(*) FROM lasthello.fate f WHERE NOT EXISTS (SELECT 1 FROM lasthello.reading r WHERE r.id = f.source)').strip()
    assert left == '0', f'{left} fates of no reading'
    assert fleet.forget(middle)[0] == 0


def a_sensor_does_not_bring_them_back(fleet):
    yesterday = fleet.path('yesterday')
    shutil.copy(fleet.path('berlin'), yesterday)
    run(fleet.program, 'read', '-o', fleet.path('berlin'), '--site', 'berlin',
        histories.save(f'{fleet.folder}/more.pcap', histories.classic(over_days(random.Random(9), 900, 8))))
    fleet.sync()
    fleet.forget(fleet.days()[2])
    told = {view: fleet.rows(view) for view in ('session_facts', 'hosts', 'coverage')}
    shutil.copy(yesterday, fleet.path('berlin'))  # a backup is put back: all is sent once more
    fleet.sync()
    assert '2' in fleet.centre.psql('SELECT epoch FROM lasthello.sensor').split()
    for view, rows in told.items():
        assert fleet.rows(view) == rows, view
    fleet.forget(fleet.days()[0])
    for view, rows in told.items():
        assert fleet.rows(view) == rows, view


def a_row_that_somebody_holds_holds_up_nothing(fleet):
    centre = fleet.centre
    holder = subprocess.Popen([f'{centre.bin}/psql', '-X', '-q', '-A', '-t', '-d', centre.url()], stdin=subprocess.PIPE, env=ALONE, text=True,
                              stdout=subprocess.PIPE)
    try:
        holder.stdin.write('BEGIN; SELECT id FROM lasthello.observation ORDER BY day LIMIT 1 FOR UPDATE;\n')
        holder.stdin.flush()
        held = holder.stdout.readline().strip()
        last = fleet.days()[-1]
        fleet.forget(last)
        old = centre.psql(f"SELECT id FROM lasthello.observation WHERE day < date '{last}' - date '1970-01-01'").split()
        assert old == [held], (old, held)
        assert all(day >= last for day in fleet.days()), 'a view shows what is about to go'
    finally:
        holder.stdin.close()
        holder.wait(60)
    assert fleet.forget(last)[0] == 1


def what_was_done_when_it_is_broken_off_is_done(fleet):
    """Steps are transactions of their own: a row that cannot be deleted ends it, and the steps before stay."""
    centre = fleet.centre
    centre.psql("INSERT INTO lasthello.sensor (uuid, role, epoch, revision, newest) VALUES ('0', 'nobody', 1, 1, 1)")
    centre.psql('INSERT INTO lasthello.observation (sensor, epoch, revision, id, source, day, client, server, profile, first_seen, last_seen, first_packet,'
                " last_packet, sessions, short_lived, gaps) SELECT '0', 1, 1, n, 1, 100, n / 3, 2, 3, n, n, 1, 1, 1, 0, 0 FROM generate_series(1, 20000) n;"
                ' CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id = 15000 THEN RAISE EXCEPTION \'no\'; END IF; RETURN OLD; END $$;'
                ' CREATE TRIGGER fails BEFORE DELETE ON lasthello.observation FOR EACH ROW EXECUTE FUNCTION fails()')
    done = centre.run_psql("CALL lasthello.forget('1971-01-01')", 'cleaner')
    left = int(centre.psql('SELECT count(*) FROM lasthello.observation WHERE day = 100'))
    assert done.returncode != 0 and 5000 < left < 19000, (left, done)
    wrong = centre.psql("SELECT host FROM lasthello.forgotten_host WHERE sensor = '0' AND host <> 2 EXCEPT SELECT n / 3 FROM generate_series(1, 20000) n"
                        ' WHERE NOT EXISTS (SELECT 1 FROM lasthello.observation o WHERE o.id = n)')
    assert wrong == '', f'hosts of what is still there: {wrong[:200]}'
    centre.psql('DROP TRIGGER fails ON lasthello.observation')
    gone, steps = fleet.forget('1971-01-01')
    assert gone == left and steps >= left // 1000, (gone, steps)
    centre.psql("DELETE FROM lasthello.sensor WHERE uuid = '0'")


def nobody_but_an_owner_forgets(fleet):
    for role in ('berlin', 'anna'):
        done = fleet.centre.run_psql('CALL lasthello.forget(current_date)', role)
        assert 'permission denied' in done.stderr, done
    assert fleet.days()


PROMISES = (nobody_but_an_owner_forgets, younger_days_stay_and_hosts_are_remembered, a_sensor_does_not_bring_them_back,
            a_row_that_somebody_holds_holds_up_nothing, what_was_done_when_it_is_broken_off_is_done)


def with_a_fleet(promise):
    @functools.wraps(promise)
    def try_it(program, centre, folder):
        promise(Fleet(program, centre, folder))
    return try_it


def main():
    program = os.path.abspath(sys.argv[1])
    with Centre() as centre:
        return try_all(in_folders(map(with_a_fleet, PROMISES), program, centre))


if __name__ == '__main__':
    sys.exit(main())
