# SPDX-License-Identifier: BSD-2-Clause
"""What tshark sees in a capture, beside what its maker claims: the versions of hellos, and alerts in clear."""
import subprocess

VERSIONS = {'0x0002': 'SSL 2.0', '0x0300': 'SSL 3.0', '0x0301': 'TLS 1.0', '0x0302': 'TLS 1.1', '0x0303': 'TLS 1.2',
            '0x0304': 'TLS 1.3'}
FIELDS = ('ip.src', 'ipv6.src', 'tcp.srcport', 'tcp.dstport', 'tls.handshake.type', 'tls.handshake.version',
          'tls.handshake.extensions.supported_version', 'tls.alert_message.desc', 'tls.handshake.random')


def rows(path, ports):
    """Every packet with TLS in it, as a dict of lists."""
    decode = [word for port in ports for word in ('-d', f'tcp.port=={port},tls')]
    fields = [word for field in FIELDS for word in ('-e', field)]
    # the file as it is: tshark follows STARTTLS itself; -2 joins segments before any is shown
    done = subprocess.run(['tshark', '-n', '-2', '-r', path, '-o', 'tls.desegment_ssl_records:TRUE', *decode, '-Y', 'tls',
                           '-T', 'fields', '-E', 'separator=/t', *fields],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=True)
    for line in done.stdout.decode().splitlines():
        yield {field: value.split(',') if value else [] for field, value in zip(FIELDS, line.split('\t'))}


RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c'


def server_version(row):
    """The version in a packet that holds a ServerHello and no HelloRetryRequest; else None."""
    if '2' not in row['tls.handshake.type'] or RETRY_RANDOM in row['tls.handshake.random']:
        return None
    versions = row['tls.handshake.extensions.supported_version'] or row['tls.handshake.version']
    return VERSIONS.get(versions[-1] if row['tls.handshake.extensions.supported_version'] else versions[0])


def seen_by_tshark(path, ports):
    """(client's port, server's port) -> {versions: of ServerHellos, alerts: of the server}."""
    seen = {}
    for row in rows(path, ports):
        source, destination = int(row['tcp.srcport'][-1]), int(row['tcp.dstport'][-1])
        from_server = source < destination
        session = seen.setdefault((max(source, destination), min(source, destination)), {'versions': set(), 'alerts': set()})
        if from_server:
            session['versions'] |= {server_version(row)} - {None}
            session['alerts'] |= set(row['tls.alert_message.desc'])
    return seen


def disagreements(path, sessions):
    """Sentences; none if tshark sees the same."""
    odd_ports = {s['destination.port'] for s in sessions if s.get('lasthello.negotiated') and not s.get('lasthello.starttls')}
    seen, complaints = seen_by_tshark(path, odd_ports), []
    for keys in sessions:
        at = keys['source.port'], keys['destination.port']
        if keys.get('lasthello.proxy'):  # whose port is that of a client behind the balancer
            at = next((ports for ports in seen if ports[1] == at[1]), at)
        claimed, refused_by = keys.get('lasthello.negotiated'), keys.get('lasthello.refused_by') or ''
        there = seen.get(at, {'versions': set(), 'alerts': set()})
        if keys.get('lasthello.evidence') == 'handshake' and claimed and there['versions'] != {claimed}:
            complaints.append(f'{at}: claimed {claimed}, tshark sees {sorted(there["versions"])}')
        if keys.get('lasthello.outcome') == 'refused' and there['versions']:
            complaints.append(f'{at}: claimed to be refused, tshark sees a ServerHello')
        if refused_by.startswith('alert ') and refused_by.split()[1] not in there['alerts']:
            complaints.append(f'{at}: claimed {refused_by}, tshark sees {sorted(there["alerts"])}')
    return complaints
