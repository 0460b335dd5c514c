#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""subset.py PROGRAM PCAPS: what is sent to a centre, and its tables and views, use what PostgreSQL and the distributed databases that speak its
protocol (Citus, CockroachDB, YugabyteDB) have in common: keys that the client computes, the sensor in every unique key, no sequence, trigger, COPY,
temporary table, advisory lock, LISTEN. The statements are those that PostgreSQL logs while sensors send, forget days, are put
back from a backup, and a reader and a judge ask. Roles, rights and lasthello.forget stand apart in the schema script, and are not held to it."""
import os
import random
import re
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'flows')]

import histories  # noqa: E402
from centre import Centre  # noqa: E402
from merge import over_days  # noqa: E402
from program import run  # noqa: E402

SENT = ('select', 'insert', 'update', 'delete', 'begin', 'commit', 'rollback', 'set', 'declare', 'fetch', 'close')  # how a statement may begin
MADE = ('create table', 'create index', 'create view', 'create function', 'alter table', 'insert')  # ... of tables and views
# words of one engine alone, or that need one process which all ask
REFUSED = re.compile(r'\b(nextval|currval|setval|lastval|sequence|serial|bigserial|identity|generated|trigger|listen|notify|unlisten|lock|copy|temp|temporary|'
                     r'unlogged|merge into|ctid|xmin|xmax|oid|regclass|tablesample|distinct on|recursive|materialized|inherits|partition|(?<!no )scroll|'
                     r'prepare|deallocate|vacuum|reindex|cluster|returning|for update|for share|skip locked|lateral|window|from only|using gin|using gist|'
                     r'using brin|concurrently|truncate|serializable|pg_\w+|txid_\w+|inet|cidr|json|jsonb|xml|money|hstore)\b')
# functions, and words of the language that a bracket follows
CALLED = {'count', 'sum', 'min', 'max', 'coalesce', 'nullif', 'greatest', 'least', 'abs', 'round', 'octet_length', 'string_agg', 'concat_ws', 'unnest',
          'string_to_array', 'to_char', 'extract', 'now', 'clock_timestamp', 'utc', 'utc_day', 'utc_minute', 'exists', 'in', 'all', 'as', 'values', 'and',
          'or', 'not', 'on', 'by', 'from', 'where', 'then', 'when', 'select', 'key', 'check', 'conflict', 'asked', 'set', 'join', 'case', 'limit', 'between'}
TYPES = {'bigint', 'text', 'numeric', 'interval', 'timestamp'}


def bare(sql):
    """In small letters, without strings, quoted names and comments."""
    sql = re.sub(r'--[^\n]*', ' ', sql)
    sql = re.sub(r"'(?:[^']|'')*'", "''", sql)
    return ' '.join(re.sub(r'"[^"]*"', 'name', sql).lower().split())


def complaints(sql, begins):
    text = bare(sql)
    if not text.startswith(begins):
        yield f'begins as none of {begins}'
    for word in REFUSED.findall(text):
        yield f'says {word}'
    for name in re.findall(r'(?<![.\w])([a-z_]\w*) ?\(', re.sub(r'\b(insert into|create table|create view|create function|as|on) [\w.]+( as \w+)? ?\(', ', (', text)):
        if name not in CALLED | TYPES:
            yield f'calls {name}()'
    for name in re.findall(r'::(\w+)', text):
        if name not in TYPES:
            yield f'casts to {name}'
    into, key = re.match(r'insert into (?:lasthello\.)?(\w+)', text), re.search(r'on conflict \((\w+)', text)
    if into and key and (into[1], key[1]) not in (('sensor', 'uuid'),) and key[1] != 'sensor':
        yield f'its key begins with {key[1]}, not with the sensor'


# ---- what is sent ----------------------------------------------------------------------------------------------------------------

def logged(centre, roles):
    """(role, statement), each once."""
    with open(centre.log) as log:
        text = log.read()
    found = re.findall(r'^(\w+)> LOG: +(?:statement|execute [^:]*): (.*(?:\n\t.*)*)', text, re.MULTILINE)
    return sorted({(role, statement.replace('\n\t', '\n')) for role, statement in found if role in roles})


def work(program, pcaps, centre, folder):
    """All that programs do with a centre."""
    path, backup = f'{folder}/berlin.db', f'{folder}/backup.db'
    packets = over_days(random.Random(1), 50, 40)
    days = histories.save(f'{folder}/days.pcap', histories.classic(packets[:len(packets) // 2]))

    def sync(status=0):
        done = run(program, 'sync', '--once', path, centre.url('berlin'), check=False)
        assert done.returncode == status, done.stderr.decode()

    run(program, 'read', '-o', path, '--site', 'berlin', days, f'{pcaps}/names-dhcp', f'{pcaps}/file-unknown-ethertype', f'{pcaps}/resumption-ticket-tls11')
    sync()
    shutil.copy(path, backup)
    histories.save(days, histories.classic(packets))
    run(program, 'read', '-o', path, '--site', 'berlin', days)  # the shorter one is replaced
    sync()
    run(program, 'read', '-o', path, '--site', 'berlin', '--keep', '1', days)
    sync()
    shutil.copy(backup, path)
    sync()
    sync()
    for _ in range(2):
        run(program, 'merge', centre.url('anna'), '-o', f'{folder}/all.db')
    run(program, 'policy', 'apply', '--policy', f'{os.path.dirname(pcaps)}/data/policies', centre.url('judge'))


# ---- promises --------------------------------------------------------------------------------------------------------------------

def tell(statements, begins):
    """How many break the rules; each is said."""
    found = [f'FAIL {whose}: {complaint}: {bare(sql)[:300]}' for whose, sql in statements for complaint in complaints(sql, begins)]
    print('\n'.join(found[:20]) or 'nothing is said against them')
    return len(found)


def script_statements(program):
    """Those of tables and views: what stands between the roles and the rights, without the procedure."""
    script = run(program, 'sync', '--print-schema').stdout.decode()
    part = script[script.index('---- what ----'):script.index('---- what is kept no longer')]
    part = re.sub(r'\$\$(.*?);?\s*\$\$', lambda body: body[1].replace(';', ''), re.sub(r'--[^\n]*', '', part), flags=re.DOTALL)
    return [('schema', statement) for statement in part.split(';') if statement.strip()]


def keys_begin_with_the_sensor(centre):
    rows = centre.rows("SELECT i.indrelid::regclass, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
                       " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE n.nspname = 'lasthello' AND i.indisunique")
    wrong = [row for row in rows if row[1] != 'sensor' and row[0].split('.')[-1] not in ('sensor', 'centre', 'judgement_day')]
    for row in wrong:
        print(f'FAIL a unique key begins with {row}')
    assert len(rows) > 13, rows
    sequences = centre.psql("SELECT count(*) FROM pg_class WHERE relkind = 'S' OR relpersistence <> 'p' AND relname LIKE 'lasthello%'").strip()
    triggers = centre.psql('SELECT count(*) FROM pg_trigger').strip()
    assert (sequences, triggers) == ('0', '0'), (sequences, triggers)
    return len(wrong)


def it_would_be_seen():
    """What the rules are for."""
    for sql in ("SELECT nextval('s')", 'COPY observation FROM STDIN', 'LOCK TABLE sensor', 'SELECT pg_advisory_lock(1)', 'LISTEN news', 'DECLARE c SCROLL CURSOR FOR SELECT 1',
                'CREATE TEMP TABLE t (a bigint)', 'INSERT INTO lasthello.host (id) VALUES (1) ON CONFLICT (id) DO NOTHING', 'SELECT array_agg(id) FROM host',
                "SELECT 'a'::citext", 'SELECT id FROM host FOR UPDATE', 'INSERT INTO host (id) VALUES (1) RETURNING id', 'SELECT DISTINCT ON (id) id FROM host'):
        assert list(complaints(sql, SENT)), sql
    for sql in ("SELECT count(*) FROM lasthello.host WHERE name = 'nextval(' -- COPY", 'INSERT INTO lasthello.host AS t (sensor, id) VALUES ($1, $2) '
                'ON CONFLICT (sensor, id) DO UPDATE SET first_seen = least(t.first_seen, excluded.first_seen)'):
        assert not list(complaints(sql, SENT)), (sql, list(complaints(sql, SENT)))


def main():
    program, pcaps = (os.path.abspath(path) for path in sys.argv[1:3])
    it_would_be_seen()
    with Centre(log_statement='all', log_line_prefix='%u> ') as centre, tempfile.TemporaryDirectory() as folder:
        centre.install(program)
        centre.add_sensor('berlin')
        centre.psql('CREATE ROLE anna LOGIN IN ROLE lasthello_reader; CREATE ROLE judge LOGIN IN ROLE lasthello_judge')
        failed = keys_begin_with_the_sensor(centre)
        work(program, pcaps, centre, folder)
        sent, made = logged(centre, ('berlin', 'anna', 'judge')), script_statements(program)
    roles = {role for role, _ in sent}
    assert roles == {'berlin', 'anna', 'judge'} and len(sent) > 20 and len(made) > 40, (roles, len(sent), len(made))
    failed += tell(sent, SENT) + tell(made, MADE)
    print(f'{len(sent)} statements that are sent and {len(made)} of the schema: {failed} complaints')
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
