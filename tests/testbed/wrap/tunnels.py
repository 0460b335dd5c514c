# SPDX-License-Identifier: BSD-2-Clause
"""Tunnels: GRE, ERSPAN, VXLAN, GENEVE, TZSP, GTP-U, IP in IP, and all of them in each other."""
import ipaddress
import struct

from . import files
from .bases import packets_of
from .links import CARRIER, SAME, tagged
from .packets import (ETHERNET_BRIDGED, GRE, IP6IN, IPIP, IPV4, UDP, ethernet, frame, ip, network, udp, vlan)
from .recipes import recipe, wrapped

ENDS4 = [ipaddress.ip_address(a).packed for a in ('192.0.2.1', '192.0.2.2')]
ENDS6 = [ipaddress.ip_address(a).packed for a in ('2001:db8::1', '2001:db8::2')]
DEPTH_MAX = 8  # tunnels in each other that are opened


def outer(protocol, payload, ends=ENDS4):
    """The tunnel's own frame."""
    return ethernet(CARRIER, ip(*ends, protocol, payload))


def in_udp(port, payload, ends=ENDS4):
    return ip(*ends, UDP, udp(*ends, 49152, port, payload))


def gre(protocol, payload, key=None, sequence=None):
    flags = (0x2000 if key is not None else 0) | (0x1000 if sequence is not None else 0)
    fields = b''.join(struct.pack('>I', field) for field in (key, sequence) if field is not None)
    return struct.pack('>HH', flags, protocol) + fields + payload


def gre_ip(segment, **fields):
    return gre(*network(segment), **fields)


def erspan2(inner, session):
    """draft-foschiano-erspan 4.2: version 1, VLAN 0, session; index."""
    return gre(0x88BE, struct.pack('>HHI', 0x1000, session, 5) + inner, sequence=7)


def erspan3(inner, session, subheader=b''):
    """draft-foschiano-erspan 4.3: version 2, timestamp, flags; O says that a subheader of eight bytes follows."""
    last = 0x0001 if subheader else 0
    return gre(0x22EB, struct.pack('>HHIHH', 0x2000, session, 0x01020304, 0, last) + subheader + inner, sequence=7)


def vxlan(inner, network_id, ends=ENDS4):
    return in_udp(4789, struct.pack('>II', 0x08000000, network_id << 8) + inner, ends)


