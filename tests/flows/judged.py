#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""judged.py PROGRAM PCAPS: what becomes of clients, asked of captures that real clients and servers made. A capture is moved to the day
that its row says (editcap); the verdicts are demanded as of a day. They follow from docs/policies.md and lasthello-verdicts(7)."""
import calendar
import functools
import json
import os
import subprocess
import sys
import tempfile
import time

from program import run
from promises import try_all

PROGRAM, PCAPS = sys.argv[1], sys.argv[2]
DATA = os.path.join(PCAPS, '..', 'data')
SOME, ALL, TOO_NEW = 'provider-refuses-some', 'provider-refuses-all', 'too-new-for-the-server'
ROLLED_OUT = dict(policy='exchange-online', verdict='failing', cause='client', since_day='2026-11-10')

# promise; captures and their days; as of; client, to, service; what its row for that policy, or the only row, says; what its sentence holds
ROWS = [
    ('a roll-out refuses 3 of 10 attempts of a day: failing, whatever the last attempt was', {SOME: '2026-11-10'}, '2026-11-10',
     ('10.1.0.157', 'Microsoft365', 'imaps'), ROLLED_OUT | dict(refused=3, attempts=10, refusals_by_day=['2026-11-10 3/10'], days_left=51),
     '3 of 10 attempts'),
    ('a week later it refuses all', {SOME: '2026-11-10', ALL: '2026-11-17'}, '2026-11-17',
     ('10.1.0.157', 'Microsoft365', 'imaps'), ROLLED_OUT | dict(refused=4, attempts=4, refusals_by_day=['2026-11-17 4/4'], days_left=44),
     '4 of 4 attempts'),
    ('asked as of the first day, the second is not known', {SOME: '2026-11-10', ALL: '2026-11-17'}, '2026-11-10',
     ('10.1.0.157', 'Microsoft365', 'imaps'), ROLLED_OUT | dict(refused=3, attempts=10, refusals_by_day=['2026-11-10 3/10']), '3 of 10'),
    ('a refusal on the regular name does not prove the roll-out, and the sentence says so', {ALL: '2026-11-17'}, '2026-11-17',
     ('10.1.0.157', 'Microsoft365', 'imaps'), dict(policy='exchange-online', verdict='failing', statement='failing_unproven'),
     'this does not prove exchange-online'),
    ('a refusal before the first day is not that policy\'s', {ALL: '2026-07-31'}, '2026-07-31',
     ('10.1.0.157', 'Microsoft365', 'imaps'), dict(policy='exchange-online', verdict='failing'), 'does not prove'),
    ('eight days after the last refusal it is history', {SOME: '2026-11-10'}, '2026-11-18',
     ('10.1.0.157', 'Microsoft365', 'imaps'), dict(policy='exchange-online', verdict='breaks', due='any day until 2026-12-31', days_left=43),
     'which exchange-online ends: any day until 2026-12-31'),
    ('what stands beyond the last day is overdue', {SOME: '2026-12-20'}, '2027-01-01',
     ('10.1.0.157', 'Microsoft365', 'imaps'), dict(policy='exchange-online', verdict='breaks', days_left=-1), 'overdue'),
    ('a client of TLS 1.3 alone is too new for a server of TLS 1.2', {TOO_NEW: '2026-11-10'}, '2026-11-10',
     ('10.1.0.159', 'mail.example', 'imaps'), dict(verdict='failing', cause='too_new'), 'update the server'),
    ('so it is where that server says handshake_failure', {TOO_NEW: '2026-11-10'}, '2026-11-10',
     ('10.1.0.159', 'mail.example', 'pop3s'), dict(verdict='failing', cause='too_new'), 'update the server'),
    ('TLS 1.2 without any ECDHE suite is fragile', {'tls12-without-ecdhe': '2026-11-10'}, '2026-11-10',
     ('10.1.0.158', 'mail.example', 'imap'), dict(verdict='fragile', statement='without_ecdhe'), 'no ECDHE suite'),
    ('a refusal for want of a suite is no version\'s fault', {'tls12-without-ecdhe': '2026-11-10'}, '2026-11-10',
     ('10.1.0.158', 'mail.example', 'pop3s'), dict(verdict='failing', cause=None, statement='suites_refused', refused=1, attempts=1), 'takes none of the cipher suites'),
    ('old TLS that stands, and a login that is answered with NO and an end, three times', {'short-lived': '2026-11-10'}, '2026-11-10',
     ('10.1.0.140', 'mail.example', 'imaps'), dict(verdict='login refused?', cause='client', short_lived=3), 'perhaps its login is refused inside TLS'),
    ('a name that ends, told by DNS alone, breaks whatever is offered', {'names-dns-legacy': '2026-11-10'}, '2026-11-10',
     ('10.1.0.30', 'imap-legacy.office365.com', 'imaps'), dict(verdict='breaks', policy='exchange-online', statement='name_ends', offers='TLS 1.2', days_left=None),
     'no date published for the name'),
    ('old TLS to a name that ends: what has a day comes before what has none', {'provider-ends-old-tls': '2026-11-10'}, '2026-11-10',
     ('10.1.0.156', 'Microsoft365', 'imaps'), dict(verdict='breaks', policy='exchange-online', statement='breaks', got='TLS 1.1'),
     'any day until 2026-12-31'),
    ('of two names that its client had asked for, the one that ends is named', {'names-dns-two': '2026-11-10'}, '2026-11-10',
     ('10.1.0.32', 'imap-legacy.office365.com,outlook.office365.com', 'imaps'), dict(verdict='breaks', statement='name_ends'),
     'had asked DNS for imap-legacy.office365.com,outlook.office365.com before it connected: one of these names ends'),
    ('a client that sends the regular name is not told by what it asked DNS for', {'names-dns-and-sni': '2026-11-10'}, '2026-11-10',
     ('10.1.0.33', 'Microsoft365', 'imaps'), dict(statement='inspected'), 'a middlebox inspects TLS'),
]


def on_day(name, day, folder):
    """A copy of the capture that begins at nine o'clock of that day."""
    source, copy = os.path.join(PCAPS, name, 'capture.pcapng'), os.path.join(folder, f'{name}.pcapng')
    told = subprocess.run(['capinfos', '-r', '-T', '-a', '-S', source], stdout=subprocess.PIPE, check=True, timeout=60).stdout.decode()
    first = float(told.split('\t')[1])
    wanted = calendar.timegm(time.strptime(day, '%Y-%m-%d')) + 9 * 3600
    subprocess.run(['editcap', '-t', f'{wanted - first:.6f}', source, copy], check=True, timeout=60)
    return copy


def verdicts(captures, as_of):
    with tempfile.TemporaryDirectory() as folder:
        inventory = os.path.join(folder, 'i.db')
        paths = [on_day(name, day, folder) for name, day in captures.items()]
        run(PROGRAM, 'read', '-o', inventory, '--providers', os.path.join(DATA, 'providers.txt'), *paths)
        done = run(PROGRAM, 'report', 'verdicts', '--format', 'json', '--policy', os.path.join(DATA, 'policies'), '--as-of', as_of, inventory)
    return json.loads(done.stdout)


def check(captures, as_of, who, wanted, sentence):
    rows = [row for row in verdicts(captures, as_of) if (row['client'], row['to'], row['service']) == who
            and wanted.get('policy') in (None, row.get('policy'))]
    assert len(rows) == 1, f'{len(rows)} rows: {rows}'
    wrong = {key: (rows[0].get(key), value) for key, value in wanted.items() if rows[0].get(key) != value}
    assert not wrong, f'{wrong} in {rows[0]}'
    assert sentence in rows[0]['sentence'], rows[0]['sentence']


if __name__ == '__main__':
    sys.exit(try_all([(promise, functools.partial(check, *row)) for promise, *row in ROWS]))
