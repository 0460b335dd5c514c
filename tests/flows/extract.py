#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""extract.py PROGRAM PCAPS: what `lasthello extract` cuts out of a capture is the handshake, and nothing a user typed."""
import collections
import os
import shutil
import subprocess
import sys
import tempfile

from program import captures, read_events, run

PROGRAM, PCAPS = sys.argv[1], sys.argv[2]
HERE = os.path.dirname(os.path.abspath(__file__))
POLICIES = os.path.abspath(os.path.join(HERE, '..', '..', 'data', 'policies'))
HANDSHAKE = {'20', '21', '22'}


def extract(folder, host, *files, check=True):
    out = f'{folder}/out.pcapng'
    if os.path.exists(out):
        os.unlink(out)
    return out, run(PROGRAM, 'extract', host, '-o', out, *files, check=check)


def tshark(path, *fields, options=()):
    done = subprocess.run(['tshark', '-r', path, *options, '-T', 'fields', *[word for field in fields for word in ('-e', field)]], capture_output=True, text=True)
    assert done.returncode == 0 and 'cut short' not in done.stderr, done
    return [line.split('\t') for line in done.stdout.splitlines()]


def one(name):
    return dict(captures(PCAPS))[name]


def what_was_offered_and_chosen_stands_in_comments(folder):
    out, done = extract(folder, '10.1.0.29', *one('imaps-tls10-ipv4'))
    assert '1 connection of 10.1.0.29' in done.stderr.decode(), done
    text = '\n'.join(row[0] for row in tshark(out, 'frame.comment'))
    assert '10.1.0.29 port 40465 to 10.9.0.3 port 993: ClientHello: offers at most TLS 1.0, less than TLS 1.2; server name mail.example' in text
    assert 'ServerHello: chooses TLS 1.0, less than TLS 1.2' in text, text


def the_verdict_the_policy_and_the_community_id_stand_there_too(folder):
    """The verdict once a connection, the Community ID as tshark has it."""
    for name, said in (('imaps-tls10-ipv4', 'verdict: legacy by policy rfc8996'), ('refused-alert-70', 'verdict: failing'), ('imaps-tls13-ipv4', 'verdict: safe'),
                       ('provider-ends-old-tls', 'by policy exchange-online')):
        events, comments = read_events(PROGRAM, one(name)), []
        for host in sorted({event['source.ip'] for event in events}):
            out, _ = extract(folder, host, '--policy', POLICIES, *one(name))
            rows = tshark(out, 'communityid', 'frame.comment', options=('--enable-protocol', 'communityid'))
            judged = [row for row in rows if 'verdict: ' in row[1]]
            assert len(judged) == len([event for event in events if event['source.ip'] == host]), (name, host, rows)
            for identity, comment in judged:
                assert f'Community ID {identity}' in comment and identity.startswith('1:'), (name, comment, identity)
                comments.append(comment)
        assert any(said in comment for comment in comments), (name, comments)


def a_hello_in_the_format_of_ssl_2_is_shown(folder):
    event, = read_events(PROGRAM, one('sslv2-format-hello'))
    out, _ = extract(folder, event['source.ip'], *one('sslv2-format-hello'))
    text = '\n'.join(row[0] for row in tshark(out, 'frame.comment'))
    assert f'ClientHello in the format of SSL 2.0: offers at most {event["lasthello.offered_max"]}' in text, text
    assert 'ServerHello: chooses' in text, text
    after = read_events(PROGRAM, [out])
    for key in ('lasthello.offered_max', 'lasthello.negotiated', 'tls.cipher'):
        assert [event.get(key)] == [e.get(key) for e in after], (key, after)


def only_records_of_the_handshake_are_shown(folder):
    """Of real sessions of each version, with and without STARTTLS, as tshark reads them."""
    names = [name for name, _ in captures(PCAPS) if name.startswith(('imaps-tls1', 'pop3s-tls1', 'imap-starttls', 'starttls-'))][:24]
    assert len(names) > 5, names
    for name in names:
        for host in sorted({event['source.ip'] for event in read_events(PROGRAM, one(name))}):
            out, _ = extract(folder, host, *one(name))
            for types, *requests in tshark(out, 'tls.record.content_type', 'imap.request', 'pop.request'):
                assert not types or set(types.split(',')) <= HANDSHAKE, (name, types)
                assert not any(requests), (name, requests)


