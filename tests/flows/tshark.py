#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""tshark.py PROGRAM PCAPS: another reader's word: for each capture and each connection, the versions that
tshark sees in ServerHello messages are those that our events have with the evidence of a handshake. Where the
two differ, EXPLAINED says why."""
import collections
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile

from capture_file import read_bytes
from program import captures, read_events

# capture -> why tshark sees something else; a difference that is gone fails as well, so that the table stays true
EXPLAINED = {
    'implicit-tls-on-clear-ports': 'it does not look for TLS on port 110 without STLS',
    'one-side-server-starttls': 'without the client\'s STARTTLS it does not look for TLS',
    'answer-not-offered': 'it takes a choice that was not offered as it stands',
    'answer-unreadable': 'it tells what stands in the field of the version, whatever the rest is',
    'hello-said-twice': 'it takes an answer to a second hello that nobody asked for',
    'proxy-v1': 'it names the proxy, we the client that the PROXY header names',
    'proxy-v2': 'it names the proxy, we the client that the PROXY header names',
    'internet-padding-counted': 'it takes the zeros of a frame\'s padding for payload where IP counts them',
    'tunnel-capwap-wifi': 'as it is called here, it does not open 802.11 in CAPWAP',
    'tunnel-mpls-udp': 'its label 18 stands for a pseudowire in what is told to tshark here',
    'tunnel-gue': 'it does not know Generic UDP Encapsulation',
    'tunnel-l2tp-3-ip': 'what an L2TPv3 session carries it must be told',
    'tunnel-l2tp-3-ppp': 'what an L2TPv3 session carries it must be told',
    'tunnel-l2tp-3-udp': 'what an L2TPv3 session carries it must be told',
    'tunnel-9-deep': 'it opens any number of tunnels, we eight',
    'tunnel-100-deep': 'it opens any number of tunnels, we eight',
}

VERSIONS = {0x0002: 'SSL 2.0', 0x0300: 'SSL 3.0', 0x0301: 'TLS 1.0', 0x0302: 'TLS 1.1', 0x0303: 'TLS 1.2',
            0x0304: 'TLS 1.3'}
RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c'  # RFC 8446 4.1.3
SERVER_HELLO, SSL2_SERVER_HELLO = 2, 4
ENDS = ('source.ip', 'source.port', 'destination.ip', 'destination.port')
FIELDS = ('frame.protocols', 'ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst', 'tcp.srcport', 'tcp.dstport',
          'tls.handshake.type', 'tls.handshake.version', 'tls.handshake.extensions.supported_version',
          'tls.handshake.random', 'tls.record.version')
# what tshark does not guess: Cisco's tag, and what our captures carry behind these labels
DECODE_AS = ('ethertype==0x8988,ttag', 'mpls.label==18,pwethnocw', 'mpls.label==19,pwethcw')
WANTED = (f'tls.handshake.type == {SERVER_HELLO} || '
          f'(tls.record.version == 0x0002 && tls.handshake.type == {SSL2_SERVER_HELLO})')
OPTIONS = ['-n', '-o', 'tcp.reassemble_out_of_order:TRUE', *(word for rule in DECODE_AS for word in ('-d', rule)), '-Y',
           WANTED, '-T', 'fields', '-E', 'occurrence=a', '-E', 'separator=/t', '-E', 'aggregator=,']


def on_disk(path, folder):
    """A file as tshark can read it: it knows nothing of xz."""
    plain = os.path.join(folder, os.path.basename(path))
    with open(plain, 'wb') as file:
        file.write(read_bytes(path))
    return plain


def tshark_rows(files):
    """A dict of fields for each frame with a ServerHello; None: tshark does not read this capture."""
    with tempfile.TemporaryDirectory() as folder:
        plain = [on_disk(path, folder) for path in files]
        merged = plain[0]
        if len(plain) > 1:
            merged = os.path.join(folder, 'merged.pcapng')
            subprocess.run(['mergecap', '-w', merged, *plain], stderr=subprocess.DEVNULL, check=True)
        command = ['tshark', '-r', merged, *OPTIONS, *(word for field in FIELDS for word in ('-e', field))]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=120)
    if done.returncode != 0:
        return None
    return [dict(zip(FIELDS, (cell.split(',') if cell else [] for cell in line.split('\t'))))
            for line in done.stdout.decode().splitlines()]


def ends_of(row):
    """(client, port, server, port): of the innermost IP header, which stands last."""
    layers = [layer for layer in row['frame.protocols'][0].split(':') if layer in ('ip', 'ipv6')]
    source, destination = row[f'{layers[-1]}.src'][-1], row[f'{layers[-1]}.dst'][-1]
    return destination, int(row['tcp.dstport'][-1]), source, int(row['tcp.srcport'][-1])


def name_of(number):
    """Drafts of TLS 1.3 are 7fNN and fbNN."""
    return 'TLS 1.3' if number >> 8 in (0x7F, 0xFB) else VERSIONS.get(number, f'0x{number:04x}')


def versions_of(row):
    """Of the ServerHellos in one frame: supported_versions first, then the message's own field."""
    if str(SSL2_SERVER_HELLO) in row['tls.handshake.type'] and '0x0002' in row['tls.record.version']:
        return {'SSL 2.0'}
    if [random.replace(':', '') for random in row['tls.handshake.random']] == [RETRY_RANDOM]:
        return set()
    numbers = row['tls.handshake.extensions.supported_version'] or row['tls.handshake.version']
    return {name_of(int(number, 16)) for number in numbers}


