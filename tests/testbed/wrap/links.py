# SPDX-License-Identifier: BSD-2-Clause
"""Link headers: VLAN tags, MPLS, PPPoE, cooked captures, captures without any."""
import struct

from . import files
from .packets import IPV4, IPV6, ethernet, frame, mpls, network, ppp, pppoe, vlan
from .recipes import wrapped

CARRIER = bytes.fromhex('02005e000001' '02005e000002')  # stations of an outer frame
def tagged(segment, number):
    return ethernet(segment.macs, vlan(number, network(segment)))


WITHOUT, WITH_CONTROL_WORD = 18, 19  # labels: nothing on the wire says which it is
SOLD = {True: bytes.fromhex('00005e00530b' '00005e00530a'), False: bytes.fromhex('00005e00530a' '00005e00530b')}
FAR = {True: bytes.fromhex('a6005e00000b' 'a6005e00000a'), False: bytes.fromhex('a6005e00000a' 'a6005e00000b')}
CONTROL_WORD = bytes(4)  # RFC 4385 3
SAME = 'Expected: the session of the original, no more and no less; '

TAGS = (  # name, why, wrapping, number of the innermost tag, all tags where there are several
    ('link-vlan', 'A SPAN of a trunk port shows 802.1Q tags.',
     lambda inner: vlan(100, inner), '100', None),
    ('link-vlan-priority', 'The upper four bits of a tag are priority and drop eligibility, not part of its number.',
     lambda inner: vlan(0xF064, inner), '100', None),
    ('link-qinq-8021ad', 'Provider bridges put a service tag (802.1ad, 88a8) before the customer tag.',
     lambda inner: vlan(200, vlan(100, inner), 0x88A8), '200', [200, 100]),
    ('link-qinq-9100', 'Older switches write 9100 where 802.1ad writes 88a8.',
     lambda inner: vlan(200, vlan(100, inner), 0x9100), '200', [200, 100]),
    ('link-qinq-8100', 'Many switches stack two tags with the same ethertype 8100.',
     lambda inner: vlan(200, vlan(100, inner)), '200', [200, 100]),
)
for name, why, wrap, outermost, all_tags in TAGS:
    wrapped(name, 'imaps', f"""{why}

            {SAME}`network.vlan.id` is the outermost tag; where there are several, `network.inner.vlan.id` is the innermost one and
            `lasthello.vlans` lists them.""",
            lambda s, wrap=wrap: ethernet(s.macs, wrap(network(s))), macs=True, network__vlan__id=outermost,
            lasthello__vlans=all_tags, **({'network__inner__vlan__id': str(all_tags[-1])} if all_tags else {}))

INNER_FRAME = SAME + 'the stations (`source.mac`, `destination.mac`) are those of the inner frame.'
PLAIN = SAME + 'no VLAN, no tunnel.'
STACKS = (  # name, role, why, wrapping of one segment, what is expected, facts
    ('link-mpls-1', 'imaps',
     'A mirror inside a provider network shows MPLS; the label does not say what follows, the '
     'first nibble of the payload does (RFC 4928).',
     lambda s: ethernet(s.macs, mpls([17], network(s))), PLAIN, {}),
    ('link-mpls-3', 'imaps', 'Labels stack: transport, service and entropy.',
     lambda s: ethernet(s.macs, mpls([17, 18, 19], network(s))), PLAIN, {}),
    ('link-mpls-ipv6', 'imaps6', 'The first nibble after the label stack is 6.',
     lambda s: ethernet(s.macs, mpls([2], network(s))), PLAIN, {}),
    ('link-pseudowire', 'imaps',
     'Ethernet over MPLS (RFC 4448) without control word: a whole frame stands after the labels. The first '
     'nibble of its station is a.',
     lambda s: ethernet(CARRIER, mpls([17, WITHOUT], ethernet(FAR[s.from_client], network(s)))), INNER_FRAME,
     {'source__mac': 'A6-00-5E-00-00-0A', 'destination__mac': 'A6-00-5E-00-00-0B'}),
    ('link-pseudowire-station-0', 'imaps',
     'Ethernet over MPLS without control word, and the station begins with zeros, as that of any '
     'card of an early maker: it looks like a control word, but the ethertype stands where it stands without one.',
     lambda s: ethernet(CARRIER, mpls([17, WITHOUT], ethernet(SOLD[s.from_client], network(s)))), INNER_FRAME,
     {'source__mac': '00-00-5E-00-53-0A', 'destination__mac': '00-00-5E-00-53-0B'}),
    ('link-pseudowire-control-word', 'imaps',
     'Ethernet over MPLS (RFC 4448) with a control word of four bytes before the frame.',
     lambda s: ethernet(CARRIER, mpls([17, WITH_CONTROL_WORD], CONTROL_WORD + frame(s))), INNER_FRAME, {'macs': True}),
    ('link-pppoe', 'imaps', 'A mirror on an access line shows PPPoE (RFC 2516).',
     lambda s: ethernet(s.macs, pppoe(network(s))), PLAIN, {}),
    ('link-pppoe-ipv6', 'imaps6', 'PPPoE with IPv6: protocol 0057.',
     lambda s: ethernet(s.macs, pppoe(network(s))), PLAIN, {}),
    ('link-pppoe-qinq', 'imaps', 'Access networks carry PPPoE inside two VLAN tags.',
     lambda s: ethernet(s.macs, vlan(200, vlan(100, pppoe(network(s))), 0x88A8)), SAME + 'both tags are known.',
     {'network__vlan__id': '200', 'network__inner__vlan__id': '100', 'lasthello__vlans': [200, 100]}),
    ('link-vlan-mpls', 'imaps', 'A VLAN tag before MPLS.',
     lambda s: ethernet(s.macs, vlan(100, mpls([17], network(s)))), SAME + 'the tag is known.',
     {'network__vlan__id': '100'}),
    ('link-vlan-mpls-vlan', 'imaps', 'A VLAN tag before MPLS, and another in the frame of the pseudowire.',
     lambda s: ethernet(CARRIER, vlan(100, mpls([WITH_CONTROL_WORD], CONTROL_WORD + tagged(s, 300)))),
     INNER_FRAME + ' So is the tag: `network.vlan.id`.',
     {'macs': True, 'network__vlan__id': '300'}),
    ('link-ttag', 'imaps',
     'Cisco Nexus switches leave a TTag (ethertype 8988: six bytes of time, then the next ethertype) in frames '
     'that they mirror with PTP switched on.',
     lambda s: ethernet(s.macs, (0x8988, bytes.fromhex('0000a1b2c3d4') + struct.pack('>H', IPV4) + network(s)[1])),
     SAME + 'the tag is stepped over.', {'macs': True}),
    ('link-vntag', 'imaps',
     'A VN-Tag (ethertype 8926, four bytes) stands before the VLAN tag in frames to fabric extenders.',
     lambda s: ethernet(s.macs, (0x8926, struct.pack('>IH', 0x80010002, 0x8100) + vlan(100, network(s))[1])),
     SAME + 'the VLAN after it is known.', {'macs': True, 'network__vlan__id': '100'}),
)
for name, role, why, wrap, expected, facts in STACKS:
    wrapped(name, role, f"""{why}

            {expected}""", wrap, **facts)