def nothing_that_a_user_typed_is_in_any(folder):
    with open(f'{HERE}/../testbed/secrets.txt') as file:
        secrets = [line.strip().encode() for line in file if line.strip() and not line.startswith('#')]
    assert secrets
    size, files = 0, collections.defaultdict(list)
    for event in read_events(PROGRAM, [file for _, files in captures(PCAPS) for file in files], check=False):
        name = os.path.basename(os.path.dirname(event['lasthello.source']))
        files[event['source.ip']] += [file for file in one(name) if file not in files[event['source.ip']]]
    for host in sorted(files):
        out, _ = extract(folder, host, *files[host], check=False)
        with open(out, 'rb') as file:
            content = file.read()
        size += len(content)
        for secret in secrets:
            assert secret not in content, (host, secret)
    assert len(files) > 100 and size > 100_000, (len(files), size)


def one_connection_can_be_named(folder):
    out, _ = extract(folder, '10.1.0.29:40465', *one('imaps-tls10-ipv4'))
    assert len(tshark(out, 'frame.number')) > 5
    out, done = extract(folder, '10.1.0.29:40466', *one('imaps-tls10-ipv4'))
    assert '0 packets of 0 connections' in done.stderr.decode() and tshark(out, 'frame.number') == []


def lasthello_reads_the_same_versions_from_it(folder):
    for name in ('imaps-tls10-ipv4', 'imaps-tls10-ipv6'):
        if name not in dict(captures(PCAPS)):
            continue
        before = read_events(PROGRAM, one(name))
        out, _ = extract(folder, before[0]['source.ip'], *one(name))
        after = read_events(PROGRAM, [out])
        for key in ('source.ip', 'destination.ip', 'lasthello.offered_max', 'lasthello.negotiated', 'tls.client.ja3', 'tls.cipher'):
            assert [e.get(key) for e in before] == [e.get(key) for e in after], (name, key)


def a_file_that_is_there_stays(folder):
    path = f'{folder}/mine.pcapng'
    with open(path, 'w') as file:
        file.write('mine')
    done = run(PROGRAM, 'extract', '10.1.0.29', '-o', path, *one('imaps-tls10-ipv4'), check=False)
    assert done.returncode == 1 and b'File exists; name another file' in done.stderr, done
    with open(path) as file:
        assert file.read() == 'mine'


def a_capture_that_cannot_be_read_is_told_and_the_others_count(folder):
    out, done = extract(folder, '10.1.0.29', f'{folder}/none.pcap', *one('imaps-tls10-ipv4'), check=False)
    assert done.returncode == 1 and b'none.pcap: ' in done.stderr and len(tshark(out, 'frame.number')) > 5, done


def wrong_usage_is_said(folder):
    for arguments in ([], ['10.1.0.29', '-o', 'x'], ['host', '-o', 'x', 'y'], ['10.1.0.29:0', '-o', 'x', 'y'], ['10.1.0.29', 'y']):
        assert run(PROGRAM, 'extract', *arguments, check=False, cwd=folder).returncode == 2, arguments


if shutil.which('tshark') is None:
    print('tshark is needed')
    sys.exit(77)
PROGRAM, PCAPS = os.path.abspath(PROGRAM), os.path.abspath(PCAPS)
with tempfile.TemporaryDirectory() as work:
    for promise in (what_was_offered_and_chosen_stands_in_comments, the_verdict_the_policy_and_the_community_id_stand_there_too,
                    a_hello_in_the_format_of_ssl_2_is_shown, only_records_of_the_handshake_are_shown, nothing_that_a_user_typed_is_in_any,
                    one_connection_can_be_named, lasthello_reads_the_same_versions_from_it, a_file_that_is_there_stays,
                    a_capture_that_cannot_be_read_is_told_and_the_others_count, wrong_usage_is_said):
        promise(work)
        print('ok', promise.__name__)
