# SPDX-License-Identifier: BSD-2-Clause
"""Headers from the link down to TCP: read from a real capture, and written anew around its payload.

What stands after a link header is a pair (ethertype, bytes), so that wrappings nest as they do on the wire:
ethernet(macs, vlan(100, mpls([17], network(segment))))."""
import struct
from dataclasses import dataclass, replace

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
IPV4, IPV6, ETHERNET_BRIDGED = 0x0800, 0x86DD, 0x6558
TCP, UDP, GRE, IPIP, IP6IN = 6, 17, 47, 4, 41
FRAGMENT_HEADER, HOP_BY_HOP, ROUTING, DESTINATION = 44, 0, 43, 60


@dataclass(frozen=True)
class Segment:
    """One TCP segment of the base, with what stood around it."""
    time_ns: int
    from_client: bool
    macs: bytes  # destination, then source, as in an Ethernet header
    source: bytes  # 4 or 16 octets
    destination: bytes
    source_port: int
    destination_port: int
    sequence: int
    acknowledgement: int
    flags: int
    window: int
    options: bytes
    payload: bytes
    ttl: int = 64
    ident: int = 0

    @property
    def length(self):
        """What it takes of the sequence space."""
        return len(self.payload) + bool(self.flags & SYN) + bool(self.flags & FIN)

    @property
    def end(self):
        return (self.sequence + self.length) & 0xFFFFFFFF

    def but(self, **changes):
        for name in ('sequence', 'acknowledgement'):
            if name in changes:
                changes[name] &= 0xFFFFFFFF
        return replace(self, **changes)


def checksum(data):
    """The internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo_header(source, destination, protocol, length):
    if len(source) == 4:
        return source + destination + struct.pack('>BBH', 0, protocol, length & 0xFFFF)
    return source + destination + struct.pack('>IHBB', length, 0, 0, protocol)


def tcp(segment, wrong_checksum=False):
    head = struct.pack('>HHIIBBHHH', segment.source_port, segment.destination_port, segment.sequence,
                       segment.acknowledgement, (5 + len(segment.options) // 4) << 4, segment.flags,
                       segment.window, 0, 0)
    whole = head + segment.options + segment.payload
    summed = checksum(pseudo_header(segment.source, segment.destination, TCP, len(whole)) + whole)
    return whole[:16] + struct.pack('>H', summed ^ (0x5A5A if wrong_checksum else 0)) + whole[18:]


def udp(source, destination, source_port, destination_port, payload):
    head = struct.pack('>HHH', source_port, destination_port, 8 + len(payload))
    summed = checksum(pseudo_header(source, destination, UDP, 8 + len(payload)) + head + b'\0\0' + payload)
    return head + struct.pack('>H', summed or 0xFFFF) + payload


def ipv4(source, destination, protocol, payload, ttl=64, ident=0, fragment=0x4000, options=b'', total_length=None,
         wrong_checksum=False):
    """`fragment` is the field with its flags: 0x4000 do not fragment, 0x2000 more fragments, offset / 8."""
    size = 20 + len(options)
    length = size + len(payload) if total_length is None else total_length
    head = struct.pack('>BBHHHBBH', 0x40 | size // 4, 0, length, ident, fragment, ttl, protocol, 0)
    head += source + destination + options
    return head[:10] + struct.pack('>H', checksum(head) ^ (0x5A5A if wrong_checksum else 0)) + head[12:] + payload


def ipv6(source, destination, next_header, payload, hop_limit=64):
    return struct.pack('>IHBB', 6 << 28, len(payload), next_header, hop_limit) + source + destination + payload


def ip(source, destination, protocol, payload, ttl=64, ident=0):
    """(ethertype, packet), of the version of its addresses."""
    if len(source) == 4:
        return IPV4, ipv4(source, destination, protocol, payload, ttl, ident)
    return IPV6, ipv6(source, destination, protocol, payload, ttl)


def network(segment):
    """(ethertype, IP packet) of a segment."""
    return ip(segment.source, segment.destination, TCP, tcp(segment), segment.ttl, segment.ident)


# ---- link headers and what may follow them ----------------------------------------------------------------

def ethernet(macs, inner):
    return macs + struct.pack('>H', inner[0]) + inner[1]


def frame(segment):
    return ethernet(segment.macs, network(segment))


def vlan(number, inner, tpid=0x8100):
    return tpid, struct.pack('>HH', number, inner[0]) + inner[1]


def mpls(labels, payload):
    """`payload` is an (ethertype, IP packet) or a whole frame: MPLS does not say which."""
    body = payload[1] if isinstance(payload, tuple) else payload
    last = len(labels) - 1
    stack = [struct.pack('>I', label << 12 | (i == last) << 8 | 63) for i, label in enumerate(labels)]
    return 0x8847, b''.join(stack) + body


def ppp(inner):
    return struct.pack('>H', {IPV4: 0x0021, IPV6: 0x0057}[inner[0]]) + inner[1]


def pppoe(inner, session=0x1234):
    return 0x8864, struct.pack('>BBHH', 0x11, 0, session, len(ppp(inner))) + ppp(inner)


# ---- reading ------------------------------------------------------------------------------------------------

def strip_link(data, link_type):
    """(macs, ethertype, rest) below any VLAN tags; None: nothing that carries IP."""
    if link_type == 101:
        return bytes(12), IPV4 if data[0] >> 4 == 4 else IPV6, data
    if link_type == 113:
        macs, kind, rest = bytes(6) + data[6:12], struct.unpack('>H', data[14:16])[0], data[16:]
    elif link_type == 276:
        macs, kind, rest = bytes(6) + data[12:18], struct.unpack('>H', data[:2])[0], data[20:]
    elif link_type == 1:
        macs, kind, rest = data[:12], struct.unpack('>H', data[12:14])[0], data[14:]
    else:
        return None
    while kind in (0x8100, 0x88A8):
        kind, rest = struct.unpack('>H', rest[2:4])[0], rest[4:]
    return macs, kind, rest


def strip_ip(kind, data):
    """(source, destination, ttl, ident, TCP segment), or None."""
    if kind == IPV4 and data[9] == TCP:
        length = struct.unpack('>H', data[2:4])[0] or len(data)
        return data[12:16], data[16:20], data[8], struct.unpack('>H', data[4:6])[0], data[(data[0] & 15) * 4:length]
    if kind == IPV6 and data[6] == TCP:
        return data[8:24], data[24:40], data[7], 0, data[40:40 + struct.unpack('>H', data[4:6])[0]]
    return None


def read_segment(time_ns, data, link_type, client):
    """A frame of the connection that `client` (octets, port) began, or None."""
    link = strip_link(data, link_type)
    addressed = link and link[1] in (IPV4, IPV6) and strip_ip(link[1], link[2])
    if not addressed:
        return None
    source, destination, ttl, ident, body = addressed
    ports_and_numbers = struct.unpack('>HHIIBBH', body[:16])
    source_port, destination_port, sequence, acknowledgement, offset, flags, window = ports_and_numbers
    if client not in ((source, source_port), (destination, destination_port)):
        return None
    size = (offset >> 4) * 4
    return Segment(time_ns, (source, source_port) == client, link[0], source, destination, source_port,
                   destination_port, sequence, acknowledgement, flags & 0x3F, window, body[20:size],
                   body[size:], ttl, ident)
