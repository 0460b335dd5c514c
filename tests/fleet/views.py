#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""views.py PROGRAM PCAPS: each stable view says in the centre, row by row, what it says in the file that `lasthello merge` makes of the same
inventories: of several sites with equal private addresses, of sensors that read the same captures with other ports and names, with a reading that is
not over, days that were forgotten, times before 1970, and what is not known. The rows are put into the centre by this test, as the owner: what
`lasthello sync` sends is tried elsewhere. And what only a centre has: the view sensors."""
import collections
import contextlib
import functools
import os
import random
import shutil
import sqlite3
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'flows')]

from centre import Centre  # noqa: E402
import histories  # noqa: E402
from merge import over_days  # noqa: E402
from program import captures, run  # noqa: E402
from promises import in_folders, try_all  # noqa: E402

VIEWS = ('session_facts', 'legacy_clients', 'legacy_servers', 'trend', 'changes', 'verdicts', 'coverage', 'hosts', 'host_names', 'source')
TABLES = ('reading', 'fate', 'unknown', 'blind', 'host', 'host_name', 'path', 'hello', 'answer', 'certificate', 'profile', 'observation', 'tombstone')
PARTS = ('file-rotated',)  # of another capture: only a merge knows that
SIXTY_YEARS = 60 * 365  # days
DAY = 86_400_000_000
AS_OF = '2026-11-30'


# ---- what sensors have -----------------------------------------------------------------------------------------------------------

def change(path, *statements):
    with contextlib.closing(sqlite3.connect(path)) as inventory, inventory:
        for statement in statements:
            inventory.execute(statement)


def move_before_1970(path):
    moved, odd = SIXTY_YEARS * DAY, 7  # microseconds that no clock of a capture shows
    change(path, f'UPDATE reading SET started = started - {moved + odd}, ended = ended - {moved + odd}',
           f'UPDATE host_name SET first_seen = first_seen - {moved}, last_seen = last_seen - {moved}',
           f'UPDATE observation SET day = day - {SIXTY_YEARS}, first_seen = first_seen - {moved + odd}, last_seen = last_seen - {moved + odd}')


def name_twice(path):
    """The newer name counts, and of equally new ones the first."""
    change(path, "INSERT INTO host_name SELECT id, name, 'dhcp', 5, seen, 1 FROM host CROSS JOIN"
                 " (SELECT 'zoe' AS name, 7000000 AS seen UNION SELECT 'ann', 7000000 UNION SELECT 'bob', 6000000)")


def make_stale(path, stale):
    """The same readings, as they were before they had come to their end."""
    shutil.copy(path, stale)
    change(stale, 'UPDATE reading SET settled = 0, packets = packets - 1', 'DELETE FROM observation WHERE id % 2 = 0')


def make_inventories(program, pcaps, folder):
    """By name: eight sensors, some of them of one site; each capture is read by one of them at least, and some by several."""
    folders = [os.path.join(pcaps, name) for name, _ in captures(pcaps) if name not in PARTS]
    packets = over_days(random.Random(3), 100, 30)
    days, half = (histories.save(f'{folder}/{name}.pcap', histories.classic(some))
                  for name, some in (('days', packets), ('half', packets[:len(packets) // 2])))
    made = {name: f'{folder}/{name}.db' for name in ('merged', 'stale', 'berlin', 'paris', 'attic', 'old', 'forgetful', 'growing')}
    for name, site, share, options in (('berlin', 'berlin', folders[::2], ()), ('paris', 'paris', folders[1::2] + folders[:8], ('--ports', '1993=imaps')),
                                       ('attic', 'berlin', folders[::5], ()), ('old', 'paris', folders[3:40:9], ()),
                                       ('forgetful', 'paris', [days], ()), ('growing', 'berlin', [half], ()),
                                       ('one', 'berlin', folders[10:14], ('--ports', '1993=imaps')), ('other', 'berlin', folders[10:14], ('--ports', '2993=imaps'))):
        run(program, 'read', '-o', f'{folder}/{name}.db', '--site', site, *options, *share, check=False)
    move_before_1970(made['old'])
    name_twice(made['attic'])
    make_stale(made['berlin'], made['stale'])
    change(made['forgetful'], 'INSERT INTO blind SELECT reading.id, started / 60000000 + 3 * value, value, 2, 1 FROM reading, json_each(\'[0, 1, 2, 1100]\')')
    # one that is a merge itself has readings of others, as they were before days were forgotten and more was read, and parts of readings that count
    run(program, 'merge', *(f'{folder}/{name}.db' for name in ('attic', 'forgetful', 'old', 'growing', 'one', 'other')), '-o', made['merged'])
    run(program, 'read', '-o', made['forgetful'], '--site', 'paris', '--keep', '2', days)
    run(program, 'read', '-o', made['growing'], '--site', 'berlin', histories.save(f'{folder}/half.pcap', histories.classic(packets[:-9])))
    return made


def is_known(path):
    """How many of the rows tell of a NULL, an early time, a reading that several have: what this test is to see."""
    with contextlib.closing(sqlite3.connect(path)) as inventory:
        return inventory.execute('SELECT (SELECT count(*) FROM session_facts WHERE negotiated IS NULL), (SELECT count(*) FROM session_facts WHERE day < ?),'
                                 " (SELECT count(*) FROM reading WHERE state = 'covered'), (SELECT count(*) FROM unknown),"
                                 ' (SELECT count(*) FROM host_name), (SELECT count(*) FROM host WHERE first_seen IS NOT NULL)', ('1970',)).fetchone()


# ---- how they come into the centre -----------------------------------------------------------------------------------------------

def copied(value):
    if value is None:
        return '\\N'
    return str(value).replace('\\', '\\\\').replace('\t', '\\t').replace('\n', '\\n').replace('\r', '\\r')


def load(centre, path, uuid):
    """All rows of an inventory, as the owner. Of copies that got equally far that of the first uuid is taken."""
    with contextlib.closing(sqlite3.connect(path)) as inventory:
        epoch, revision = inventory.execute('SELECT epoch, revision FROM inventory').fetchone()
        script = [f"INSERT INTO lasthello.sensor (uuid, role, epoch, revision, newest) VALUES ('{uuid}', 'postgres', {epoch}, {revision}, {revision});"]
        for table in (*TABLES, 'pending'):
            columns = [row[1] for row in inventory.execute(f'PRAGMA table_info({table})') if row[1] != 'revision']
            names = ', '.join(f'"{name}"' for name in columns)
            aside = table == 'pending'
            script.append(f'COPY lasthello.{"observation" if aside else table} (sensor, epoch, revision, {names}{", aside" if aside else ""}) FROM STDIN;')
            for row in inventory.execute(f'SELECT {names} FROM {table}'):
                script.append('\t'.join(map(copied, (uuid, epoch, revision, *row, *((1,) if aside else ())))))
            script.append('\\.')
    centre.psql('\n'.join(script) + '\n')


def load_judgements(centre, path):
    with contextlib.closing(sqlite3.connect(path)) as inventory:
        script = []
        rows = inventory.execute('SELECT * FROM verdicts')
        columns = [f'"{column[0]}"' for column in rows.description if column[0] != 'as_of']
        for table, found in ((f'applied_verdict ({", ".join(columns)})', [row[:len(columns)] for row in rows]),
                             ('judgement_day', inventory.execute('SELECT * FROM judgement_day'))):
            script += [f'COPY lasthello.{table} FROM STDIN;'] + ['\t'.join(map(copied, row)) for row in found] + ['\\.']
    centre.psql('\n'.join(script) + '\n')


# ---- promises --------------------------------------------------------------------------------------------------------------------

def views_of_file(path):
    with contextlib.closing(sqlite3.connect(path)) as inventory:
        for view in VIEWS:
            rows = inventory.execute(f'SELECT * FROM {view}')
            names = [column[0] for column in rows.description]
            yield view, names, [[None if cell is None else str(cell) for cell in row] for row in rows]


def compare(centre, path):
    for view, names, expected in views_of_file(path):
        found_names = centre.psql("SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns"
                                  f" WHERE table_schema = 'lasthello' AND table_name = '{view}'").strip().split(',')
        assert found_names == names, f'{view}: columns {found_names}, in a file {names}'
        found = centre.rows(f'SELECT * FROM lasthello.{view}', 'anna')
        assert expected, f'{view} is empty: nothing is compared'
        more, less = (collections.Counter(map(tuple, one)) for one in (found, expected))
        if more != less:
            raise AssertionError(f'{view}: {len(found)} rows, in the file {len(expected)}\n  only in the centre: {list((more - less).items())[:2]}\n'
                                 f'  only in the file:   {list((less - more).items())[:2]}')


def the_views_say_what_a_merged_file_says(centre, program, pcaps, folder):
    inventories = make_inventories(program, pcaps, folder).values()
    merged = f'{folder}/all.db'
    run(program, 'merge', *inventories, '-o', merged)
    seen = is_known(merged)
    assert all(seen), f'what is to be compared is not there: {seen}'
    run(program, 'policy', 'apply', '--policy', f'{os.path.dirname(pcaps)}/data/policies', '--as-of', AS_OF, merged)
    for number, path in enumerate(inventories):
        load(centre, path, f'{number:032x}')
    load_judgements(centre, merged)
    centre.psql('ANALYZE')  # as PostgreSQL does by itself within minutes
    compare(centre, merged)


def sensors_that_cannot_be_trusted_come_first(centre, *_):
    """Name, seconds since it was heard, how far its clock is ahead, revisions that have not come, seconds since it was rolled back."""
    for name, ago, ahead, behind, rolled_back in (('well', 30, 59, 0, 'NULL'), ('silent', 3700, 0, 0, 'NULL'), ('behind', 30, 0, 5, 'NULL'),
                                                  ('restored', 30, 0, 0, '3600'), ('restored_long_ago', 30, 0, 0, '700000'), ('ahead', 30, 61, 0, 'NULL'),
                                                  ('late', 30, -86400, 0, 'NULL'), ('all', 90000, -61, 1, '60')):
        centre.psql('INSERT INTO lasthello.sensor (uuid, role, epoch, revision, newest, received_at, sent_at, rolled_back_at)'
                    f" SELECT '{name}', 'postgres', 1, 10, 10 + {behind}, now - {ago} * second, now + ({ahead} - {ago}) * second, now - {rolled_back} * second"
                    ' FROM (SELECT (extract(epoch FROM now()) * 1000000)::bigint AS now, 1000000::bigint AS second) n')
    centre.psql("INSERT INTO lasthello.sensor (uuid, role, epoch, revision, newest) VALUES ('new', 'postgres', 1, 0, 0)")
    rows = centre.rows('SELECT sensor, trouble, clock_offset_seconds, behind FROM lasthello.sensors', 'anna')
    expected = {'behind': ('behind', '0.0', '5'), 'restored': ('rolled back', '0.0', '0'), 'silent': ('silent', '0.0', '0'),
                'all': ('silent, behind, rolled back, wrong clock', '-61.0', '1'), 'ahead': ('wrong clock', '61.0', '0'),
                'late': ('wrong clock', '-86400.0', '0'), 'well': (None, '59.0', '0'), 'restored_long_ago': (None, '0.0', '0'), 'new': (None, None, '0')}
    assert {row[0]: tuple(row[1:]) for row in rows} == expected, rows
    assert {row[0] for row in rows[-3:]} == {'well', 'restored_long_ago', 'new'}, [row[0] for row in rows]


def numbers_that_no_sensor_can_have_break_no_view(centre, program, pcaps, folder):
    """Whoever holds a sensor can write what he likes of his own; what others saw is told all the same."""
    for name in ('honest', 'taken'):
        run(program, 'read', '-o', f'{folder}/{name}.db', '--site', name, f'{pcaps}/refused-alert-70', f'{pcaps}/imaps-tls10-ipv4')
    load(centre, f'{folder}/honest.db', '1')
    honest = {view: centre.psql(f'SELECT * FROM lasthello.{view}', 'anna') for view in VIEWS}
    assert honest['session_facts'] and honest['coverage'] and honest['hosts']
    for most in (2**63 - 1, -2**63):
        centre.psql("DELETE FROM lasthello.sensor WHERE uuid = '2'; " + ' '.join(f"DELETE FROM lasthello.{table} WHERE sensor = '2';" for table in TABLES))
        load(centre, f'{folder}/taken.db', '2')
        kept = "('id', 'source', 'reading', 'client', 'server', 'profile', 'host', 'length', 'hash', 'aside')"  # so that the views still find the row
        columns = centre.rows("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'lasthello' AND data_type = 'bigint'"
                              f" AND table_name IN {(*TABLES, 'sensor')} AND column_name NOT IN {kept}")
        updates = [f"UPDATE lasthello.{table} SET \"{name}\" = {most} WHERE {'uuid' if table == 'sensor' else 'sensor'} = '2';" for table, name in columns]
        assert len(updates) > 100, len(updates)
        centre.run_psql('\\set ON_ERROR_STOP off\n' + '\n'.join(updates))  # some may be refused
        for view in (*VIEWS, 'sensors'):
            found = centre.psql(f'SELECT * FROM lasthello.{view}', 'anna')
            assert set(honest.get(view, '').splitlines()) <= set(found.splitlines()), f'{view}: {found}'


PROMISES = (the_views_say_what_a_merged_file_says, sensors_that_cannot_be_trusted_come_first, numbers_that_no_sensor_can_have_break_no_view)


def in_an_empty_centre(promise):
    @functools.wraps(promise)
    def try_it(centre, program, pcaps, folder):
        centre.psql('DROP SCHEMA IF EXISTS lasthello CASCADE; DROP ROLE IF EXISTS anna')
        centre.install(program)
        centre.psql('CREATE ROLE anna LOGIN IN ROLE lasthello_reader')
        promise(centre, program, pcaps, folder)
    return try_it


def main():
    with Centre() as centre:
        return try_all(in_folders(map(in_an_empty_centre, PROMISES), centre, *map(os.path.abspath, sys.argv[1:3])))


if __name__ == '__main__':
    sys.exit(main())
