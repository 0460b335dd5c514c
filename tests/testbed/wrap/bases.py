# SPDX-License-Identifier: BSD-2-Clause
"""The real sessions that everything is derived from: packets of one connection, and what is expected of it."""
import functools
import ipaddress
import json
import os

from . import files
from .packets import ACK, FIN, SYN, frame, read_segment

STATIONS = bytes.fromhex('02005e00000a'), bytes.fromhex('02005e00000b')  # client, server: the bases' own are random

# role: folder in pcaps/
ROLES = {
    'imaps': 'imaps-tls10-ipv4',  # TLS 1.0 from the first byte: what most wrappings are put around
    'starttls': 'imap-starttls-tls10-ipv4',
    'imaps6': 'imaps-tls10-ipv6',
    'better': 'imaps-tls12-ipv4',  # another version, for two sessions on one port
    'modern': 'imaps-tls13-ipv4',
}
# Of the packets or of the way they took, not of the session: rewrapping changes them.
CHANGED = {'@timestamp', 'event.end', 'observer.name', 'lasthello.source', 'lasthello.first_packet',
           'lasthello.last_packet', 'lasthello.gaps', 'source.mac', 'destination.mac', 'network.vlan.id',
           'network.inner.vlan.id', 'lasthello.vlans', 'lasthello.tunnel', 'lasthello.tunnel_id'}
NO_WRAPPING = {'network.vlan.id': None, 'lasthello.vlans': None, 'lasthello.tunnel': None, 'lasthello.tunnel_id': None}
ENDS = ('lasthello.service', 'source.ip', 'source.port', 'destination.ip', 'destination.port')
CLIENT_HELLO, SERVER_HELLO, CERTIFICATE = 1, 2, 11


def mac_text(mac):
    return '-'.join(f'{octet:02X}' for octet in mac)


def stations(from_client):
    """As an Ethernet header has them: destination first."""
    return b''.join(STATIONS[::-1] if from_client else STATIONS)


def is_hello(payload, kind):
    """Begins with a record that holds a hello of this kind."""
    return len(payload) > 5 and payload[0] == 22 and payload[1] == 3 and payload[5] == kind


class Base:
    def __init__(self, role, name, segments, expected):
        self.role, self.name, self.segments, self.expected = role, name, segments, expected

    # ---- what is expected ----
    def whole(self, **facts):
        """All that the original shows; `facts` say what the wrapping adds (dots written as double underscores)."""
        kept = {key: value for key, value in self.expected.items() if key not in CHANGED}
        return kept | NO_WRAPPING | {key.replace('__', '.'): value for key, value in facts.items()}

    def part(self, **facts):
        """The ends of the connection, and what else is said."""
        kept = {key: self.expected[key] for key in ENDS}
        return kept | NO_WRAPPING | {key.replace('__', '.'): value for key, value in facts.items()}

    def offer_unseen(self):
        """All was captured but the client's hello: the server's tells the version, nobody can be blamed by name."""
        return self.part(lasthello__outcome='established', lasthello__negotiated=self.version,
                         lasthello__evidence='handshake', lasthello__offered_max=None,
                         lasthello__cause=self.cause_unseen)

    @staticmethod
    def macs():
        """Facts: the stations of the Ethernet frame that the session lies in."""
        return {'source__mac': mac_text(STATIONS[0]), 'destination__mac': mac_text(STATIONS[1])}

    @property
    def version(self):
        return self.expected['lasthello.negotiated']

    @property
    def offered(self):
        return self.expected['lasthello.offered_max']

    @property
    def by_records(self):
        """What record headers say of this version: 1.3 is 0303 there as well."""
        return 'TLS 1.2+' if self.version in ('TLS 1.2', 'TLS 1.3') else self.version

    @property
    def cause_unseen(self):
        """Nobody to blame by name where the client's hello was not seen."""
        return 'unknown' if self.version in ('SSL 3.0', 'TLS 1.0', 'TLS 1.1') else None

    # ---- its packets ----
    def first(self, wanted):
        return next(segment for segment in self.segments if wanted(segment))

    def hello(self, kind=CLIENT_HELLO):
        """Position of the segment with this side's hello."""
        from_client = kind == CLIENT_HELLO
        return next(i for i, s in enumerate(self.segments)
                    if s.from_client == from_client and is_hello(s.payload, kind))

    @property
    def server_hello(self):
        return self.hello(SERVER_HELLO)

    def after_handshake(self):
        """Position of the first segment with application data."""
        return next(i for i, s in enumerate(self.segments) if i > self.server_hello and s.payload[:1] == b'\x17')

    def opening(self):
        """The three segments that open the connection."""
        return [s for s in self.segments if s.flags & SYN] + [self.first(lambda s: s.flags == ACK and not s.payload)]


def packets_of(segments, make=frame, interface=0):
    return [files.Packet(segment.time_ns, make(segment), None, interface) for segment in segments]


def client_of(expected):
    return ipaddress.ip_address(expected['source.ip']).packed, expected['source.port']


def without_repeats(segments):
    """The base's own retransmissions would blur what a recipe does."""
    seen, kept = set(), []
    for segment in segments:
        key = (segment.from_client, segment.sequence, segment.payload, segment.flags & (SYN | FIN))
        if segment.length == 0 or key not in seen:
            kept.append(segment)
        seen.add(key)
    return kept


@functools.lru_cache(maxsize=None)
def load(pcaps, role):
    folder = os.path.join(pcaps, ROLES[role])
    capture = next(f for f in sorted(os.listdir(folder)) if f.startswith('capture'))
    with open(os.path.join(folder, 'expected.jsonl'), encoding='utf-8') as lines:
        sessions = [json.loads(line) for line in lines if line.strip()]
    expected = next(s for s in sessions if s.get('lasthello.outcome') == 'established')
    with open(os.path.join(folder, capture), 'rb') as file:
        read = [read_segment(*packet, client_of(expected)) for packet in files.read(file.read())]
    segments = [segment.but(macs=stations(segment.from_client)) for segment in read if segment]
    return Base(role, ROLES[role], without_repeats(segments), expected)
