# SPDX-License-Identifier: BSD-2-Clause
"""Fragments of IP packets: in any order, overlapping, contradicting, missing, inside and outside tunnels."""
import struct

from . import files
from .bases import packets_of
from .links import CARRIER, SAME
from .packets import FRAGMENT_HEADER, IPV4, IPV6, TCP, UDP, ethernet, frame, ipv4, ipv6, tcp, udp
from .recipes import add, recipe
from .tunnels import ENDS4, vxlan

PIECE = 96  # bytes of a fragment, a multiple of eight; the hellos take two at least


class Carrier:
    """Who sends an IP payload, fragmented: the segment's ends, or a tunnel's."""

    def __init__(self, source, destination, protocol, wrap):
        self.source, self.destination, self.protocol, self.wrap = source, destination, protocol, wrap

    def send(self, ident, offset, chunk, more):
        if len(self.source) == 4:
            field = offset // 8 | (0x2000 if more else 0)
            return self.wrap((IPV4, ipv4(self.source, self.destination, self.protocol, chunk, 64, ident, field)))
        head = struct.pack('>BBHI', self.protocol, 0, offset | more, ident)
        return self.wrap((IPV6, ipv6(self.source, self.destination, FRAGMENT_HEADER, head + chunk)))


def of_segment(segment):
    return Carrier(segment.source, segment.destination, TCP, lambda inner: ethernet(segment.macs, inner)), tcp(segment)


def in_vxlan(segment):
    """Fragments of the session, each whole in a tunnel."""
    carrier, body = of_segment(segment)
    carrier.wrap = lambda inner: ethernet(CARRIER, vxlan(ethernet(segment.macs, inner), 9))
    return carrier, body


def of_vxlan(segment):
    """The tunnel's packets in fragments."""
    body = udp(*ENDS4, 49152, 4789, struct.pack('>II', 0x08000000, 9 << 8) + frame(segment))
    return Carrier(*ENDS4, UDP, lambda inner: ethernet(CARRIER, inner)), body


def in_order(parts):
    return parts


def reverse(parts):
    return parts[::-1]


def overlapping(parts):
    """Each but the last reaches eight bytes into the next, with the bytes that stand there."""
    return [(offset, chunk + (following[1][:8] if following else b''), more)
            for (offset, chunk, more), following in zip(parts, parts[1:] + [None])]


def junk(data):
    return bytes(byte ^ 0xA5 for byte in data)


def contradicted(parts):
    """After each but the last a second copy of it with other bytes, and one that overlaps the half of it."""
    out = []
    for offset, chunk, more in parts:
        out.append((offset, chunk, more))
        if more:
            out += [(offset, junk(chunk), True), (offset + PIECE // 2, junk(chunk[PIECE // 2:]), True)]
    return out


def fragmented(segments, arrange=in_order, carrier_of=of_segment, first_ident=1):
    packets = []
    for ident, segment in enumerate(segments, first_ident):
        carrier, body = carrier_of(segment)
        parts = [(i, body[i:i + PIECE], i + PIECE < len(body)) for i in range(0, len(body), PIECE)]
        for i, (offset, chunk, more) in enumerate(arrange(parts)):
            packets.append(files.Packet(segment.time_ns + i * 1000, carrier.send(ident, offset, chunk, more)))
    return packets


FRAGMENTS = (  # name, role, why, order of the fragments, who is fragmented, facts
    ('internet-fragments', 'imaps', 'IPv4 fragments (RFC 791 3.2), in order.', in_order, of_segment, {}),
    ('internet-fragments-reversed', 'imaps',
     'IPv4 fragments, the last one first, as some stacks send them.', reverse, of_segment, {}),
    ('internet-fragments-overlapping', 'imaps',
     'IPv4 fragments that overlap by eight bytes, with the same content.', overlapping,
     of_segment, {}),
    ('internet-fragments-contradicted', 'imaps',
     'Each IPv4 fragment is followed by copies with other content, one of them halfway '
     'over it, to make an observer and the host disagree. The first copy wins: the second must not hide what was seen.',
     contradicted, of_segment, {}),
    ('internet-fragments-ipv6', 'imaps6', 'IPv6 fragments (RFC 8200 4.5), in order.', in_order, of_segment, {}),
    ('internet-fragments-ipv6-reversed', 'imaps6', 'IPv6 fragments, the last one first.', reverse, of_segment, {}),
    ('internet-fragments-ipv6-contradicted', 'imaps6',
     'IPv6 fragments with contradicting copies: hosts drop such a datagram (RFC '
     '5722), but an observer that did would let anyone hide a session by one more fragment. The first copy wins.',
     contradicted, of_segment, {}),
    ('internet-fragments-in-tunnel', 'imaps', 'Fragments of the session, each in a VXLAN packet.', reverse, in_vxlan,
     {'lasthello__tunnel': 'vxlan', 'lasthello__tunnel_id': 9}),
    ('internet-fragmented-tunnel', 'imaps',
     'VXLAN made the packets too long, and the tunnel fragments its own.', reverse, of_vxlan,
     {'lasthello__tunnel': 'vxlan', 'lasthello__tunnel_id': 9}),
)


def fragment_recipe(name, role, why, arrange, carrier_of, facts):
    def make(base):
        return files.pcap(fragmented(base.segments, arrange, carrier_of)), [base.whole(**facts)]
    add(name, role, f"""{why}

        {SAME}a datagram is read when its last missing fragment has come.""", make)


for row in FRAGMENTS:
    fragment_recipe(*row)


def incomplete(parts):
    """All but the last."""
    return parts[:-1]


@recipe('imaps')
def internet_fragments_never_complete(base):
    """Before each packet of the session stand fragments of another datagram that never becomes whole.

    Expected: the session of the original; what waits for the lost fragments holds nothing up and is given up in
    the end."""
    packets = []
    for i, segment in enumerate(base.segments):
        stray = segment.but(source_port=40000 + i, payload=bytes(300), time_ns=segment.time_ns - 500)
        packets += fragmented([stray], incomplete, first_ident=1000 + i)
        packets += packets_of([segment])
    return files.pcap(packets), [base.whole()]


@recipe('imaps')
def internet_fragment_lost(base):
    """The datagram with the ClientHello was fragmented, and one of its fragments was not captured.

    Expected: as if the whole segment were lost. The ServerHello tells the version; what the client offered is
    not known, so that nobody can be blamed by name."""
    hello = base.hello()
    packets = packets_of(base.segments[:hello]) + fragmented([base.segments[hello]], incomplete)
    packets += packets_of(base.segments[hello + 1:])
    return files.pcap(packets), [base.offer_unseen()]
