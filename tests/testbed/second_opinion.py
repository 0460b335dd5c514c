# SPDX-License-Identifier: BSD-2-Clause
"""What tshark sees in a capture, beside what its maker claims: the versions of hellos, and alerts in clear.
Fingerprints, which no maker knows, are tshark's alone."""
import subprocess

VERSIONS = {'0x0002': 'SSL 2.0', '0x0300': 'SSL 3.0', '0x0301': 'TLS 1.0', '0x0302': 'TLS 1.1', '0x0303': 'TLS 1.2',
            '0x0304': 'TLS 1.3'}
FIELDS = ('ip.src', 'ipv6.src', 'tcp.srcport', 'tcp.dstport', 'tls.handshake.type', 'tls.handshake.version',
          'tls.handshake.extensions.supported_version', 'tls.alert_message.desc', 'tls.handshake.random',
          'tls.handshake.ja3', 'tls.handshake.ja3s')


def rows(path, ports):
    """Every packet with TLS in it, as a dict of lists."""
    decode = [word for port in ports for word in ('-d', f'tcp.port=={port},tls')]
    fields = [word for field in FIELDS for word in ('-e', field)]
    # the file as it is: tshark follows STARTTLS itself; -2 joins segments before any is shown
    done = subprocess.run(['tshark', '-n', '-2', '-r', path, '-o', 'tls.desegment_ssl_records:TRUE', *decode,
                           '-Y', 'tls', '-T', 'fields', '-E', 'separator=/t', *fields],
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
    """(client's port, server's port) -> versions of ServerHellos, alerts of the server, and the last fingerprints."""
    seen = {}
    for row in rows(path, ports):
        source, destination = int(row['tcp.srcport'][-1]), int(row['tcp.dstport'][-1])
        session = seen.setdefault((max(source, destination), min(source, destination)),
                                  {'versions': set(), 'alerts': set(), 'ja3': None, 'ja3s': None})
        if source > destination:
            session['ja3'] = (row['tls.handshake.ja3'] or [session['ja3']])[-1]
            continue
        session['versions'] |= {server_version(row)} - {None}
        session['alerts'] |= set(row['tls.alert_message.desc'])
        if server_version(row):
            session['ja3s'] = (row['tls.handshake.ja3s'] or [None])[-1]
    return seen


class SecondOpinion:
    def __init__(self, path, sessions):
        odd = {keys['destination.port'] for keys in sessions
               if keys.get('lasthello.negotiated') and not keys.get('lasthello.starttls')}
        self.sessions, self.seen = sessions, seen_by_tshark(path, odd)

    def of(self, keys):
        port = keys['destination.port']
        if keys.get('lasthello.proxy'):  # whose port is that of a client behind the balancer
            return next((seen for ports, seen in self.seen.items() if ports[1] == port), None)
        return self.seen.get((keys['source.port'], port))

    def disagreements(self):
        """Sentences; none if tshark sees the same."""
        return [f'{keys["source.port"]}: {sentence}' for keys in self.sessions for sentence in self._about(keys)]

    def _about(self, keys):
        there = self.of(keys) or {'versions': set(), 'alerts': set()}
        claimed, refused_by = keys.get('lasthello.negotiated'), keys.get('lasthello.refused_by') or ''
        if keys.get('lasthello.evidence') == 'handshake' and claimed and claimed not in there['versions']:
            yield f'claimed {claimed}, tshark sees {sorted(there["versions"])}'
        if keys.get('lasthello.outcome') == 'refused' and there['versions']:
            yield 'claimed to be refused, tshark sees a ServerHello'
        if refused_by.startswith('alert ') and refused_by.split()[1] not in there['alerts']:
            yield f'claimed {refused_by}, tshark sees {sorted(there["alerts"])}'

    def add_fingerprints(self):
        """Adds JA3 and JA3S where they are unambiguous: one connection of these ports."""
        ports = [(keys['source.port'], keys['destination.port']) for keys in self.sessions]
        for keys, own in zip(self.sessions, ports):
            there = self.of(keys)
            if there is None or ports.count(own) > 1:
                continue
            for key, found in (('tls.client.ja3', there['ja3']), ('tls.server.ja3s', there['ja3s'])):
                if found:
                    keys[key] = found
