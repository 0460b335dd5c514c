# SPDX-License-Identifier: BSD-2-Clause
"""A connection as a list of segments: other payload put in, payload cut up or joined, and connections made from
nothing."""
import ipaddress
import struct

from .bases import NO_WRAPPING, packets_of, stations
from .packets import ACK, FIN, PSH, SYN, Segment

START_NS = 1_764_000_000 * 10**9  # 2025-11-24T16:00:00Z
STEP_NS = 10**6
MSS = 1448


def distance(a, b):
    """From b to a, of sequence numbers."""
    return (a - b + 2**31) % 2**32 - 2**31


def substitute(segments, at, payload):
    """Another payload in one segment; sequence and acknowledgement numbers after it move on by the difference."""
    old = segments[at]
    moved = len(payload) - len(old.payload)
    out = []
    for segment in segments:
        if segment.from_client == old.from_client and distance(segment.sequence, old.sequence) > 0:
            segment = segment.but(sequence=segment.sequence + moved)
        elif segment.from_client != old.from_client and segment.flags & ACK and \
                distance(segment.acknowledgement, old.end) >= 0:
            segment = segment.but(acknowledgement=segment.acknowledgement + moved)
        out.append(segment)
    out[at] = old.but(payload=payload)
    return out


def split(segment, *cuts):
    """The payload in several segments, cut at these places."""
    cuts = [0, *cuts, len(segment.payload)]
    return [segment.but(time_ns=segment.time_ns + 1000 * i, sequence=segment.sequence + begin,
                        payload=segment.payload[begin:end],
                        flags=segment.flags if end == len(segment.payload) else segment.flags & ~(FIN | PSH))
            for i, (begin, end) in enumerate(zip(cuts, cuts[1:]))]


def split_all(segments, size):
    """No payload longer than `size`."""
    out = []
    for segment in segments:
        out += split(segment, *range(size, len(segment.payload), size))
    return out


def replaced(segments, at, *others):
    """Others in the place of one."""
    return segments[:at] + list(others) + segments[at + 1:]


def turned(segment, **changes):
    """An empty segment of the other side, in answer to this one."""
    return segment.but(from_client=not segment.from_client, macs=segment.macs[6:] + segment.macs[:6],
                       source=segment.destination, destination=segment.source, source_port=segment.destination_port,
                       destination_port=segment.source_port, sequence=segment.acknowledgement,
                       acknowledgement=segment.end, flags=ACK, payload=b'', **changes)


def renumbered(segments, client_first, server_first):
    """The same bytes from other initial sequence numbers. Selective acknowledgements would tell the old ones:
    they go."""
    first = {True: next(s.sequence for s in segments if s.from_client),
             False: next(s.sequence for s in segments if not s.from_client)}
    move = {True: client_first - first[True], False: server_first - first[False]}
    return [s.but(sequence=s.sequence + move[s.from_client],
                  acknowledgement=s.acknowledgement + move[not s.from_client] if s.flags & ACK else 0,
                  options=b'' if has_sack(s.options) else s.options) for s in segments]


def has_sack(options):
    """A kind 5 option (RFC 2018 3)?"""
    while options and options[0] != 0:
        if options[0] == 5:
            return True
        options = options[1:] if options[0] == 1 else options[max(2, options[1]):]
    return False


class Talk:
    """A connection from nothing: both ends keep their numbers."""

    def __init__(self, port, client='10.1.0.250', server='10.9.0.3', client_port=51000, start_ns=START_NS):
        self.ends = {True: (ipaddress.ip_address(client).packed, client_port),
                     False: (ipaddress.ip_address(server).packed, port)}
        self.next = {True: 1_000_000, False: 5_000_000}
        self.time_ns, self.segments = start_ns, []

    @classmethod
    def like(cls, base):
        """Between the ends of a base, at its time."""
        first = base.segments[0]
        return cls(base.expected['destination.port'], base.expected['source.ip'], base.expected['destination.ip'],
                   base.expected['source.port'], first.time_ns)

    def send(self, from_client, payload=b'', flags=ACK):
        here, there = self.ends[from_client], self.ends[not from_client]
        self.time_ns += STEP_NS
        acknowledged = self.next[not from_client] if flags & ACK else 0
        self.segments.append(Segment(self.time_ns, from_client, stations(from_client), here[0], there[0], here[1],
                                     there[1], self.next[from_client], acknowledged, flags, 64240, b'', payload))
        self.next[from_client] = self.segments[-1].end
        return self

    def open(self):
        return self.send(True, flags=SYN).send(False, flags=SYN | ACK).send(True)

    def say(self, from_client, payload, flags=PSH | ACK):
        """In as many segments as it takes, acknowledged."""
        parts = [payload[i:i + MSS] for i in range(0, len(payload), MSS)]
        for part in parts:
            self.send(from_client, part, flags if part is parts[-1] else flags & ~FIN)
        return self.send(not from_client)

    def client(self, payload, flags=PSH | ACK):
        return self.say(True, payload, flags)

    def server(self, payload, flags=PSH | ACK):
        return self.say(False, payload, flags)

    def close(self):
        return self.send(True, flags=FIN | ACK).send(False, flags=FIN | ACK).send(True)

    def packets(self):
        return packets_of(self.segments)

    def facts(self, service, **facts):
        (client, client_port), (server, port) = self.ends[True], self.ends[False]
        ends = {'source.ip': str(ipaddress.ip_address(client)), 'source.port': client_port,
                'destination.ip': str(ipaddress.ip_address(server)), 'destination.port': port}
        return ends | NO_WRAPPING | {'lasthello.service': service} | {k.replace('__', '.'): v for k, v in facts.items()}


# ---- TLS records and messages -------------------------------------------------------------------------------

def record(kind, payload, version=0x0301):
    return struct.pack('>BHH', kind, version, len(payload)) + payload


def message(kind, body):
    return struct.pack('>B', kind) + len(body).to_bytes(3, 'big') + body


def records(payload):
    """(type, version, fragment) of each whole record."""
    while len(payload) >= 5:
        kind, version, length = struct.unpack('>BHH', payload[:5])
        if len(payload) < 5 + length:
            return
        yield kind, version, payload[5:5 + length]
        payload = payload[5 + length:]


def messages(data):
    """(type, body) of each whole handshake message."""
    while len(data) >= 4:
        length = int.from_bytes(data[1:4], 'big')
        yield data[0], data[4:4 + length]
        data = data[4 + length:]


def rewritten(flight, change):
    """A server's flight (records, up to TLS 1.2), its list of messages changed, each in records of its own of
    up to 2^14 bytes."""
    version = struct.unpack('>H', flight[1:3])[0]
    joined = b''.join(fragment for kind, _, fragment in records(flight) if kind == 22)
    out = b''
    for whole in (message(*pair) for pair in change(list(messages(joined)))):
        out += b''.join(record(22, whole[i:i + 16384], version) for i in range(0, len(whole), 16384))
    return out


def with_message(flight, kind, body):
    """The same flight with another body for one kind of message."""
    return rewritten(flight, lambda pairs: [(number, body if number == kind else old) for number, old in pairs])


def vector(data, length_bytes):
    return len(data).to_bytes(length_bytes, 'big') + data
