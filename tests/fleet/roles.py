#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""roles.py PROGRAM PCAPS: who holds the login of a sensor neither reads nor changes what others have sent, takes no inventory over, and makes no
table; tried with psql, each way that there is. A reader writes nothing, a judge his verdicts alone."""
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'flows')]

from centre import Centre  # noqa: E402
from program import run  # noqa: E402
from promises import try_all, with_arguments  # noqa: E402
from views import TABLES, VIEWS, load  # noqa: E402

BERLIN, PARIS = 'b' * 32, 'c' * 32  # uuids of two inventories
NEW = 'INSERT INTO sensor (uuid, role, epoch, revision, newest) VALUES'
TOMBSTONE = 'INSERT INTO tombstone (sensor, epoch, revision, reading, replaced_by)'

VERDICT = ('(site, client, "to", service, verdict, severity, statement, refused, attempts, better_sessions, sessions, all_sessions)'
           " VALUES ('a', 'b', 'c', 'imap', 'safe', 0, 'safe', 0, 0, 0, 1, 1)")

# What the login berlin is refused, and by what: that it has not the right, or that the row is not its own.
REFUSED = {
    'permission denied': (
        # views are of all sensors
        *(f'SELECT * FROM {view}' for view in (*VIEWS, 'sensors', 'fact', 'counting', 'ended_reading', 'equal_capture')),
        'SELECT * FROM applied_verdict', 'SELECT * FROM forgotten_host', f'INSERT INTO applied_verdict {VERDICT}',
        'DELETE FROM applied_verdict', "INSERT INTO judgement_day VALUES (1, 1, 1)", "INSERT INTO forgotten_host VALUES ('x', 1, 1, 1)",
        'UPDATE centre SET kept_from = 30000', 'DELETE FROM centre', 'UPDATE centre SET schema = 7', 'INSERT INTO centre VALUES (2, 1)',
        f"DELETE FROM sensor WHERE uuid = '{BERLIN}'", f"UPDATE sensor SET uuid = '{PARIS}'", "UPDATE sensor SET role = 'paris'",
        'TRUNCATE observation', 'CREATE TABLE mine (a bigint)', 'CREATE VIEW mine AS SELECT 1', 'CREATE TABLE public.mine (a bigint)',
        'CREATE FUNCTION mine() RETURNS bigint LANGUAGE sql AS $$ SELECT 1 $$', 'CREATE SCHEMA mine', 'CREATE ROLE mine', 'CREATE DATABASE mine',
        'SET ROLE lasthello_owner', 'SET ROLE lasthello_reader', 'SET ROLE lasthello_judge', 'SET ROLE paris', 'SET SESSION AUTHORIZATION paris',
        'GRANT SELECT ON verdicts TO berlin', "ALTER ROLE paris PASSWORD 'x'",
        "SELECT pg_read_file('/etc/passwd')",
        'CREATE TRIGGER more AFTER INSERT ON reading EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    ),
    'permission denied|admin option|must be superuser': (  # in the words of several versions
        'GRANT lasthello_reader TO berlin', 'GRANT lasthello_sensor TO paris', "COPY tombstone TO PROGRAM 'cat'", "COPY tombstone TO '/tmp/tombstone'",
    ),
    'must be owner': (
        'DROP TABLE observation', 'ALTER TABLE reading DISABLE ROW LEVEL SECURITY', 'ALTER TABLE reading ADD COLUMN more bigint',
        'DROP POLICY own ON reading', 'CREATE POLICY more ON reading USING (true)', 'CREATE INDEX more ON reading (name)', 'DROP VIEW verdicts',
        'DROP SCHEMA lasthello CASCADE', 'CREATE RULE more AS ON INSERT TO reading DO NOTHING', 'DROP FUNCTION utc',
    ),
    'row-level security': (
        f"{TOMBSTONE} VALUES ('{PARIS}', 1, 1, 77, 0)",
        f"{TOMBSTONE} VALUES ('nobody', 1, 1, 77, 0)",
        f"{TOMBSTONE} SELECT '{PARIS}', epoch, revision, id, 0 FROM reading LIMIT 1",
        f"UPDATE reading SET sensor = '{PARIS}'", f"UPDATE observation SET sensor = '{PARIS}'",
        f"{NEW} ('{PARIS}', current_user, 1, 0, 0) ON CONFLICT (uuid) DO UPDATE SET epoch = 9",
        f"{NEW} ('d', 'paris', 1, 0, 0)",
        'SET row_security = off; SELECT * FROM reading',
    ),
    'duplicate key': (f"{NEW} ('{PARIS}', current_user, 1, 0, 0)",),
}


def all_rows(centre, table, uuid):
    return centre.psql(f"SELECT * FROM lasthello.{table} WHERE {'uuid' if table == 'sensor' else 'sensor'} = '{uuid}' ORDER BY 1, 2, 3, 4, 5")


def as_berlin(centre, sql):
    return centre.run_psql(f'SET search_path = lasthello;\n{sql}', 'berlin')


# ---- promises --------------------------------------------------------------------------------------------------------------------

def what_is_not_its_own_is_refused(centre):
    before = {table: all_rows(centre, table, PARIS) for table in (*TABLES, 'sensor')}
    for reason, statements in REFUSED.items():
        for sql in statements:
            done = as_berlin(centre, sql)
            assert done.returncode != 0 and re.search(reason, done.stderr), f'{sql}: exit {done.returncode} {done.stdout[:200]} {done.stderr}'
    assert before == {table: all_rows(centre, table, PARIS) for table in before}


def it_sees_and_changes_its_own_rows_alone(centre):
    for table in (*TABLES, 'sensor'):
        owner = 'uuid' if table == 'sensor' else 'sensor'
        before = all_rows(centre, table, PARIS)
        assert before.strip() and all_rows(centre, table, BERLIN).strip(), f'{table}: no rows: nothing is tried'
        seen = as_berlin(centre, f'SELECT DISTINCT {owner} FROM {table}').stdout.split()
        assert seen == [BERLIN], f'{table}: {seen}'
        sql = f'UPDATE {table} SET epoch = epoch + 1' if table == 'sensor' else f'UPDATE {table} SET epoch = 7; DELETE FROM {table}'
        done = as_berlin(centre, f'BEGIN; {sql}; COMMIT')
        assert done.returncode == 0, f'{table}: {done.stderr}'
        assert all_rows(centre, table, PARIS) == before, table
        assert (all_rows(centre, table, BERLIN).strip() == '') == (table != 'sensor'), table


def every_table_is_thought_of(centre):
    """Of each that a sensor may read, it is said above what it sees there."""
    readable = centre.psql("SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'lasthello'"
                           " AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND has_any_column_privilege('berlin', c.oid, 'SELECT, INSERT, UPDATE')").split()
    assert sorted(readable) == sorted((*TABLES, 'sensor', 'centre')), readable
    open_to_all = centre.psql("SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'lasthello'"
                              " AND c.relkind = 'r' AND NOT c.relrowsecurity").split()
    assert sorted(open_to_all) == ['applied_verdict', 'centre', 'forgotten_host', 'judgement_day'], open_to_all


def as_the_group_it_sees_nothing_of_its_members(centre):
    done = as_berlin(centre, 'SET ROLE lasthello_sensor; SELECT count(*) FROM sensor; SELECT count(*) FROM reading; UPDATE sensor SET epoch = 9')
    assert done.stdout.split() == ['0', '0'], done
    assert '9' not in centre.psql('SELECT epoch FROM lasthello.sensor').split()


def a_reader_writes_nothing_and_a_judge_verdicts_alone(centre):
    for role in ('anna', 'judge'):
        for relation in (*VIEWS, *TABLES, 'sensors', 'sensor', 'applied_verdict', 'centre'):
            centre.psql(f'SELECT * FROM lasthello.{relation}', role)
        for table in TABLES:
            both = centre.psql(f'SELECT count(DISTINCT sensor) FROM lasthello.{table}', role).strip()
            assert both == '2', f'{role} sees {table} of {both} sensors'
        for sql in ('DELETE FROM reading', 'UPDATE reading SET epoch = 1', f"{TOMBSTONE} VALUES ('{PARIS}', 1, 1, 77, 0)", 'DELETE FROM sensor',
                    'UPDATE centre SET kept_from = 1', 'CREATE TABLE mine (a bigint)', 'SET ROLE lasthello_owner', 'SET ROLE lasthello_sensor'):
            done = centre.run_psql(f'SET search_path = lasthello; {sql}', role)
            assert 'permission denied' in done.stderr, f'{role}: {sql}: {done}'
    judged = f'INSERT INTO lasthello.applied_verdict {VERDICT}'
    assert 'permission denied' in centre.run_psql(judged, 'anna').stderr
    centre.psql(f'{judged}; UPDATE lasthello.applied_verdict SET severity = 1; DELETE FROM lasthello.applied_verdict', 'judge')


def a_second_time_the_script_changes_nothing(centre, program):
    script = run(program, 'sync', '--print-schema').stdout.decode()
    before = all_rows(centre, 'reading', PARIS)
    done = centre.run_psql(script)
    assert done.returncode != 0 and 'already exists' in done.stderr, done
    assert all_rows(centre, 'reading', PARIS) == before


def an_administrator_who_is_no_superuser_can_make_it(centre, program):
    """In a database of his own; in another one, too, where the roles are there already."""
    centre.psql('DROP SCHEMA lasthello CASCADE; DROP ROLE berlin, paris, anna, judge, lasthello_sensor, lasthello_reader, lasthello_judge, lasthello_owner;'
                ' CREATE ROLE admin LOGIN CREATEROLE')
    script = run(program, 'sync', '--print-schema').stdout.decode()
    for name in ('one', 'other'):
        centre.psql(f'CREATE DATABASE {name} OWNER admin')
        url = centre.url('admin').replace('/lasthello?', f'/{name}?')
        done = centre.run_psql(script + ('CREATE ROLE anna LOGIN IN ROLE lasthello_reader' if name == 'one' else ''), url=url)
        assert done.returncode == 0, done.stderr
        assert centre.run_psql('SELECT count(*) FROM lasthello.verdicts', url=url.replace('admin@', 'anna@')).stdout.strip() == '0'


PROMISES = (what_is_not_its_own_is_refused, every_table_is_thought_of, as_the_group_it_sees_nothing_of_its_members,
            a_reader_writes_nothing_and_a_judge_verdicts_alone, it_sees_and_changes_its_own_rows_alone)
OF_THE_SCRIPT = (a_second_time_the_script_changes_nothing, an_administrator_who_is_no_superuser_can_make_it)


def prepare(centre, program, pcaps, folder):
    """Two sensors with a row in each table at least."""
    centre.install(program)
    for name, uuid in (('berlin', BERLIN), ('paris', PARIS)):
        centre.add_sensor(name)
        run(program, 'read', '-o', f'{folder}/{name}.db', '--site', name, f'{pcaps}/refused-alert-70', f'{pcaps}/file-unknown-ethertype', f'{pcaps}/names-dhcp',
            f'{pcaps}/imaps-tls10-ipv4', check=False)
        load(centre, f'{folder}/{name}.db', uuid)
        centre.psql(f"UPDATE lasthello.sensor SET role = '{name}' WHERE uuid = '{uuid}';"
                    f" {TOMBSTONE.replace('INTO ', 'INTO lasthello.')} VALUES ('{uuid}', 1, 1, 5, 6);"
                    f" INSERT INTO lasthello.blind VALUES ('{uuid}', 1, 1, 5, 6, 1, 0, 0)")
    centre.psql('CREATE ROLE anna LOGIN IN ROLE lasthello_reader; CREATE ROLE judge LOGIN IN ROLE lasthello_judge')


def main():
    program, pcaps = (os.path.abspath(path) for path in sys.argv[1:3])
    with Centre() as centre, tempfile.TemporaryDirectory() as folder:
        prepare(centre, program, pcaps, folder)
        return try_all(with_arguments(PROMISES, centre) + with_arguments(OF_THE_SCRIPT, centre, program))


if __name__ == '__main__':
    sys.exit(main())
