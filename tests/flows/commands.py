#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""commands.py PROGRAM PCAPS: what a user meets: the same file twice, folders, compression, standard input, damaged files, full
disks, foreign databases, wrong options. Each test is a function; its name is the promise."""
import contextlib
import csv
import fcntl
import glob
import gzip
import io
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
import time

import wire

from capture_file import Capture
from program import captures, run
from promises import in_folders, promises_of, try_all

PROGRAM, PCAPS = sys.argv[1], sys.argv[2]


def pick(*words):
    """The first capture whose name has all the words."""
    for name, files in captures(PCAPS):
        if all(word in name for word in words) and len(files) == 1 and files[0].endswith('.pcapng'):
            return files[0]
    raise AssertionError(f'no capture in pcaps/ is named like {words}')


def read(folder, *arguments, **options):
    return run(PROGRAM, 'read', '-o', f'{folder}/i.db', *arguments, check=False, **options)


def report(folder, *arguments):
    return run(PROGRAM, 'report', *arguments, f'{folder}/i.db').stdout.decode()


def dump(folder):
    """Everything that a reader of the inventory sees, as text."""
    with sqlite3.connect(f'{folder}/i.db') as db:
        names = [n for n, in db.execute("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY 1")]
        return '\n'.join(f'{n} {row}' for n in names for row in sorted(map(repr, db.execute(f'SELECT * FROM {n}'))))


def sessions(folder):
    return sum(int(r['sessions']) for r in json.loads(report(folder, 'sessions', '--format', 'json')))


def says(done, *words):
    text = done.stderr.decode()
    lines = [line for line in text.splitlines() if line.strip()]
    for word in words:
        assert word in text, f'"{word}" is not in: {text}'
    assert all(len(line) < 400 for line in lines), text


def reading_the_same_file_again_changes_nothing(folder):
    path = pick('imap', 'tls10')
    assert read(folder, path).returncode == 0
    before = dump(folder)
    assert sessions(folder) > 0
    read(folder, path)
    assert dump(folder) == before
    read(folder, path, '--jobs', '2')
    assert dump(folder) == before


def a_copy_compressed_longer_or_cut_is_the_same_source(folder):
    capture = Capture(pick('imap', 'tls10'))
    capture.write(f'{folder}/whole.pcapng', capture.packets)
    capture.write(f'{folder}/cut.pcapng', capture.packets[:len(capture.packets) // 2])
    with gzip.open(f'{folder}/whole.pcapng.gz', 'wb') as file:
        file.write(open(f'{folder}/whole.pcapng', 'rb').read())
    for order in (['cut.pcapng', 'whole.pcapng'], ['whole.pcapng', 'cut.pcapng'], ['whole.pcapng.gz', 'whole.pcapng']):
        for name in order:
            assert read(folder, f'{folder}/{name}').returncode == 0
        with contextlib.closing(sqlite3.connect(f'{folder}/i.db')) as db:
            assert db.execute('SELECT count(*) FROM coverage').fetchone() == (1,), order
        first = getattr(a_copy_compressed_longer_or_cut_is_the_same_source, 'sessions', None) or sessions(folder)
        a_copy_compressed_longer_or_cut_is_the_same_source.sessions = first
        assert sessions(folder) == first
        os.remove(f'{folder}/i.db')


def connections_continue_from_file_to_file_in_a_folder(folder):
    capture = Capture(pick('imap', 'tls10'))
    os.mkdir(f'{folder}/rotated')
    third = len(capture.packets) // 3
    # named against their order in time
    for name, packets in (('c', capture.packets[:third]), ('a', capture.packets[third:2 * third]),
                          ('b', capture.packets[2 * third:])):
        capture.write(f'{folder}/rotated/{name}.pcapng', packets)
    capture.write(f'{folder}/whole.pcapng', capture.packets)
    done = read(folder, f'{folder}/rotated', '--events', f'{folder}/rotated.jsonl')
    assert done.returncode == 0, done.stderr
    run(PROGRAM, 'read', '-o', f'{folder}/w.db', '--events', f'{folder}/whole.jsonl', f'{folder}/whole.pcapng')
    order = {'lasthello.source', 'lasthello.first_packet', 'lasthello.last_packet'}
    events = [[{k: v for k, v in json.loads(line).items() if k not in order} for line in open(f'{folder}/{name}.jsonl')]
              for name in ('rotated', 'whole')]
    assert events[0] == events[1], events
    before = dump(folder)
    read(folder, f'{folder}/rotated')
    assert dump(folder) == before


def standard_input_is_read(folder):
    with open(pick('imap', 'tls10'), 'rb') as file:
        assert read(folder, '-', stdin=file).returncode == 0
    assert sessions(folder) > 0


def a_file_that_ends_inside_a_packet_gives_what_came_before(folder):
    data = open(pick('imap', 'tls10'), 'rb').read()
    open(f'{folder}/cut.pcapng', 'wb').write(data[:-30])
    done = read(folder, f'{folder}/cut.pcapng')
    assert done.returncode == 1
    says(done, 'cut.pcapng', 'packet')
    assert sessions(folder) > 0


def other_sources_are_read_when_one_fails(folder):
    open(f'{folder}/notes.txt', 'w').write('Dear diary, this is no capture file at all.\n')
    open(f'{folder}/empty.pcap', 'w').close()
    done = read(folder, f'{folder}/notes.txt', f'{folder}/nothing.pcap', f'{folder}/empty.pcap', pick('imap', 'tls10'))
    assert done.returncode == 1
    says(done, 'notes.txt', 'nothing.pcap', 'empty.pcap')
    assert sessions(folder) > 0


def what_could_not_be_read_is_told_until_it_was(folder):
    """Not so what is not there at all: that may be a slip of the finger."""
    good = pick('imap', 'tls10')
    open(f'{folder}/empty.pcap', 'w').close()
    for number in (1, 2):
        done = read(folder, f'{folder}/empty.pcap', f'{folder}/nothing.pcap', good)
        says(done, '1 of 3 files read' + (': ' if number == 1 else ' (1 already in the inventory, skipped): '))
        rows = {row['source']: row for row in json.loads(report(folder, 'coverage', '--since', '1h', '--format', 'json'))}
        assert list(rows) == [f'{folder}/empty.pcap'] and rows[f'{folder}/empty.pcap']['state'] == 'unread', rows
        assert ' 1 source could not be read to its end' in report(folder), report(folder)
    with open(f'{folder}/empty.pcap', 'wb') as file:
        file.write(open(pick('pop3', 'tls10'), 'rb').read())
    assert read(folder, f'{folder}/empty.pcap').returncode == 0
    assert 'could not be read' not in report(folder), report(folder)


def what_a_folder_has_that_cannot_be_read_is_named(folder):
    """As if it had been named on the command line; but text is left out."""
    d = f'{folder}/d'
    os.mkdir(d)
    data = open(pick('imap', 'tls10'), 'rb').read()
    for name, content in (('good.pcapng', data), ('empty.pcap', b''), ('damaged.pcapng', b'\0' + data[1:]), ('notes.txt', b'Of Monday\n')):
        open(f'{d}/{name}', 'wb').write(content)
    done = read(folder, d)
    assert done.returncode == 1, done
    says(done, 'empty.pcap: is empty', 'damaged.pcapng: not a capture', '1 file left out', 'notes.txt', '1 of 3 files read')
    rows = {row['source']: row['state'] for row in json.loads(report(folder, 'coverage', '--format', 'json'))}
    assert rows == {f'{d}/good.pcapng': 'complete', f'{d}/empty.pcap': 'unread', f'{d}/damaged.pcapng': 'unread'}, rows
    for name in ('empty.pcap', 'damaged.pcapng'):
        os.unlink(f'{d}/{name}')
    assert read(folder, d).returncode == 0


def copies_in_a_folder_count_once_and_do_not_tear_it_apart(folder):
    """A session goes on from the first file into the second; copies of the first, whole and cut, lie between them."""
    frames, d = wire.session(wire.Connection(wire.address(1))), f'{folder}/d'
    times = [1_000_000 * number for number in range(len(frames))]
    os.mkdir(d)
    wire.write(f'{d}/1.pcap', frames[:5], times[:5])
    wire.write(f'{d}/2.pcap', frames[5:], times[5:])
    wire.write(f'{d}/1.pcap.cut', frames[:3], times[:3])
    open(f'{d}/1.pcap.gz', 'wb').write(gzip.compress(open(f'{d}/1.pcap', 'rb').read()))
    says(read(folder, d), '4 of 4 files read (2 already in the inventory, skipped)')
    rows = json.loads(report(folder, 'sessions', '--format', 'json'))
    assert [(row['outcome'], row['sessions'], row['source'], row['last_source']) for row in rows] == [
        ('established', 1, f'{d}/1.pcap', f'{d}/2.pcap')], rows
    assert len(json.loads(report(folder, 'coverage', '--format', 'json'))) == 2
    says(read(folder, f'{d}/1.pcap', d), '5 of 5 files read (5 already in the inventory, skipped)')
    assert json.loads(report(folder, 'sessions', '--format', 'json')) == rows


def what_is_kept_no_longer_is_claimed_no_longer(folder):
    """Of a capture of 40 days, 30 are kept; and its title begins with the first of them."""
    frames = [wire.session(wire.Connection(wire.address(day), port=20000 + day)) for day in range(40)]
    wire.write(f'{folder}/c.pcap', sum(frames, []), [day * 86_400_000_000 + 1000 * number for day in range(40) for number in range(len(frames[0]))])
    assert read(folder, '--keep', '30', f'{folder}/c.pcap').returncode == 0
    rows = json.loads(report(folder, 'sessions', '--format', 'json'))
    assert len(rows) == 31 and '"2023-11-14' not in report(folder, 'coverage', '--format', 'json'), rows
    assert report(folder).splitlines()[0].count('2023-11-23') == 1, report(folder)


def garbage_and_damaged_files_are_survived(folder):
    data = open(pick('imap', 'tls10'), 'rb').read()
    for i in range(0, len(data), max(1, len(data) // 60)):
        open(f'{folder}/bad{i}.pcapng', 'wb').write(data[:i] + b'\xff\x00\x5a\xa5' + data[i + 4:])
    done = read(folder, *(f'{folder}/{n}' for n in os.listdir(folder) if n.startswith('bad')))
    assert done.returncode in (0, 1), done
    with sqlite3.connect(f'{folder}/i.db') as db:
        assert db.execute('PRAGMA integrity_check').fetchone() == ('ok',)


def that_a_session_was_short_is_learnt_after_its_event(folder):
    """pcaps/short-lived: three sessions that the server ended as soon as it had refused the login."""
    read(folder, pick('short-lived'))
    rows = json.loads(report(folder, 'sessions', '--format', 'json'))
    assert sum(int(row['short_lived']) for row in rows) == 3, rows


def what_is_neither_mail_nor_tls_is_no_mail_session(folder):
    done = read(folder, pick('foreign', 'ssh'))
    assert done.returncode == 0
    says(done, 'no mail session was seen')
    assert sessions(folder) == 1
    assert 'No mail session was seen' in report(folder)


def the_fates_of_the_packets_add_up(folder):
    read(folder, PCAPS)
    rows = json.loads(report(folder, 'coverage', '--format', 'json'))
    with sqlite3.connect(f'{folder}/i.db') as db:
        for source, packets, fates in db.execute(
                'SELECT s.name, s.packets, (SELECT coalesce(sum(f.packets), 0) FROM fate f WHERE f.source = s.id) FROM source s'):
            assert packets == fates, f'{source}: {packets} packets, {fates} fates'
    assert len(rows) > 0


def reading_with_all_rights_is_said(folder):
    done = read(folder, '--no-sandbox', pick('imap', 'tls10'))
    says(done, '--no-sandbox: packets are read with all the rights of this process')
    assert done.returncode == 0 and sessions(folder) > 0


def closed_standard_descriptors_are_not_taken_for_files(folder):
    for closed in ('<&-', '>&-', '2>&-', '<&- >&- 2>&-'):
        done = subprocess.run(['sh', '-c', f'exec "$@" {closed}', 'sh', PROGRAM, 'read', '-o', f'{folder}/i.db', '--events',
                               f'{folder}/events', pick('imap', 'tls10'), f'{folder}/missing.pcap'], stderr=subprocess.DEVNULL)
        assert done.returncode == 1
        assert all(json.loads(line) for line in open(f'{folder}/events')), closed
        assert sessions(folder) > 0
        for name in ('i.db', 'events'):
            os.remove(f'{folder}/{name}')
    done = subprocess.run(['sh', '-c', 'exec "$@" >&-', 'sh', PROGRAM, 'read', '-o', f'{folder}/i.db', '--events', '-',
                           pick('imap', 'tls10')], stderr=subprocess.PIPE)
    assert done.returncode == 1 and b'standard output' in done.stderr, done.stderr


def block(kind, body):
    """One of pcapng."""
    body += bytes(-len(body) % 4)
    length = struct.pack('<I', len(body) + 12)
    return struct.pack('<I', kind) + length + body + length


def statistics(dropped):
    """A block of interface statistics: isb_ifdrop of the first interface."""
    return block(5, struct.pack('<IIIHHQI', 0, 0, 0, 5, 8, dropped, 0))


def write_at(path, frames, offset, ticks):
    """All at one time, in microseconds after a number of seconds after 1970."""
    head = block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))
    head += block(1, struct.pack('<HHIHHqI', 1, 0, 0, 14, 8, offset, 0))
    with open(path, 'wb') as file:
        file.write(head)
        for frame in frames:
            file.write(block(6, struct.pack('<IIIII', 0, ticks >> 32, ticks & 0xffffffff, len(frame), len(frame)) + frame))


def a_capture_from_the_first_time_there_is_to_the_last_is_read(folder):
    frames = Capture(pick('imap', 'tls10')).frames
    os.mkdir(f'{folder}/rotated')
    write_at(f'{folder}/rotated/a.pcapng', frames[:5], -2**62, 0)
    write_at(f'{folder}/rotated/b.pcapng', frames[5:], 2**62, 2**63)
    done = read(folder, f'{folder}/rotated', env={**os.environ, 'UBSAN_OPTIONS': 'halt_on_error=1'})
    assert done.returncode == 0 and sessions(folder) > 0, done.stderr


def what_whoever_captured_had_dropped_is_told(folder):
    capture = Capture(pick('imap', 'tls10'))
    half = len(capture.packets) // 2
    os.mkdir(f'{folder}/rotated')
    capture.write(f'{folder}/rotated/a.pcapng', capture.packets[:half] + [statistics(7)])
    capture.write(f'{folder}/rotated/b.pcapng', capture.packets[half:] + [statistics(10)])
    assert read(folder, f'{folder}/rotated').returncode == 0
    rows = json.loads(report(folder, 'coverage', '--format', 'json'))
    assert sorted(int(row['dropped']) for row in rows) == [3, 7], rows
    assert 'no packet loss reported' not in report(folder) and '(10) were dropped' in report(folder), report(folder)


def anothers_database_is_left_alone(folder):
    with sqlite3.connect(f'{folder}/i.db') as db:
        db.execute('CREATE TABLE precious (x)')
    done = read(folder, pick('imap', 'tls10'))
    assert done.returncode == 1
    says(done, 'i.db')
    with sqlite3.connect(f'{folder}/i.db') as db:
        assert db.execute('SELECT name FROM sqlite_schema').fetchall() == [('precious',)]


def a_file_that_is_no_database_is_left_alone(folder):
    open(f'{folder}/i.db', 'w').write('shopping list\n' * 100)
    done = read(folder, pick('imap', 'tls10'))
    assert done.returncode == 1
    says(done, 'i.db')
    assert open(f'{folder}/i.db').read().startswith('shopping list')


def a_newer_schema_is_refused(folder):
    read(folder, pick('imap', 'tls10'))
    with sqlite3.connect(f'{folder}/i.db') as db:
        db.execute('PRAGMA user_version = 999')
    for done in (read(folder, pick('imap', 'tls10')), run(PROGRAM, 'report', f'{folder}/i.db', check=False)):
        assert done.returncode == 1
        says(done, 'i.db', 'newer')


def a_missing_inventory_is_a_sentence(folder):
    done = run(PROGRAM, 'report', f'{folder}/none.db', check=False)
    assert done.returncode == 1
    says(done, 'none.db', 'lasthello read -o')
    done = run(PROGRAM, 'read', '-o', f'{folder}/no/such/folder/i.db', pick('imap', 'tls10'), check=False)
    assert done.returncode == 1
    says(done, 'no/such/folder')


def a_full_disk_is_a_sentence_and_what_was_committed_stays(folder):
    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300 * 1024, 300 * 1024)) # an empty inventory has 200 KiB

    done = read(folder, PCAPS, preexec_fn=small_files)
    assert done.returncode == 1, done
    says(done, 'i.db')
    assert done.stderr.decode().count('what was stored stays') == 1, done
    with sqlite3.connect(f'{folder}/i.db') as db:
        assert db.execute('PRAGMA integrity_check').fetchone() == ('ok',)
    seen, lost = re.search(r': (\d+) sessions, .*; (\d+) sessions could not be stored: when that is mended, read again;',
                           done.stderr.decode().splitlines()[-1]).groups()
    assert 0 < int(lost) <= int(seen) + 20, done # those that are neither mail nor TLS are stored, but not counted
    assert read(folder, PCAPS).returncode == 0
    run(PROGRAM, 'read', '-o', f'{folder}/w.db', PCAPS)
    once = run(PROGRAM, 'report', 'sessions', '--format', 'csv', f'{folder}/w.db').stdout
    assert sorted(report(folder, 'sessions', '--format', 'csv').splitlines()) == sorted(once.decode().splitlines())


def how_many_files_were_known_already_is_said(folder):
    path, other = pick('imap', 'tls10'), pick('pop3', 'tls10')
    done = read(folder, path, other)
    says(done, '2 of 2 files read: ')
    done = read(folder, path, path, pick('short-lived'))
    says(done, '3 of 3 files read (2 already in the inventory, skipped): ')
    done = run(PROGRAM, 'read', '-o', f'{folder}/w.db', '--jobs', '2', path, path, other)
    says(done, '3 of 3 files read (1 already in the inventory, skipped): ')


def events_are_appended_whole(folder):
    for _ in (1, 2):
        read(folder, pick('imap', 'tls10'), '--events', f'{folder}/e.jsonl')
    lines = open(f'{folder}/e.jsonl').read().splitlines()
    assert len(lines) >= 2 and lines[0] == lines[len(lines) // 2]
    for line in lines:
        event = json.loads(line)
        assert all(value not in ('', None, []) for value in event.values()), event


def wrong_usage_is_exit_status_2(folder):
    rows = (['read'], ['read', '--jobs', '0', 'x'], ['read', '--ports', '4190=sieve', 'x'], ['read', '--ports', 'x', 'x'],
            ['watch'], ['watch', '-i'], ['report', '--format', 'yaml'], ['merge', 'a.db'], ['merge', '-o', 'a.db'], ['report', 'cleints'], ['frobnicate'], [],
            ['read', '--no-such-option'], ['read', '--memory', 'lots', 'x'], ['read', '--site', 'a b', 'x'])
    for row in rows:
        done = run(PROGRAM, *row, check=False)
        assert done.returncode == 2, (row, done)
        assert done.stderr, row
    done = run(PROGRAM, 'read', '--ports', '4190=sieve', 'x', check=False)
    says(done, 'sieve', 'imap')


def help_and_version_are_printed(folder):
    for row in (['--help'], ['--version'], ['read', '--help'], ['watch', '--help'], ['report', '--help'],
                ['policy', '--help']):
        assert run(PROGRAM, *row).stdout, row


def bad_filters_are_sentences(folder):
    read(folder, pick('imap', 'tls10'))
    for option, value in (('--since', 'yesterdayish'), ('--network', '10.0.0.0/99'), ('--version', 'TLS 9'),
                          ('--cause', 'weather')):
        done = run(PROGRAM, 'report', 'clients', option, value, f'{folder}/i.db', check=False)
        assert done.returncode == 2, (option, done)
        says(done, value)


def a_filter_is_judged_once_before_any_file_is_opened(folder):
    for words in (['tcp', 'prot', '993'], ['port', '65536'], ['host', '10.1.0.300']):
        done = read(folder, '--filter', ' '.join(words), f'{folder}/nothing.pcap', pick('imap', 'tls10'), pick('pop3', 'tls10'))
        assert done.returncode == 2, done
        assert done.stderr.decode().count('\n') == 1, done
        says(done, ' '.join(words))


def a_filter_for_another_link_type_matches_nothing(folder):
    done = read(folder, '--filter', 'wlan host 00:11:22:33:44:55', pick('imap', 'tls10'))
    assert done.returncode == 0, done
    assert sessions(folder) == 0


def filters_choose_rows(folder):
    read(folder, PCAPS)
    everything = json.loads(report(folder, 'sessions', '--format', 'json'))
    old = json.loads(report(folder, 'sessions', '--format', 'json', '--version', 'TLS 1.0'))
    assert 0 < len(old) < len(everything)
    assert json.loads(report(folder, 'sessions', '--format', 'json', '--network', '192.0.2.0/24')) == []
    assert json.loads(report(folder, 'sessions', '--format', 'json', '--until', '1969-12-31')) == []


def every_report_is_printed_in_every_format(folder):
    read(folder, PCAPS)
    for subject in ('summary', 'clients', 'servers', 'suites', 'sessions', 'coverage', 'verdicts', 'changes', 'trend'):
        json.loads(report(folder, subject, '--format', 'json'))
        for form in ('table', 'csv'):
            text = report(folder, subject, '--format', form)
            assert text and '\x1b' not in text and not re.search(r'[ \t]$', text, re.MULTILINE), (subject, form)


def the_rows_that_the_summary_counts_are_those_of_the_command_it_names(folder):
    read(folder, PCAPS)
    text = report(folder, '--since', '2000-01-01')
    more, command = re.search(r'^\.\.\. (\d+) more with old TLS, or that break: lasthello (.*)', text, re.MULTILINE).groups()
    rows = json.loads(run(PROGRAM, *command.split(), '--format', 'json').stdout)
    old = [row for row in rows if row['verdict'] in ('failing', 'breaks', 'legacy') and row.get('cause') != 'too_new']
    order = ['failing', 'login refused?', 'breaks', 'exposed', 'legacy', 'fragile', 'unknown', 'safe']
    ranks = [order.index(row['verdict']) for row in rows if row['verdict'] in order]
    assert ranks == sorted(ranks), 'worst first'
    # the table asks for sessions with old TLS alone: whoever also logs in without TLS is called exposed among all
    listed = list(csv.DictReader(io.StringIO(report(folder, '--since', '2000-01-01', '--format', 'csv'), newline='')))
    assert len(listed) == 10 + int(more) >= len(old), (len(listed), more, len(old))
    assert [line.split()[0] for line in text[text.index('\nCLIENT'):].split('\n')[2:12]] == [row['client'] for row in listed[:10]]
    places = {(row['client'], row['to'], row['service']): row['verdict'] for row in rows}
    for row in listed:
        assert places[row['client'], row['to'], row['service']] in (row['verdict'], 'exposed'), row
    for row in rows:
        assert row['sessions'] <= row['all_sessions'], row
        if row.get('got') == 'refused':
            refused = json.loads(report(folder, 'sessions', '--format', 'json', '--since', '2000-01-01', '--network', row['client'],
                                        '--service', row['service']))
            assert row['sessions'] == sum(s['sessions'] for s in refused if s['outcome'] == 'refused' and ('cause' in s) == ('cause' in row) and
                                          row['to'] in (s.get('provider'), s.get('server_name'), s['server'])), row


def the_clients_of_each_cause_are_those_of_the_command_that_asks_for_it(folder):
    """Also pcaps/ where a client meets several causes; and a login in clear before STARTTLS is one, whatever came after it."""
    read(folder, PCAPS)
    summary = json.loads(report(folder, '--format', 'json'))
    for cause, clients in summary['legacy_by_cause'].items():
        rows = json.loads(report(folder, 'clients', '--cause', cause, '--format', 'json'))
        assert clients == len({row['client'] for row in rows}) > 0, (cause, clients)
        assert json.loads(report(folder, '--cause', cause, '--format', 'json'))['legacy_clients'] == clients, cause
    rows = json.loads(report(folder, 'sessions', '--format', 'json'))
    clear = {row['client'] for row in rows if row.get('login') or row['outcome'] == 'cleartext'}
    assert summary['cleartext_clients'] == len(clear), clear


OWN_POLICY = """[policy]
id = own
title = Ours
certainty = primary text
[scope]
server = mail.example
service = imaps
[demand]
negotiated = TLS 1.2
[dates]
until = 2027-01-31
[source]
source = us
seen = 2026-11-30
"""


def write_policy(folder, name, text):
    os.makedirs(f'{folder}/policies', exist_ok=True)
    with open(f'{folder}/policies/{name}.policy', 'w', newline='') as out:
        out.write(text)
    return f'{folder}/policies/{name}.policy'


def policies_are_listed_and_shown(folder):
    own = write_policy(folder, 'own', OWN_POLICY)
    listed = run(PROGRAM, 'policy', '--policy', f'{folder}/policies', '--as-of', '2027-01-30').stdout.decode()
    assert re.search(r'^own +yes +1 day left +by 2027-01-31 +primary text +Ours$', listed, re.MULTILINE), listed
    shown = run(PROGRAM, 'policy', 'show', 'own', '--policy', own, '--as-of', '2027-02-01').stdout.decode()
    assert re.search(r'^due +overdue since 2027-02-01$', shown, re.MULTILINE) and own in shown, shown
    says(run(PROGRAM, 'policy', 'show', 'other', '--policy', own, check=False), 'no policy has the id other; there are: own')
    for words in (['frobnicate'], ['show'], ['--as-of', 'tomorrow'], ['show', 'own', 'own']):
        assert run(PROGRAM, 'policy', '--policy', own, *words, check=False).returncode == 2, words


def a_policy_judges_what_is_stored_and_days_are_those_asked_for(folder):
    """Read before the policy was written; in the sandbox, after which no file of a policy can be opened."""
    read(folder, PCAPS)
    own = write_policy(folder, 'own', OWN_POLICY)
    before = json.loads(report(folder, 'clients', '--format', 'json', '--policy', f'{PCAPS}/../data/policies'))
    rows = json.loads(report(folder, 'clients', '--format', 'json', '--policy', own, '--as-of', '2027-01-31'))
    for row in rows:
        is_theirs = row.get('server_name') == 'mail.example' and row['service'] == 'imaps'
        assert (row['verdict'] == 'breaks') == (is_theirs and row.get('got') in ('SSL 3.0', 'TLS 1.0', 'TLS 1.1')), row
    broken = [row for row in rows if row['verdict'] == 'breaks']
    assert broken and all(row['policy'] == 'own' and row['due'] == 'by 2027-01-31' and row['days_left'] == 0 for row in broken)
    assert {row['policy'] for row in before if row['verdict'] == 'breaks'} <= {'exchange-online'}, 'no other provider with a date has a capture'
    text = report(folder, '--policy', own, '--as-of', '2027-02-01')
    old = [row for row in json.loads(report(folder, 'sessions', '--format', 'json', '--until', '2027-02-02'))
           if row.get('server_name') == 'mail.example' and row['service'] == 'imaps' and row['outcome'] not in ('refused', 'rejected')
           and row.get('negotiated') in ('SSL 3.0', 'TLS 1.0', 'TLS 1.1')]
    number = len({row['client'] for row in old})
    assert {row['client'] for row in broken} <= {row['client'] for row in old}, 'a row tells the worst, as that it is refused already'
    assert re.search(rf'^ own +overdue since 2027-02-01: {number} clients break$', text, re.MULTILINE), text
    summary = json.loads(report(folder, '--policy', own, '--as-of', '2027-02-01', '--format', 'json'))
    assert summary['breaking_clients'] == number and summary['policies'][0]['days_left'] == -1, summary
    assert summary['legacy_clients'] == json.loads(report(folder, '--format', 'json', '--until', '2027-02-02'))['legacy_clients']


def what_a_policy_would_change_is_told_before_it_is_in_force(folder):
    read(folder, pick('imaps', 'tls10', 'ipv4'), pick('imaps', 'tls13', 'ipv4'))
    own, empty = write_policy(folder, 'own', OWN_POLICY), f'{folder}/none'
    os.mkdir(empty)
    with open(f'{folder}/i.db', 'rb') as inventory:
        before = inventory.read()
    told = run(PROGRAM, 'policy', 'test', own, f'{folder}/i.db', '--policy', empty, '--as-of', '2027-01-31').stdout.decode()
    assert told.startswith('own changes the verdict of 1 client:\n '), told
    assert told.endswith(' by imaps: legacy becomes breaks (own: by 2027-01-31)\n') and told.count('\n') == 2, told
    told = run(PROGRAM, 'policy', 'test', own, f'{folder}/i.db', '--policy', own, '--as-of', '2027-01-31').stdout.decode()
    assert told == 'own changes no verdict of this inventory\n', told
    with open(f'{folder}/i.db', 'rb') as inventory:
        assert inventory.read() == before
    for words in (['test'], ['test', own], ['test', own, 'i.db', 'more']):
        assert run(PROGRAM, 'policy', *words, check=False).returncode == 2, words
    says(run(PROGRAM, 'policy', 'test', own, f'{folder}/no.db', '--policy', empty, check=False), 'no.db: no such inventory')


def a_network_of_servers_is_a_scope(folder):
    """Two servers, of which the policy is about one: its clients break, others do not."""
    read(folder, PCAPS)
    rows = json.loads(report(folder, 'clients', '--format', 'json'))
    server = next(row['server'] for row in rows if row.get('got') == 'TLS 1.0' and '.' in row['server'])
    own = write_policy(folder, 'own', OWN_POLICY.replace('server = mail.example\nservice = imaps', f'network = {server}/32'))
    summary = json.loads(report(folder, '--policy', own, '--as-of', '2027-01-31', '--format', 'json'))
    sessions = json.loads(report(folder, 'sessions', '--format', 'json', '--until', '2027-02-01'))
    old = {row['client'] for row in sessions if row['server'] == server and row['outcome'] not in ('refused', 'rejected')
           and row.get('negotiated') in ('SSL 2.0', 'SSL 3.0', 'TLS 1.0', 'TLS 1.1')}
    assert summary['breaking_clients'] == len(old) > 0, (summary['breaking_clients'], old)


def the_policy_of_the_documentation_is_one(folder):
    with open(f'{PCAPS}/../docs/policies.md') as page:
        lines = page.read().split('## A policy of your own')[1].split('| section |')[0].splitlines()
    own = write_policy(folder, 'own', '\n'.join(line[4:] for line in lines if line.startswith('    ')) + '\n')
    shown = run(PROGRAM, 'policy', 'show', 'ours', '--policy', own, '--as-of', '2027-01-31').stdout.decode()
    assert re.search(r'^due +any day until 2027-01-31, the last day$', shown, re.MULTILINE), shown
    assert re.search(r'^should no_suites +dhe$', shown, re.MULTILINE), shown


def each_client_and_target_has_a_verdict_in_one_sentence(folder):
    """Real clients and servers; asked on the day of the captures, and a month later, when refusals are history."""
    read(folder, PCAPS)
    words = ('verdicts', '--format', 'json', '--policy', f'{PCAPS}/../data/policies')
    clients = {row['client'] for row in json.loads(report(folder, 'clients', '--format', 'json')) if row['verdict'] != 'unconfirmed'}
    day = max(row['last_seen'] for row in json.loads(report(folder, 'sessions', '--format', 'json', '--until', '2027-01-01')))[:10]
    now, later = (json.loads(report(folder, *words, '--as-of', as_of)) for as_of in (day, '2026-12-31'))
    assert {row['client'] for row in later} <= clients and len(now) > 100, len(now)
    assert all(row['sentence'].startswith((row['client'], row['to'])) and '?' not in row['sentence'].replace('refused?', '')
               for row in now if row['verdict'] in ('failing', 'breaks', 'legacy', 'exposed') and row.get('offers')), now
    failing = [row for row in now if row['verdict'] == 'failing']
    assert failing and not [row for row in later if row['verdict'] == 'failing'], failing
    assert [row for row in json.loads(report(folder, *words, '--as-of', '2026-12-31', '--failing-days', '60')) if row['verdict'] == 'failing']
    with open(f'{PCAPS}/../docs/man/lasthello-verdicts.7') as page:
        explained = set(re.findall(r'[a-z_]+', page.read().split('.Sh COLUMNS')[1].split('.Sh CAUSES')[0]))
    columns = report(folder, 'verdicts', '--format', 'csv').split('\n')[0].strip().split(',')
    assert set(columns) <= explained, set(columns) - explained
    for wrong in ('0', '12345', '7d'):
        assert run(PROGRAM, 'report', 'verdicts', '--failing-days', wrong, f'{folder}/i.db', check=False).returncode == 2


def again(words, client, port, at):
    """(time, frame) of the first connection in a capture of real programs, from another client and port, at another time."""
    path = next(files[0] for name, files in captures(PCAPS) if all(word in name for word in words))
    frames = [frame for frame in Capture(path).frames if frame[12:14] == b'\x08\0' and frame[23] == 6]
    client_port, server = next((frame[34:36], frame[36:38]) for frame in frames if frame[47] & 2) # the SYN's
    frames = [frame for frame in frames if client_port in (frame[34:36], frame[36:38])]
    moved = []
    for number, frame in enumerate(frames):
        at_client = 1 if frame[34:36] == server else 0
        frame = bytearray(frame)
        frame[26 + 4 * at_client:30 + 4 * at_client] = wire.address(client)
        frame[34 + 2 * at_client:36 + 2 * at_client] = struct.pack('>H', port)
        moved.append((at + 1000 * number, bytes(frame)))
    return moved


def a_roll_out_refuses_some_one_day_and_all_a_week_later(folder):
    """Real handshakes and refusals: 3 of 10 on a day, each attempt on the seven days after it; and who is refused for other reasons."""
    day = 86_400_000_000
    packets, port = [], 10_000
    plan = [(1, ('imaps', 'tls10', 'ipv4'), 0)] * 7 + [(1, ('refused-alert-70',), 0)] * 3
    plan += [(1, ('refused-alert-70',), number) for number in range(1, 8) for _ in range(2)]
    plan += [(2, ('refused-too-new',), 7), (3, ('short-lived',), 7), (4, ('imaps', 'tls13', 'ipv4'), 7)]
    for number, (client, words, on) in enumerate(plan):
        packets += again(words, client, port + number, on * day + number * 60_000_000)
    packets.sort(key=lambda packet: packet[0])
    wire.write(f'{folder}/c.pcap', [frame for _, frame in packets], [at for at, _ in packets])
    read(folder, f'{folder}/c.pcap')
    days = [time.strftime('%Y-%m-%d', time.gmtime(wire.EPOCH + number * 86400)) for number in range(16)]

    def asked(as_of):
        rows = json.loads(report(folder, 'verdicts', '--format', 'json', '--policy', f'{PCAPS}/../data/policies', '--as-of', as_of))
        return {row['client'][-1]: row for row in reversed(rows)} # of each the worst

    first, later, history = asked(days[0])['1'], asked(days[7]), asked(days[14])
    assert (first['verdict'], first['refusals_by_day'], first['since_day']) == ('failing', [f'{days[0]} 3/10'], days[0]), first
    assert (later['1']['verdict'], later['1']['refused'], later['1']['attempts']) == ('failing', 14, 14), later['1']
    assert later['1']['since_day'] == days[0] and history['1']['verdict'] == 'legacy', history['1']
    assert (later['2']['verdict'], later['2'].get('cause')) == ('failing', 'too_new'), later['2']
    assert later['4']['verdict'] == 'safe', later['4']


def a_broken_policy_is_refused_and_the_others_count(folder):
    read(folder, pick('imap', 'tls10'))
    write_policy(folder, 'own', OWN_POLICY)
    bad = write_policy(folder, 'bad', OWN_POLICY.replace('2027-01-31', '2027-02-29').replace('= own', '= bad'))
    done = run(PROGRAM, 'report', '--policy', f'{folder}/policies', '--format', 'json', f'{folder}/i.db', check=False)
    assert done.returncode == 0 and [p['policy'] for p in json.loads(done.stdout)['policies']] == ['own'], done
    says(done, f'{bad}:11: until = 2027-02-29: a date is a day that exists')
    done = run(PROGRAM, 'policy', '--policy', f'{folder}/policies', check=False)
    assert done.returncode == 1 and b'\nown ' in done.stdout, done
    done = run(PROGRAM, 'report', '--policy', bad, f'{folder}/i.db', check=False)
    assert done.returncode == 1 and not done.stdout, done


def a_chain_is_traced_to_the_cas_that_are_trusted(folder):
    """A server's certificate by way of an intermediate, and by a CA that nobody trusts; made by openssl, judged by the capture's time."""
    def openssl(*words):
        subprocess.run(['openssl', *words], check=True, cwd=folder, stderr=subprocess.DEVNULL)

    def certificate(name, issuer, ca):
        openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', f'{name}.key', '-out', f'{name}.csr',
                '-subj', f'/CN={name}', '-addext', f'basicConstraints=critical,CA:{ca}')
        signer = ['-signkey', f'{name}.key'] if issuer is None else ['-CA', f'{issuer}.pem', '-CAkey', f'{issuer}.key']
        openssl('x509', '-req', '-in', f'{name}.csr', '-out', f'{name}.pem', '-days', '3650', '-copy_extensions', 'copyall', *signer)
        openssl('x509', '-in', f'{name}.pem', '-outform', 'der', '-out', f'{name}.der')

    def der(*names):
        return wire.vector(3, b''.join(wire.vector(3, open(f'{folder}/{name}.der', 'rb').read()) for name in names))

    def frames(client, *names):
        c = wire.Connection(wire.address(client))
        shown = wire.record(22, wire.message(11, der(*names)), 0x0303)
        return c.open() + [c.client(wire.client_hello(b'mail.example', version=0x0303)),
                           c.server(wire.server_hello(0x0303) + shown + wire.SERVER_DONE),
                           c.client(wire.protected(0x0303)), c.server(wire.protected(0x0303)), c.client(flags=wire.FIN | wire.ACK)]

    for row in (('root', None, 'TRUE'), ('between', 'root', 'TRUE'), ('leaf', 'between', 'FALSE'), ('other', None, 'TRUE'), ('foreign', 'other', 'FALSE')):
        certificate(*row)
    now = int(time.time() - wire.EPOCH) * 1_000_000
    whole, part = frames(1, 'leaf', 'between') + frames(2, 'foreign', 'other'), frames(1, 'leaf')
    late = part + frames(3, 'leaf', 'between') + frames(4, 'leaf')
    for name, packets in (('c', whole), ('part', part), ('late', late)):
        wire.write(f'{folder}/{name}.pcap', packets, [now + 100 * i for i in range(len(packets))])
    with open(f'{folder}/all.pem', 'wb') as out:
        out.write(b''.join(open(f'{folder}/{name}.pem', 'rb').read() for name in ('between', 'other', 'root')))
    for capture, cas, expected in (('c', 'root', {'leaf': 'public CA', 'foreign': 'no public CA'}),
                                   ('c', 'other', {'leaf': 'no public CA', 'foreign': 'public CA'}),
                                   ('part', 'root', {'leaf': 'no public CA'}), ('part', 'all', {'leaf': 'public CA'}),
                                   ('late', 'root', {'leaf': 'public CA'}), ('late', 'other', {'leaf': 'no public CA'})):
        run(PROGRAM, 'read', '-o', f'{folder}/{capture}-{cas}.db', '--ca-certificates', f'{folder}/{cas}.pem', f'{folder}/{capture}.pcap')
        rows = json.loads(run(PROGRAM, 'report', 'sessions', '--format', 'json', f'{folder}/{capture}-{cas}.db').stdout)
        assert {row['certificate_subject'][3:]: row.get('certificate_chain') for row in rows} == expected, (capture, cas, rows)
    for capture in ('part', 'c', 'part'): # what another run saw later counts, too
        run(PROGRAM, 'read', '-o', f'{folder}/both.db', '--ca-certificates', f'{folder}/root.pem', f'{folder}/{capture}.pcap')
    rows = json.loads(run(PROGRAM, 'report', 'sessions', '--format', 'json', f'{folder}/both.db').stdout)
    assert {row['certificate_chain'] for row in rows if row['certificate_subject'] == 'CN=leaf'} == {'public CA'}, rows
    says(run(PROGRAM, 'read', '-o', f'{folder}/n.db', '--ca-certificates', f'{folder}/c.pcap', f'{folder}/c.pcap', check=False),
         'c.pcap: no file of certificates in PEM')


def a_narrow_terminal_keeps_what_to_do(folder):
    read(folder, PCAPS)
    for subject in ('clients', 'servers'):
        command = f"stty cols 80 rows 24; '{PROGRAM}' report {subject} '{folder}/i.db'"
        text = subprocess.run(['script', '-qec', command, '/dev/null'], stdin=subprocess.DEVNULL, capture_output=True).stdout.decode()
        assert 'WHAT TO DO' in text.splitlines()[0], text[:400]
        assert subject == 'clients' or 'ACCEPTS' in text.splitlines()[0], text[:400]


def a_terminal_of_120_columns_has_each_verdict_and_its_sentence(folder):
    read(folder, pick('imaps', 'tls10'))
    done = run(PROGRAM, 'report', 'verdicts', f'{folder}/i.db', env={'COLUMNS': '120', 'PATH': '/usr/bin:/bin'})
    head, *rest = done.stdout.decode().splitlines()
    assert 'VERDICT' in head and 'WHAT IT MEANS' in head and 'no day is known' in ' '.join(rest), done.stdout
    assert max(map(len, [head, *rest])) <= 120, done.stdout


def a_reader_needs_no_right_to_write(folder):
    read(folder, pick('imap', 'tls10'))
    assert os.path.exists(f'{folder}/i.db')
    os.chmod(f'{folder}/i.db', 0o444)
    os.chmod(folder, 0o555)
    try:
        options = {'user': 65534, 'group': 65534} if os.geteuid() == 0 else {}
        done = run(PROGRAM, 'report', f'{folder}/i.db', check=False, **options)
        assert done.returncode == 0, done
    finally:
        os.chmod(folder, 0o755)


def what_was_typed_steers_no_terminal(folder):
    evil = '\x1b[31m\x07\u202e\u200b\u009b'
    for arguments in (['report', f'--x{evil}'], ['report', f'--format={evil}'], ['report', '--since', evil], ['report', '--provider', evil, evil],
                      ['read', f'--jobs={evil}'], ['watch', '-i', evil], [evil], ['read', '-o', f'{folder}/i.db', evil]):
        done = run(PROGRAM, *arguments, check=False)
        said = done.stderr.decode()
        assert done.returncode != 0 and '\\x1b[31m' in said, (arguments, said)
        assert not [c for c in said if c in evil[0] + evil[5:] or c < ' ' and c != '\n'], (arguments, said)


def a_wal_that_cannot_be_used_is_an_error(folder):
    """A copy of an inventory and of what was stored last, for somebody who may write nothing there."""
    read(folder, pick('imap', 'tls10'))
    with contextlib.closing(sqlite3.connect(f'{folder}/i.db')) as reader:
        reader.execute('BEGIN')
        reader.execute('SELECT count(*) FROM host').fetchone()  # what is stored from now on stays in the -wal
        read(folder, pick('pop3', 'tls10'))
        os.mkdir(f'{folder}/copy')
        for end in ('', '-wal'):
            shutil.copy(f'{folder}/i.db{end}', f'{folder}/copy')
            os.chmod(f'{folder}/copy/i.db{end}', 0o444)
    os.chmod(f'{folder}/copy', 0o555)
    os.chmod(folder, 0o755)
    try:
        options = {'user': 65534, 'group': 65534} if os.geteuid() == 0 else {}
        done = run(PROGRAM, 'report', f'{folder}/copy/i.db', check=False, **options)
        assert done.returncode == 1 and b'-wal file beside it' in done.stderr, done
        os.chmod(f'{folder}/copy/i.db-wal', 0)
        for question in ((), ('clients', '--format', 'json')):
            done = run(PROGRAM, 'report', *question, f'{folder}/copy/i.db', check=False, **options)
            assert done.returncode == 1 and b'-wal file beside it, which may not be read' in done.stderr, done
    finally:
        os.chmod(f'{folder}/copy', 0o755)


def a_link_to_an_inventory_leads_to_its_wal(folder):
    """What was stored last lies beside the file that a link leads to, not beside the link: it is read, or that is an error."""
    def rows(path):
        return run(PROGRAM, 'report', 'sessions', '--format', 'json', f'{folder}/{path}').stdout
    read(folder, pick('imap', 'tls10'))
    os.mkdir(f'{folder}/elsewhere')
    os.symlink('../i.db', f'{folder}/elsewhere/link.db')
    os.symlink('link.db', f'{folder}/elsewhere/again.db')
    os.symlink('.', f'{folder}/here')
    with contextlib.closing(sqlite3.connect(f'{folder}/i.db')) as reader:
        reader.execute('BEGIN')
        reader.execute('SELECT count(*) FROM host').fetchone()  # what is stored from now on stays in the -wal
        before = rows('i.db')
        read(folder, pick('pop3', 'tls10'))
        wanted = rows('i.db')
        assert wanted != before
        for link in ('elsewhere/link.db', 'elsewhere/again.db', 'here/i.db'):
            assert rows(link) == wanted, link
        run(PROGRAM, 'merge', f'{folder}/elsewhere/again.db', '-o', f'{folder}/merged.db')
        assert len(json.loads(rows('merged.db'))) == len(json.loads(wanted))
        os.mkdir(f'{folder}/copy')
        for end in ('', '-wal'):
            shutil.copy(f'{folder}/i.db{end}', f'{folder}/copy')
    for path, mode in (('copy/i.db', 0o444), ('copy/i.db-wal', 0), ('copy', 0o555), ('', 0o755)):
        os.chmod(f'{folder}/{path}', mode)
    os.symlink('../copy/i.db', f'{folder}/elsewhere/copy.db')
    try:
        options = {'user': 65534, 'group': 65534} if os.geteuid() == 0 else {}
        for inventories in (['elsewhere/copy.db'], ['elsewhere/copy.db', 'elsewhere/copy.db']):
            done = run(PROGRAM, 'report', *(f'{folder}/{path}' for path in inventories), check=False, **options)
            assert done.returncode == 1 and b'-wal file beside it, which may not be read' in done.stderr, done
    finally:
        os.chmod(f'{folder}/copy', 0o755)


def days_that_leave_none_are_refused(folder):
    """A zero of no day at all would look like one of that day."""
    read(folder, pick('imap', 'tls10'))
    for since, until, status in (('2027-01-02', '2027-01-02', 2), ('2027-01-03', '2027-01-01', 2), ('2027-01-02T08:00', '2027-01-02', 2),
                                 ('2027-01-02', '2027-01-03', 0), ('2027-01-02T08:00', '2027-01-02T09:00', 0)):
        done = run(PROGRAM, 'report', 'sessions', '--since', since, '--until', until, f'{folder}/i.db', check=False)
        assert (done.returncode, b'no day lies between' in done.stderr) == (status, status == 2), (since, until, done)


def a_named_pipe_is_no_inventory_and_no_list(folder):
    """Nobody writes to it: it is refused at once, and not waited for."""
    read(folder, pick('imap', 'tls10'))
    pipe, capture = f'{folder}/pipe', pick('pop3', 'tls10')
    os.mkfifo(pipe)
    for arguments in (['report', pipe], ['report', f'{folder}/i.db', pipe], ['merge', pipe, '-o', f'{folder}/m.db'], ['policy', 'apply', pipe],
                      ['serve', '--listen', f'unix:{folder}/s', pipe], ['report', '--assets', pipe, f'{folder}/i.db'],
                      ['read', '-o', pipe, capture], ['read', '-o', f'{folder}/j.db', '--providers', pipe, capture],
                      ['read', '-o', f'{folder}/j.db', '--ca-certificates', pipe, capture]):
        done = run(PROGRAM, *arguments, check=False, timeout=60)
        assert done.returncode in (1, 2) and b'pipe' in done.stderr, (arguments, done)


def killed_while_reading_then_read_again_counts_once(folder):
    many = f'{folder}/many'
    os.mkdir(many)
    for index, (_, files) in enumerate(captures(PCAPS)):
        for number, path in enumerate(files):
            os.symlink(os.path.abspath(path), f'{many}/{index:03}_{number}_{os.path.basename(path)}')
    files = [f'{many}/{n}' for n in sorted(os.listdir(many))]
    run(PROGRAM, 'read', '-o', f'{folder}/reference.db', *files, check=False)
    for wait in (0.0, 0.01, 0.02, 0.05):
        child = subprocess.Popen([PROGRAM, 'read', '-o', f'{folder}/i.db', *files], stderr=subprocess.DEVNULL)
        time.sleep(wait)
        child.kill()
        child.wait()
    read(folder, *files)
    with sqlite3.connect(f'{folder}/i.db') as db:
        assert db.execute('PRAGMA integrity_check').fetchone() == ('ok',)
    once = run(PROGRAM, 'report', 'sessions', '--format', 'csv', f'{folder}/reference.db').stdout
    again = run(PROGRAM, 'report', 'sessions', '--format', 'csv', f'{folder}/i.db').stdout
    assert sorted(once.splitlines()) == sorted(again.splitlines())


def is_at_rest(parent):
    """Does every thread of the processes that a program has started sleep? One that ends meanwhile does not."""
    try:
        with open(f'/proc/{parent}/task/{parent}/children') as children:
            threads = [path for child in children.read().split() for path in glob.glob(f'/proc/{child}/task/*/stat')]
        return len(threads) > 1 and all(open(path).read().rpartition(')')[2].split()[0] == 'S' for path in threads)
    except OSError:
        return False


def wait_until_read(child):
    """Until the program has taken what was written to its pipe, and waits for more."""
    deadline, rested = time.monotonic() + 60, 0
    while rested < 10:
        assert time.monotonic() < deadline, 'nobody reads'
        is_taken = struct.unpack('i', fcntl.ioctl(child.stdin, termios.FIONREAD, bytes(4)))[0] == 0
        rested = rested + 1 if is_taken and is_at_rest(child.pid) else 0
        time.sleep(0.01)


def a_signal_ends_reading_with_everything_kept(folder):
    child = subprocess.Popen([PROGRAM, 'read', '-o', f'{folder}/i.db', '-'], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    child.stdin.write(open(pick('imap', 'tls10'), 'rb').read())
    child.stdin.flush()
    wait_until_read(child)
    child.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    child.stdin.close()
    assert child.wait(timeout=20) in (0, 1)
    assert b'stopped early: 0 of 1 file read to the end: ' in child.stderr.read()
    assert sessions(folder) > 0


def whoever_kills_the_program_ends_the_process_that_reads_in_good_order(folder):
    child = subprocess.Popen([PROGRAM, 'read', '-o', f'{folder}/i.db', '-'], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    child.stdin.write(open(pick('imap', 'tls10'), 'rb').read())
    child.stdin.flush()
    wait_until_read(child)
    child.kill()
    assert b'stopped early' in child.stderr.read() # while standard input stays open
    child.wait()
    child.stdin.close()
    assert sessions(folder) > 0


def a_signal_ends_reading_quietly_however_soon(folder):
    """By itself where it comes before the program has looked at signals, as a stop from then on."""
    for number in (signal.SIGTERM, signal.SIGINT):
        for wait in range(30):
            child = subprocess.Popen([PROGRAM, 'read', '-o', f'{folder}/i.db', pick('imap', 'tls10')], stderr=subprocess.PIPE)
            time.sleep(wait / 600)
            child.send_signal(number)
            _, said = child.communicate(timeout=20)
            assert child.returncode in ((0, 1) if said else (-number, 1)), (wait, child.returncode, said)
            assert b'signal' not in said, (wait, said)


if __name__ == '__main__':
    sys.exit(try_all(in_folders(promises_of(globals(), 'folder', helpers=[dump, sessions, is_at_rest, wait_until_read]))))
