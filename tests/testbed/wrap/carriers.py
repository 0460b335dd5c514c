# SPDX-License-Identifier: BSD-2-Clause
"""More tunnels: L2TP, Teredo, EtherIP, EoIP, CAPWAP, MPLS and NSH in IP and UDP, LISP, GUE; 802.11; and those that
nobody can open."""
import struct

from . import files
from .bases import packets_of
from .links import CARRIER, SAME, tagged
from .packets import GRE, IPV4, UDP, ethernet, frame, ip, mpls, network, ppp, pppoe, udp
from .recipes import recipe, wrapped
from .tunnels import ENDS4, ENDS6, FRAME_INSIDE, IP_INSIDE, in_udp, outer

ETHERIP, L2TP, MPLS_IN_IP, ETHERNET_IN_IP, ESP = 97, 115, 137, 143, 50
COOKIE = b'\xc0\x0c\x1e\xc0\xc0\x0c\x1e\xc0'


def at_port(port, payload, from_client, ends=ENDS4):
    """Between a client's own port and the server's: by either port."""
    here, there = (49152, port) if from_client else (port, 49152)
    return ip(*ends, UDP, udp(*ends, here, there, payload))


def l2tp2(inner, session=42, fields=0x0002, more=b''):
    return struct.pack('>H', fields) + more + struct.pack('>HH', 7, session) + inner


def ppp_framed(segment):
    return b'\xff\x03' + ppp(network(segment))


def l2tp_sequenced(segment):
    """Length, sequence numbers and an offset of two bytes."""
    inner = struct.pack('>HHH', 3, 4, 2) + bytes(2) + ppp_framed(segment)
    return l2tp2(inner, fields=0x4A02, more=struct.pack('>H', 8 + len(inner)))


def l2tp3(inner, cookie=b'', sublayer=b''):
    return struct.pack('>I', 42) + cookie + sublayer + inner


def teredo(segment, indicators=b''):
    return at_port(3544, indicators + network(segment)[1], segment.from_client)


AUTHENTICATION = b'\x00\x01\x00\x00' + bytes(8) + b'\x00'
ORIGIN = b'\x00\x00' + struct.pack('>H', 0xFFFF ^ 40000) + bytes.fromhex('3f fd fd fe')


def capwap(inner, from_client, head=0x100000):
    """RFC 5415 4.3: two words of header, 802.3 inside."""
    return at_port(5247, struct.pack('>I', head) + bytes(4) + inner, from_client)


def wifi(segment, protected=False):
    """A data frame with quality of service through an access point, behind LLC (IEEE 802.11 9.3.2.1)."""
    destination, source = segment.macs[:6], segment.macs[6:]
    kind, payload = network(segment)
    control = b'\x88\x01' if not protected else b'\x88\x41'
    return (control + bytes(2) + b'\x02\x00\x5e\x00\x00\xff' + source + destination + bytes(2) + bytes(2) +
            b'\xaa\xaa\x03\x00\x00\x00' + struct.pack('>H', kind) + payload)


def nsh(kind, payload):
    """RFC 8300 2.2: metadata of kind 2, none; next protocol; service path."""
    return struct.pack('>HBBI', 0x0FC2, 2, kind, 0x000001FF) + payload


def gpe(payload, next_protocol):
    return in_udp(4790, struct.pack('>BBBBI', 0x0C, 0, 0, next_protocol, 42 << 8) + payload)


def eoip(segment):
    inner = frame(segment)
    return bytes.fromhex('20016400') + struct.pack('>H', len(inner)) + struct.pack('<H', 42) + inner


