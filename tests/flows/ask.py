#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""ask.py PROGRAM PCAPS: what a user asks of an inventory: whose hosts they are, several values for a filter, what a script
learns from the exit status. Each test is a function; its name is the promise."""
import collections
import csv
import io
import json
import sqlite3
import subprocess
import sys

from program import captures, read_events, run
from promises import in_folders, promises_of, try_all

PROGRAM, PCAPS = sys.argv[1], sys.argv[2]


def fill(folder, *words):
    """An inventory of the captures whose names begin with one of the words; all without any."""
    files = [f for name, fs in captures(PCAPS) for f in fs if not words or name.startswith(words)]
    run(PROGRAM, 'read', '-o', f'{folder}/i.db', *files, check=False)


def ask(folder, *arguments, **options):
    """--as-of, so that the day on which the test runs changes nothing."""
    return run(PROGRAM, 'report', *arguments, '--as-of', '2026-11-30', f'{folder}/i.db', **options)


def rows(folder, *arguments):
    return json.loads(ask(folder, *arguments, '--format', 'json').stdout)


def write(folder, name, text):
    with open(f'{folder}/{name}', 'wb') as out:
        out.write(text.encode())
    return f'{folder}/{name}'


HOSTILE = '\x1b[2J\u202e=HYPERLINK("http://x")'


def assets_name_clients_and_owners_choose_them(folder):
    fill(folder, 'imaps-')
    clients = {row['client'] for row in rows(folder, 'clients')}
    one = sorted(clients)[0]
    assets = write(folder, 'a.csv', f'\ufeffAddress;Name;Owner\r\n{one};Press;Print\r\n')
    named = rows(folder, 'clients', '--assets', assets)
    assert {row['client'] for row in named if row.get('name') == 'Press'} == {one}
    assert {row['client'] for row in rows(folder, 'clients', '--assets', assets, '--owner', 'print,other')} == {one}
    assert 'PRESS' in ask(folder, 'clients', '--assets', assets, '--wide').stdout.decode().upper()
    assert 'OWNER' not in ask(folder, 'clients', '--wide').stdout.decode()


def a_broken_list_of_assets_is_one_sentence_with_its_line(folder):
    fill(folder, 'imaps-tls10')
    done = ask(folder, '--assets', write(folder, 'a.csv', 'address\n10.0.0.1\n10.0.0.1\n'), check=False)
    assert done.returncode == 1 and b'a.csv:3: it is about whom line 2 is about already' in done.stderr, done.stderr
    done = ask(folder, '--owner', 'Print', check=False)
    assert done.returncode == 1 and b'--assets FILE' in done.stderr, done.stderr


def texts_of_assets_are_safe_in_each_format(folder):
    fill(folder, 'imaps-tls10')
    client = rows(folder, 'clients')[0]['client']
    quoted = HOSTILE.replace('"', '""')
    assets = write(folder, 'a.csv', f'address,name,owner\n{client},"{quoted}",=1+1\n')
    table = ask(folder, 'clients', '--wide', '--assets', assets).stdout.decode()
    assert '\x1b' not in table and '\u202e' not in table and '\\x1b[2J' in table
    row = [r for r in csv.DictReader(io.StringIO(ask(folder, 'clients', '--format', 'csv', '--assets', assets).stdout.decode()))
           if r['client'] == client][0]
    assert row['owner'] == "'=1+1" and row['name'].startswith('\\x1b'), row
    row = [r for r in rows(folder, 'clients', '--assets', assets) if r['client'] == client][0]
    assert row['owner'] == '=1+1' and '\x1b' not in row['name'], row


def what_helps_is_said_as_a_guess(folder):
    """The JA4_b of the client is that of the capture, as the program shows it; the remedy is ours."""
    fill(folder, 'imaps-tls10')
    ja4_b = rows(folder, 'clients')[0]['ja4'].split('_')[1]
    own = write(folder, 'remedies', f'[own]\nja4_b = {ja4_b}\nmay_be = our own client\nhelps = Replace it.\n'
                'source = us\ncertainty = inferred\nseen = 2026-11-30\n')
    row = rows(folder, 'clients', '--remedies', own)[0]
    assert (row['may_be'], row['helps'], row['told_by']) == ('our own client', 'Replace it.', f'JA4_b {ja4_b}'), row
    assert 'other_help' not in row, row
    both = write(folder, 'both', ''.join(f'[own-{i}]\nja4_b = {ja4_b}\nmay_be = client {i}\nhelps = Do {i}.\n'
                                         'source = us\ncertainty = inferred\nseen = 2026-11-30\n' for i in range(3)))
    story = ask(folder, 'host', row['client'], '--remedies', both).stdout.decode()
    assert f'it may be: client 0 (a guess, by JA4_b {ja4_b})\n  what helps: Do 0.\n' in story, story
    assert all(f'\n  or: client {i} (by JA4_b {ja4_b}): Do {i}.\n' in story for i in (1, 2)), story
    shipped = rows(folder, 'clients', '--remedies', f'{PCAPS}/../data/remedies')[0]
    assert 'configuration' in shipped['helps'] and 'may_be' not in shipped, shipped
    broken = write(folder, 'broken', '[own]\nja4_b = 1\n')
    done = ask(folder, '--remedies', broken, check=False)
    assert done.returncode == 1 and b'broken:2: ' in done.stderr, done


def a_host_s_story_has_who_what_when_and_the_evidence(folder):
    fill(folder, 'imaps-tls10-ipv4')
    row = rows(folder, 'clients')[0]
    assets = write(folder, 'a.csv', f'address,name,owner\n{row["client"]},Press,Print\n')
    story = ask(folder, 'host', row['client'], '--assets', assets).stdout.decode()
    for text in (f'{row["client"]}  Press  owner: Print', 'MAC address', f'Toward {row["to"]}', row['verdict'],
                 f'tcp.port=={row["port"]} && frame.number=={row["packet"]}', row['what_to_do'], row['ja4'], 'old TLS'):
        assert text in story, (text, story)
    assert ask(folder, 'host', 'press', '--assets', assets).stdout.decode().startswith(row['client'])
    told = rows(folder, 'host', row['client'])
    assert told['verdicts'][0]['sentence'] in story.replace('\n   ', ' '), (told['verdicts'], story)
    assert told['targets'] == rows(folder, 'clients', '--network', row['client']), told
    assert told['days'] == [{'date': row['last_seen'][:10], 'old_sessions': 1, 'better_sessions': 0, 'refused_sessions': 0, 'sessions': 1}]
    assert told['offers'][0]['ja4'] == row['ja4']


def each_of_two_names_that_a_client_asked_for_is_known(folder):
    fill(folder, 'names-dns-two')
    for name in ('imap-legacy.office365.com', 'OUTLOOK.office365.com'):
        story = ask(folder, 'server', name).stdout.decode()
        assert story.startswith(name) and '10.9.0.3:993 (imaps' in story, story
    assert ask(folder, 'server', 'office365.com', check=False).returncode == 1
    story = ask(folder, 'host', '10.1.0.32', '--policy', f'{PCAPS}/../data/policies', '--remedies', f'{PCAPS}/../data/remedies').stdout.decode()
    assert 'by server name *-legacy.office365.com' in story and 'AllowLegacyTLSClients' in story, story


def who_offers_the_same_is_counted_in_a_host_s_story(folder):
    """By the sessions of all: other addresses with the same JA4_b, without what anybody can forge."""
    fill(folder, 'imaps-', 'refused-', 'sslv2')
    offering = collections.defaultdict(set)
    for row in rows(folder, 'sessions'):
        if len(row.get('ja4', '')) == 36 and 'unconfirmed' not in row.get('flags', []):
            offering[row['ja4'].split('_')[1]].add(row['client'])
    most = max(offering, key=lambda ja4_b: len(offering[ja4_b]))
    for client in [sorted(set().union(*offering.values()))[0], sorted(offering[most])[0]]:
        told = {row['ja4_b']: row['like_hosts'] for row in rows(folder, 'host', client)['like']}
        for ja4_b, count in told.items():
            assert count == len(offering[ja4_b] - {client}), (client, ja4_b, count, offering[ja4_b])
    assert told[most] > 1, told
    story = ask(folder, 'host', client).stdout.decode()
    assert f', like {told[most]} other hosts; ' in story, story


def a_server_s_story_names_whom_it_holds(folder):
    fill(folder, 'imaps-tls10-ipv4', 'imaps-tls13-ipv4')
    old = rows(folder, 'clients', '--verdict', 'legacy')[0]
    for name in (old['server'], old['server_name'].upper()):
        story = ask(folder, 'server', name).stdout.decode()
        held = story[story.index('Before TLS 1.0'):]
        assert old['client'] in held and held.count('offers') == 1, story
        assert '): legacy\n  accepts TLS 1.3, 1.0\n' in story and '\n  next step: keep TLS 1.0/1.1 enabled' in story, story
    fill(folder)
    assert 'clients' in rows(folder, 'server', old['server'])
    story = ask(folder, 'server', old['server']).stdout.decode()
    held = [line.split()[0] for line in story[story.index('Before TLS 1.0'):].splitlines()[1:] if ' sessions: ' in line]
    offers = {(row['client']) for row in rows(folder, 'sessions', '--network', old['server']) if row.get('cause') in ('client', 'fallback', 'unknown')}
    assert held and set(held) <= offers, set(held) - offers


def who_was_not_seen_is_a_sentence_with_those_near(folder):
    fill(folder, 'imaps-tls10-ipv4')
    row = rows(folder, 'clients')[0]
    done = ask(folder, 'host', '10.1.0.254', check=False)
    assert done.returncode == 1 and b'no host 10.1.0.254 was seen; near it: ' in done.stderr, done.stderr
    assert row['client'].encode() in done.stderr
    done = ask(folder, 'server', 'mial' + row['server_name'][row['server_name'].index('.'):], check=False)
    assert done.returncode == 1 and row['server_name'].encode() in done.stderr, done.stderr
    assert run(PROGRAM, 'report', 'host', check=False).returncode == 2


def anonymised_reports_tell_of_nobody_and_agree(folder):
    """Nothing of the addresses, names, owners and paths is left in any format; the same key gives the same again."""
    fill(folder, 'imaps-tls10', 'imap-starttls')
    plain = rows(folder, 'sessions')
    assets = write(folder, 'a.csv', f'address,name,owner\n{plain[0]["client"]},Press,Print\n')
    key = write(folder, 'key', '0123456789abcdef0123456789abcdef')
    telling = {row[column] for row in plain for column in ('client', 'server', 'server_name', 'client_mac', 'server_mac', 'source')
               if column in row} | {'Press', 'Print', folder}
    for words in (['clients'], ['servers'], ['sessions'], ['coverage'], ['summary'], ['verdicts'], ['host', plain[0]['client']],
                  ['server', plain[0]['server']], ['clients', '--format', 'csv'], ['sessions', '--format', 'json'],
                  ['--format', 'json', '--owner', 'Print'], ['host', plain[0]['client'], '--format', 'json'], ['--format', 'html']):
        said = ask(folder, *words, '--wide', '--assets', assets, f'--anonymise={key}').stdout.decode()
        left = [text for text in telling if text in said]
        assert not left and said, (words, left)
    hidden = rows(folder, 'sessions', f'--anonymise={key}')
    assert hidden == rows(folder, 'sessions', f'--anonymise={key}')
    assert len({row['client'] for row in hidden}) == len({row['client'] for row in plain})
    assert hidden != rows(folder, 'sessions', '--anonymise')
    assert ask(folder, f'--anonymise={folder}/nothing', check=False).returncode == 2


# Columns whose texts stay as they are: they tell of nobody.
HARMLESS = set('''accepts as-of as_of became became_of breach cause certificate_chain certificate_key certificate_key_type certificate_not_after
    certificate_not_before certificate_signature change cipher cipher_suites client_software date directions due ended evidence first_seen
    first_time flags foreign got group helps ja3 ja3s ja4 ja4_b kind last_seen last_time legacy_version login may_be negotiated not_understood
    note offered offered_alpn offered_min offers old_first_day old_last_day outcome policy provider provider_source refusals_by_day
    refused_by refused_last_day refuses server_name_source server_software service signature_algorithms since_day source_kind started
    starttls state statement supported_groups supported_versions title told_by trait trend tunnel until verdict version vlans what what_to_do wire_version'''.split())


def a_new_column_is_hidden_or_known_to_tell_of_nobody(folder):
    """Each column that --anonymise leaves as it is stands in HARMLESS, `to` where it names a provider."""
    fill(folder)
    words = ('--policy', f'{PCAPS}/../data/policies', '--remedies', f'{PCAPS}/../data/remedies')
    left, hidden = {}, set()

    def compare(plain, other, name):
        if isinstance(plain, dict):
            for key in plain:
                compare(plain[key], other[key], key)
        elif isinstance(plain, list) and plain and not isinstance(plain[0], str):
            for one, two in zip(plain, other, strict=True):
                compare(one, two, name)
        elif isinstance(plain, (str, list)) and plain == other:
            left[name] = plain
        elif isinstance(plain, (str, list)):
            hidden.add(name)

    one = next(row for row in rows(folder, 'clients') if row['client'].startswith('10.'))
    for question in (['summary'], ['clients'], ['servers'], ['suites'], ['sessions'], ['coverage'], ['verdicts'], ['changes'], ['trend'],
                     ['host', one['client']], ['server', one['server']]):
        compare(rows(folder, *question, *words), rows(folder, *question, *words, '--anonymise'), question[0])
    assert left.pop('to') == 'Microsoft365'
    assert set(left) <= HARMLESS, {key: left[key] for key in set(left) - HARMLESS}
    assert {'client', 'server', 'inspected_by', 'certificate_issuer', 'sentence', 'source', 'known_value'} <= hidden, hidden
    done = ask(folder, 'host', '10.99.0.1', '--anonymise', check=False)
    assert done.returncode == 1 and b'no host 10.99.0.1 was seen\n' in done.stderr, done.stderr


def a_trend_is_numbers_and_a_line(folder):
    fill(folder, 'imaps-tls10-ipv4', 'imaps-tls13-ipv4')
    told = rows(folder, 'trend')
    assert {row['became_of']: row['sessions'] for row in told} == {'TLS 1.0': 1, 'TLS 1.3': 1}, told
    for locale, bar in (('C.UTF-8', '\u2588'), ('C', '9')):
        table = ask(folder, 'trend', env={'LC_ALL': locale, 'PATH': '/usr/bin:/bin'}).stdout.decode()
        assert [line.split() for line in table.splitlines() if line.startswith('TLS 1.0')] == [['TLS', '1.0', '1', '1', bar]], table


def suites_are_what_events_tell_of_each_session(folder):
    """Of sessions that were negotiated and confirmed; how many, by server, port, version and suite."""
    told = collections.Counter()
    files = [file for _, files in captures(PCAPS) for file in files]
    for event in read_events(PROGRAM, files, inventory=f'{folder}/i.db', check=False):
        if event.get('lasthello.outcome') in ('established', 'negotiated') and event.get('lasthello.negotiated') and event.get('tls.cipher') \
                and not {'unconfirmed'} & set(event.get('lasthello.flags', [])):
            told[(event['destination.ip'], event['destination.port'], event['lasthello.negotiated'], event['tls.cipher'])] += 1
    found = {(row['server'], row['port'], row['got'], row.get('cipher')) for row in rows(folder, 'suites')}
    seen = collections.defaultdict(lambda: [set(), 0, '9', '']) # by what `sessions` says
    for row in rows(folder, 'sessions'):
        if 'unconfirmed' in row.get('flags', []):
            continue
        sums = seen[row['server'], row['port'], row.get('negotiated'), row.get('cipher'), row.get('group'), row.get('provider')]
        sums[0].add(row['client'])
        sums[1] += row['sessions']
        sums[2:] = min(sums[2], row['first_seen']), max(sums[3], row['last_seen'])
    for row in (row for row in rows(folder, 'suites') if 'cipher' in row):
        clients, *sums = seen[tuple(row.get(name) for name in ('server', 'port', 'got', 'cipher', 'group', 'provider'))]
        assert [len(clients), *sums] == [row[name] for name in ('clients', 'sessions', 'first_seen', 'last_seen')], (row, clients, sums)
    assert len(told) > 10, told
    assert set(told) <= found, sorted(set(told) - found)[:5]


def a_spreadsheet_has_the_moments_of_csv(folder):
    fill(folder, 'imaps-tls10', 'refused-')
    plain = ask(folder, 'suites', '--format', 'csv').stdout.decode()
    sheet = ask(folder, 'suites', '--format', 'spreadsheet').stdout.decode()
    assert sheet[0] == '\ufeff', sheet[:20]
    for one, other in zip(csv.DictReader(io.StringIO(plain)), csv.DictReader(io.StringIO(sheet[1:])), strict=True):
        for name in one:
            expected = one[name][:19].replace('T', ' ') if name.endswith('_seen') else one[name]
            assert other[name] == expected, (name, one[name], other[name])


def policies_are_applied_for_sqlite3_and_change_no_report(folder):
    fill(folder, 'imaps-tls10-ipv4')
    before = ask(folder, 'clients').stdout
    done = run(PROGRAM, 'policy', 'apply', f'{folder}/i.db', '--policy', f'{PCAPS}/../data/policies', '--as-of', '2026-11-30')
    assert b'as of 2026-11-30' in done.stdout, done.stdout
    with sqlite3.connect(f'{folder}/i.db') as db:
        told = db.execute('SELECT verdict, as_of, sessions FROM verdicts').fetchall()
    assert told == [('legacy', '2026-11-30', 1)], told
    assert ask(folder, 'clients').stdout == before
    assert run(PROGRAM, 'policy', 'apply', f'{folder}/nothing.db', check=False).returncode == 1


def the_view_of_verdicts_is_what_the_report_says(folder):
    fill(folder, 'imaps-', 'pop3-', 'too-new', 'tls12-without-ecdhe', 'provider-', 'short-lived')
    by = ('--policy', f'{PCAPS}/../data/policies', '--as-of', '2026-11-30')
    run(PROGRAM, 'policy', 'apply', f'{folder}/i.db', *by)
    told = json.loads(ask(folder, 'verdicts', '--format', 'json', *by).stdout)
    with sqlite3.connect(f'{folder}/i.db') as db:
        db.row_factory = sqlite3.Row
        view = [dict(row) for row in db.execute('SELECT * FROM verdicts')]
    assert len(view) == len(told) > 20 and {'failing', 'breaks', 'legacy', 'safe'} <= {row['verdict'] for row in view}, len(view)
    assert {'policy', 'statement', 'due', 'got', 'cause', 'breach', 'refused', 'attempts', 'all_sessions'} < set(view[0])
    common = sorted(name for name in view[0] if name in {key for row in told for key in row})

    def as_text(rows):
        return sorted(str([str(row[name])[:10] if name.endswith('_day') else row[name] for name in common]) for row in rows)

    assert as_text([{name: row.get(name) for name in common} for row in told]) == as_text(view)


def two_judgements_at_once_leave_the_rows_of_one(folder):
    fill(folder, 'imaps-', 'pop3-')
    by = [[PROGRAM, 'policy', 'apply', f'{folder}/i.db', '--policy', f'{PCAPS}/../data/policies/{name}.policy', '--as-of', '2026-11-30']
          for name in ('nsa', 'rfc8996')]

    def left():
        with sqlite3.connect(f'{folder}/i.db') as db:
            return sorted(map(str, db.execute('SELECT * FROM verdicts')))

    alone = []
    for words in by:
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, timeout=60)
        alone.append(left())
    assert alone[0] != alone[1]
    for _ in range(3):
        for child in [subprocess.Popen(words, stdout=subprocess.DEVNULL) for words in by * 2]:
            assert child.wait(60) == 0
        assert left() in alone


def a_filter_takes_several_values(folder):
    fill(folder, 'imaps-', 'pop3s-')
    both = rows(folder, 'sessions', '--version', 'TLS 1.0,tls 1.3')
    assert {row['negotiated'] for row in both} == {'TLS 1.0', 'TLS 1.3'}
    assert {row['service'] for row in rows(folder, 'sessions', '--service', 'IMAPS, pop3s')} == {'imaps', 'pop3s'}
    done = ask(folder, '--cause', 'client,weather', check=False)
    assert done.returncode == 2 and b"not 'weather'" in done.stderr, done.stderr


def a_verdict_chooses_rows(folder):
    fill(folder)
    everything = rows(folder, 'clients')
    some = rows(folder, 'clients', '--verdict', 'failing,exposed')
    assert some == [row for row in everything if row['verdict'] in ('failing', 'exposed')] and some


def a_client_s_verdict_is_the_worst_of_those_by_policy(folder):
    """The list of clients and the list of verdicts come to it by different ways."""
    fill(folder)
    worse = ['unconfirmed', 'safe', 'unknown', 'fragile', 'exposed', 'legacy', 'breaks', 'login refused?', 'failing'].index
    for day in ('2026-11-27', '2026-12-20', '2027-02-01'):
        worst = {}
        for question, take in (('verdicts', max), ('clients', lambda one, other: other)):
            text = run(PROGRAM, 'report', question, '--as-of', day, '--format', 'json', '--policy', f'{PCAPS}/../data/policies', f'{folder}/i.db').stdout
            for row in json.loads(text):
                key = question, row['client'], row['to'], row['service'], row['port']
                worst[key] = take(worst.get(key, 0), worse(row['verdict']))
        clients = {key[1:]: verdict for key, verdict in worst.items() if key[0] == 'clients' and verdict > 0}
        verdicts = {key[1:]: verdict for key, verdict in worst.items() if key[0] == 'verdicts'}
        assert clients == verdicts, (day, {k: (clients.get(k), verdicts.get(k)) for k in clients.keys() | verdicts.keys()
                                           if clients.get(k) != verdicts.get(k)})


def the_exit_status_says_what_was_found(folder):
    """0: nobody so bad; 3: this verdict, or a worse one."""
    fill(folder, 'imaps-tls12', 'imaps-tls13')
    for verdict in ('failing', 'breaks', 'legacy', 'exposed'):
        assert ask(folder, '--fail-on', verdict, check=False).returncode == 0, verdict
    fill(folder, 'imaps-tls10')
    assert ask(folder, '--fail-on', 'legacy', check=False).returncode == 3
    assert ask(folder, 'coverage', '--fail-on', 'legacy', check=False).returncode == 3
    assert ask(folder, '--fail-on', 'failing', check=False).returncode == 0
    assert ask(folder, '--fail-on', 'legacy', '--service', 'pop3', check=False).returncode == 0
    assert ask(folder, '--fail-on', 'doom', check=False).returncode == 2


if __name__ == '__main__':
    sys.exit(try_all(in_folders(promises_of(globals(), 'folder'))))