def versions_seen(rows):
    """Ends of a connection -> versions."""
    seen = collections.defaultdict(set)
    for row in rows:
        seen[ends_of(row)] |= versions_of(row)
    return {ends: versions for ends, versions in seen.items() if versions}


def versions_told(events):
    """The same, as our events tell it."""
    told = collections.defaultdict(set)
    for event in events:
        if event.get('lasthello.evidence') == 'handshake' and event.get('lasthello.negotiated'):
            told[tuple(event[end] for end in ENDS)].add(event['lasthello.negotiated'])
    return dict(told)


def differences(seen, told):
    """A sentence for each connection that the two tell differently."""
    for ends in sorted(seen.keys() | told.keys()):
        theirs, ours = seen.get(ends, set()), told.get(ends, set())
        if theirs != ours:
            yield '{} port {} -> {} port {}: tshark sees {}, we tell {}'.format(
                *ends, ', '.join(sorted(theirs)) or 'nothing', ', '.join(sorted(ours)) or 'nothing')


def verdict(name, rows, events):
    """(passed, lines to print) for one capture."""
    if rows is None:
        return True, [f'pass {name}: tshark does not read it']
    found = list(differences(versions_seen(rows), versions_told(events)))
    if found and name in EXPLAINED:
        return True, [f'ok   {name}: differs, explained: {EXPLAINED[name]}']
    if found:
        return False, [f'FAIL {name}: {sentence}' for sentence in found]
    if name in EXPLAINED:
        return False, [f'FAIL {name}: agrees, though a difference is explained: {EXPLAINED[name]}']
    return True, [f'ok   {name}']


def options_of(path):
    """What stands beside the capture: options for `read`."""
    options = os.path.join(os.path.dirname(path), 'options')
    if not os.path.exists(options):
        return []
    with open(options, encoding='utf-8') as file:
        return file.read().split()


def check_capture(program, name, files):
    source = files[0] if len(files) == 1 else os.path.dirname(files[0])
    return verdict(name, tshark_rows(files), read_events(program, [source], *options_of(files[0])))


def main(program, pcaps, every=1):
    if shutil.which('tshark') is None:
        print('tshark is not installed')
        return 77
    rows = list(captures(pcaps))[::int(every)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda row: check_capture(program, *row), rows))
    for _, lines in results:
        print('\n'.join(lines))
    passed = sum(ok for ok, _ in results)
    print(f'{passed} passed, {len(results) - passed} failed')
    return 0 if results and passed == len(results) else 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