ROWS = (  # name, (role, a frame with stations is inside), why, wrapping, tunnel, its id, VLAN inside
    ('tunnel-l2tp-2', IP_INSIDE, 'L2TP of version 2 (RFC 2661), as internet providers have it.',
     lambda s: ethernet(CARRIER, at_port(1701, l2tp2(ppp_framed(s)), s.from_client)), 'l2tp', 42, None),
    ('tunnel-l2tp-2-compressed', IP_INSIDE, 'L2TPv2 whose PPP leaves out address and control (RFC 1661 6.6).',
     lambda s: ethernet(CARRIER, at_port(1701, l2tp2(b'\x21' + network(s)[1]), s.from_client)), 'l2tp', 42, None),
    ('tunnel-l2tp-2-ipv6', ('imaps6', False), 'L2TPv2 with IPv6 inside, between IPv6 ends.',
     lambda s: ethernet(CARRIER, at_port(1701, l2tp2(ppp_framed(s)), s.from_client, ENDS6)), 'l2tp', 42, None),
    ('tunnel-l2tp-2-sequenced', IP_INSIDE, 'L2TPv2 with length, sequence numbers and an offset.',
     lambda s: ethernet(CARRIER, at_port(1701, l2tp_sequenced(s), s.from_client)), 'l2tp', 42, None),
    ('tunnel-l2tp-2-in-pppoe', IP_INSIDE, 'L2TPv2 in PPPoE, as on the line of a customer.',
     lambda s: ethernet(CARRIER, pppoe(at_port(1701, l2tp2(ppp_framed(s)), s.from_client))), 'l2tp', 42, None),
    ('tunnel-l2tp-3-udp', FRAME_INSIDE, 'L2TP of version 3 in UDP (RFC 3931 4.1.2), a cookie before the frame.',
     lambda s: ethernet(CARRIER, at_port(1701, b'\0\3\0\0' + l2tp3(tagged(s, 300), COOKIE), s.from_client)),
     'l2tp', 42, '300'),
    ('tunnel-l2tp-3-ip', FRAME_INSIDE, 'L2TPv3 right after IP (RFC 3931 4.1.1), a cookie and a sublayer before the frame.',
     lambda s: outer(L2TP, l2tp3(frame(s), COOKIE[:4], b'\x40\0\0\1')), 'l2tp', 42, None),
    ('tunnel-l2tp-3-ppp', IP_INSIDE, 'L2TPv3 right after IPv6 with PPP inside.',
     lambda s: outer(L2TP, l2tp3(ppp_framed(s)), ENDS6), 'l2tp', 42, None),
    ('tunnel-teredo', ('imaps6', False), 'Teredo (RFC 4380): IPv6 in UDP, from the port of a server.',
     lambda s: ethernet(CARRIER, teredo(s)), 'teredo', None, None),
    ('tunnel-teredo-indicators', ('imaps6', False), 'Teredo with authentication and origin before the packet.',
     lambda s: ethernet(CARRIER, teredo(s, AUTHENTICATION + ORIGIN)), 'teredo', None, None),
    ('tunnel-etherip', FRAME_INSIDE, 'EtherIP (RFC 3378).',
     lambda s: outer(ETHERIP, b'\x30\0' + tagged(s, 300)), 'etherip', None, '300'),
    ('tunnel-eoip', FRAME_INSIDE, 'MikroTik\'s Ethernet over IP, which looks like PPTP.',
     lambda s: outer(GRE, eoip(s)), 'gre', 42, None),
    ('tunnel-srv6-ethernet', FRAME_INSIDE, 'A frame right after IPv6, as segment routing has it (RFC 8986).',
     lambda s: outer(ETHERNET_IN_IP, frame(s), ENDS6), 'etherip', None, None),
    ('tunnel-mpls-udp', IP_INSIDE, 'MPLS in UDP (RFC 7510).',
     lambda s: ethernet(CARRIER, in_udp(6635, mpls([17, 18], network(s))[1])), 'mpls', None, None),
    ('tunnel-mpls-ip', FRAME_INSIDE, 'A pseudowire in MPLS in IP (RFC 4023).',
     lambda s: outer(MPLS_IN_IP, mpls([17], tagged(s, 300))[1]), 'mpls', None, '300'),
    ('tunnel-vxlan-gpe-nsh', FRAME_INSIDE, 'A frame behind NSH (RFC 8300) in VXLAN-GPE.',
     lambda s: ethernet(CARRIER, gpe(nsh(3, tagged(s, 300)), 4)), 'vxlan', 42, '300'),
    ('tunnel-vxlan-gpe-nsh-ip', IP_INSIDE, 'An IP packet behind NSH in VXLAN-GPE.',
     lambda s: ethernet(CARRIER, gpe(nsh(1, network(s)[1]), 4)), 'vxlan', 42, None),
    ('tunnel-lisp', IP_INSIDE, 'LISP (RFC 9300).',
     lambda s: ethernet(CARRIER, in_udp(4341, bytes(8) + network(s)[1])), 'lisp', None, None),
    ('tunnel-gue', IP_INSIDE, 'Generic UDP encapsulation, whose header names IP in IP.',
     lambda s: ethernet(CARRIER, in_udp(6080, b'\0\4\0\0' + network(s)[1])), 'ipip', None, None),
    ('tunnel-capwap', FRAME_INSIDE, 'CAPWAP (RFC 5415) with frames of 802.3, both directions.',
     lambda s: ethernet(CARRIER, capwap(tagged(s, 300), s.from_client)), 'capwap', None, '300'),
    ('tunnel-capwap-wifi', FRAME_INSIDE, 'CAPWAP with data frames of 802.11.',
     lambda s: ethernet(CARRIER, capwap(wifi(s), s.from_client, 0x100300)), 'capwap', None, None),
)
for name, (role, has_macs), why, wrap, kind, number, tag in ROWS:
    wrapped(name, role, f"""{why}

            {SAME}with the addresses of the inner packet; `lasthello.tunnel` and `lasthello.tunnel_id` name the tunnel.""",
            wrap, macs=has_macs, network__vlan__id=tag, lasthello__tunnel=kind, lasthello__tunnel_id=number)

wrapped('link-wifi', 'imaps', f"""802.11 behind radiotap (link type 127), of a network without encryption.

        {SAME}with the stations of the frame.""",
        lambda s: b'\0\0\x08\0\0\0\0\0' + wifi(s), files.RADIOTAP, macs=True)


@recipe('imaps')
def tunnel_sealed(base):
    """Known and not opened: ESP, ESP in UDP, WireGuard, encrypted CAPWAP and 802.11.

    Expected: nothing; `coverage` counts the packets by name, so that a zero is not believed."""
    noise = bytes(range(1, 60))
    wraps = (lambda s: outer(ESP, noise), lambda s: ethernet(CARRIER, at_port(4500, noise, s.from_client)),
             lambda s: ethernet(CARRIER, at_port(51820, b'\4\0\0\0' + noise, s.from_client)),
             lambda s: ethernet(CARRIER, at_port(5247, b'\1\0\0\0' + noise, s.from_client)),
             lambda s: ethernet(CARRIER, capwap(wifi(s, True), s.from_client, 0x100300)))
    packets = [packet for wrap in wraps for packet in packets_of(base.segments[:4], wrap)]
    return files.pcap(packets), []