def geneve(inner, network_id, options=b''):
    kind, payload = inner if isinstance(inner, tuple) else (ETHERNET_BRIDGED, inner)
    head = struct.pack('>BBHI', len(options) // 4, 0, kind, network_id << 8)
    return in_udp(6081, head + options + payload)


def gtp(inner, tunnel_id):
    return in_udp(2152, struct.pack('>BBHI', 0x30, 255, len(inner), tunnel_id) + inner)


def tzsp(inner, tags=b''):
    return in_udp(37008, struct.pack('>BBH', 1, 0, 1) + tags + b'\x01' + inner)


OPTION = struct.pack('>HBB', 0x0102, 0x80, 1) + b'meta' + struct.pack('>HBB', 0x0103, 1, 0)
IP_INSIDE = ('imaps', False)
FRAME_INSIDE = ('imaps', True)
ROWS = (  # name, (role, a frame with stations is inside), why, wrapping, tunnel, its id, VLAN inside
    ('tunnel-gre', IP_INSIDE, 'GRE with an IP packet inside (RFC 2784).',
     lambda s: outer(GRE, gre_ip(s)), 'gre', None, None),
    ('tunnel-gre-key-sequence', IP_INSIDE, 'GRE with key and sequence number (RFC 2890): eight more bytes.',
     lambda s: outer(GRE, gre_ip(s, key=4711, sequence=9)), 'gre', 4711, None),
    ('tunnel-gre-ethernet', FRAME_INSIDE, 'GRE with a whole frame inside (transparent Ethernet bridging, 6558).',
     lambda s: outer(GRE, gre(ETHERNET_BRIDGED, frame(s))), 'gre', None, None),
    ('tunnel-erspan-1', FRAME_INSIDE, 'ERSPAN type I: a frame right after a GRE header without sequence number.',
     lambda s: outer(GRE, gre(0x88BE, frame(s))), 'erspan', None, None),
    ('tunnel-erspan-2', FRAME_INSIDE, 'ERSPAN type II: eight bytes with the session before the frame.',
     lambda s: outer(GRE, erspan2(frame(s), 77)), 'erspan', 77, None),
    ('tunnel-erspan-2-vlan', FRAME_INSIDE, 'ERSPAN type II with an 802.1Q tag in the mirrored frame.',
     lambda s: outer(GRE, erspan2(tagged(s, 300), 78)), 'erspan', 78, '300'),
    ('tunnel-erspan-3', FRAME_INSIDE, 'ERSPAN type III: twelve bytes with a time before the frame.',
     lambda s: outer(GRE, erspan3(frame(s), 79)), 'erspan', 79, None),
    ('tunnel-erspan-3-subheader', FRAME_INSIDE, 'ERSPAN type III with its optional subheader of eight bytes.',
     lambda s: outer(GRE, erspan3(tagged(s, 300), 80, bytes.fromhex('0c00000000000001'))), 'erspan', 80, '300'),
    ('tunnel-vxlan', FRAME_INSIDE, 'VXLAN (RFC 7348), as clouds mirror their traffic.',
     lambda s: ethernet(CARRIER, vxlan(frame(s), 5001)), 'vxlan', 5001, None),
    ('tunnel-vxlan-vlan', FRAME_INSIDE, 'VXLAN with VLAN tags outside and inside: the inner one is the session\'s.',
     lambda s: ethernet(CARRIER, vlan(100, vxlan(tagged(s, 300), 5002))), 'vxlan', 5002, '300'),
    ('tunnel-vxlan-ipv6', FRAME_INSIDE, 'VXLAN between IPv6 ends.',
     lambda s: ethernet(CARRIER, vxlan(frame(s), 5003, ENDS6)), 'vxlan', 5003, None),
    ('tunnel-vxlan-in-vxlan', FRAME_INSIDE,
     'A mirror of traffic that was in VXLAN before, sent in VXLAN: the inner one counts.',
     lambda s: ethernet(CARRIER, vxlan(ethernet(CARRIER, vxlan(frame(s), 5005)), 5004)), 'vxlan', 5005, None),
    ('tunnel-geneve', FRAME_INSIDE, 'GENEVE (RFC 8926) with a frame inside.',
     lambda s: ethernet(CARRIER, geneve(frame(s), 6001)), 'geneve', 6001, None),
    ('tunnel-geneve-options', FRAME_INSIDE, 'GENEVE with options of different lengths before the frame.',
     lambda s: ethernet(CARRIER, geneve(frame(s), 6002, OPTION)), 'geneve', 6002, None),
    ('tunnel-geneve-ip', IP_INSIDE, 'GENEVE with an IP packet right after its header.',
     lambda s: ethernet(CARRIER, geneve(network(s), 6003)), 'geneve', 6003, None),
    ('tunnel-tzsp', FRAME_INSIDE, 'TZSP, as MikroTik routers mirror, with tags and padding before the end tag.',
     lambda s: ethernet(CARRIER, tzsp(frame(s), b'\x00\x00\x0a\x01\xc4')), 'tzsp', None, None),
    ('tunnel-gtp', IP_INSIDE, 'GTP-U (3GPP TS 29.281), between the radio and the core of a mobile network.',
     lambda s: ethernet(CARRIER, gtp(network(s)[1], 7001)), 'gtp', 7001, None),
    ('tunnel-ipip', IP_INSIDE, 'IPv4 in IPv4 (RFC 2003).',
     lambda s: outer(IPIP, network(s)[1]), 'ipip', None, None),
    ('tunnel-6in4', ('imaps6', False), 'IPv6 in IPv4 (RFC 4213).',
     lambda s: outer(IP6IN, network(s)[1]), 'ipip', None, None),
    ('tunnel-4in6', IP_INSIDE, 'IPv4 in IPv6 (RFC 2473), as DS-Lite has it.',
     lambda s: outer(IPIP, network(s)[1], ENDS6), 'ipip', None, None),
)
for name, (role, has_macs), why, wrap, kind, number, tag in ROWS:
    wrapped(name, role, f"""{why}

            {SAME}with the addresses of the inner packet; `lasthello.tunnel` names the innermost tunnel,
            `lasthello.tunnel_id` its network, session or key where it has one. VLAN and stations are those of
            the inner frame, if there is one.""",
            wrap, macs=has_macs, network__vlan__id=tag, lasthello__tunnel=kind, lasthello__tunnel_id=number)


def eight_deep(segment):
    """VXLAN outside, GRE, GENEVE, GRE with a frame, ERSPAN, two IP in IP, TZSP inside: eight."""
    inner = ethernet(CARRIER, tzsp(frame(segment)))  # 8
    for _ in range(2):  # 7, 6
        inner = ethernet(CARRIER, ip(*ENDS4, IPIP, inner[14:]))
    inner = outer(GRE, erspan2(inner, 5))  # 5
    inner = outer(GRE, gre(ETHERNET_BRIDGED, inner))  # 4
    inner = ethernet(CARRIER, geneve(inner, 3))  # 3
    inner = outer(GRE, gre(IPV4, inner[14:]))  # 2
    return ethernet(CARRIER, vxlan(inner, 1))  # 1


wrapped('tunnel-8-deep', 'imaps', f"""Mirrors of mirrors: eight tunnels in each other, of six kinds.

        {SAME}eight are opened; the innermost is TZSP.""", eight_deep, macs=True, lasthello__tunnel='tzsp')


def ipip_deep(depth):
    def wrap(segment):
        inner = network(segment)[1]
        for _ in range(depth):
            inner = ip(*ENDS4, IPIP, inner)[1]
        return ethernet(CARRIER, (IPV4, inner))
    return wrap


@recipe('imaps')
def tunnel_9_deep(base):
    """One tunnel more than are opened.

    Expected: nothing. The packets are counted as too deep, and no session is made of what was not looked at."""
    return files.pcap(packets_of(base.segments, ipip_deep(DEPTH_MAX + 1))), []


@recipe('imaps')
def tunnel_100_deep(base):
    """A hundred IP headers in each other, as an attack on parsers that call themselves.

    Expected: nothing. The packets are counted as too deep, each at the cost of eight headers."""
    return files.pcap(packets_of(base.segments[:base.server_hello + 1], ipip_deep(100))), []