def cooked(segment):
    """LINKTYPE_LINUX_SLL: packet type, ARPHRD, address length, address of the sender, protocol."""
    head = struct.pack('>HHH', 0 if segment.from_client else 4, 1, 6)
    return head + segment.macs[6:] + b'\0\0' + ethernet(b'', network(segment))


def cooked2(segment):
    """LINKTYPE_LINUX_SLL2: protocol, reserved, interface index, ARPHRD, packet type, address length, address."""
    kind, packet = network(segment)
    head = struct.pack('>HHIHBB', kind, 0, 2, 1, 0 if segment.from_client else 4, 6)
    return head + segment.macs[6:] + b'\0\0' + packet


def family(order, number):
    return lambda segment: struct.pack(order + 'I', number) + network(segment)[1]


def ppp_frame(segment):
    return b'\xff\x03' + ppp(network(segment))


HEADS = (  # name, role, why, wrapping, link type
    ('link-sll', 'imaps',
     'A capture on the pseudo interface `any` (Linux cooked capture, version 1).', cooked, files.SLL),
    ('link-sll2', 'imaps',
     'A capture on the pseudo interface `any` by a newer tcpdump (Linux cooked capture, version 2).',
     cooked2, files.SLL2),
    ('link-sll2-ipv6', 'imaps6', 'Linux cooked capture, version 2, IPv6.', cooked2, files.SLL2),
    ('link-null-little-endian', 'imaps',
     'BSD loopback: an address family in the byte order of the machine that captured.',
     family('<', 2), files.NULL),
    ('link-null-big-endian', 'imaps',
     'BSD loopback: an address family in the byte order of the machine that captured.',
     family('>', 2), files.NULL),
    ('link-null-ipv6-macos', 'imaps6',
     'BSD loopback with IPv6: its address family is 30 on macOS.', family('<', 30), files.NULL),
    ('link-null-ipv6-freebsd', 'imaps6',
     'BSD loopback with IPv6: its address family is 28 on FreeBSD.', family('<', 28),
     files.NULL),
    ('link-loop', 'imaps', 'OpenBSD loopback: an address family in network order.', family('>', 2), files.LOOP),
    ('link-raw', 'imaps', 'No link header at all, as on a tun interface.', lambda s: network(s)[1], files.RAW),
    ('link-raw-ipv6', 'imaps6', 'No link header at all, IPv6.', lambda s: network(s)[1], files.RAW),
    ('link-ppp', 'imaps', 'PPP with address and control field (RFC 1662).', ppp_frame, files.PPP),
)
for name, role, why, wrap, link_type in HEADS:
    wrapped(name, role, f"""{why}

            {PLAIN}""", wrap, link_type)

for name, link_type, kind in (('link-ipv4', 228, IPV4), ('link-ipv6', 229, IPV6)):
    wrapped(name, 'imaps' if kind == IPV4 else 'imaps6', f"""Link type {link_type}: raw IP of a version that the
            link type says.

            {PLAIN}""", lambda s: network(s)[1], link_type)
