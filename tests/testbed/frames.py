# SPDX-License-Identifier: BSD-2-Clause
"""Frames made by hand, for what no device here sends: tags, labels, tunnels, fragments."""
import socket
import struct

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
SNAP_IPV4 = bytes.fromhex('aaaa030000000800')
CLIENT, SERVER = '10.1.0.1', '10.2.0.1'


def ethernet(payload, ethertype=0x0800):
    return bytes.fromhex('0200000000aa0200000000bb') + struct.pack('!H', ethertype) + payload


def tag(frame, vlan=7, ethertype=0x8100):
    return frame[:12] + struct.pack('!HH', ethertype, vlan) + frame[12:]


def tcp(text, source=CLIENT, destination=SERVER, sport=40000, dport=993, flags=PSH | ACK):
    """An IPv4 packet with a TCP segment in it."""
    segment = struct.pack('!HHIIBBHHH', sport, dport, 1000, 2000, 5 << 4, flags, 512, 0, 0) + text
    return ipv4(segment, 6, source, destination)


def ipv4(payload, protocol, source=CLIENT, destination=SERVER, fragment=0):
    return struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(payload), 77, fragment, 64, protocol, 0,
                       socket.inet_aton(source), socket.inet_aton(destination)) + payload


def ipv6(payload, next_header, source='2001:db8::1', destination='2001:db8::2'):
    return struct.pack('!IHBB16s16s', 6 << 28, len(payload), next_header, 64,
                       socket.inet_pton(socket.AF_INET6, source), socket.inet_pton(socket.AF_INET6, destination)) + payload


def udp(payload, dport, sport=50000):
    return struct.pack('!HHHH', sport, dport, 8 + len(payload), 0) + payload


def ieee_802_3(payload):
    """A frame whose length stands in the place of its ethertype."""
    return ethernet(payload, len(payload))


def nsh(packet):
    """RFC 8300 2.2: of two words, which is metadata of kind 2 without any; next comes IPv4."""
    return bytes.fromhex('0fc2020100000100') + packet


def carriers(text):
    """{name: frame}: mail in all that a kernel filter cannot look into."""
    mail = tcp(text)
    segment = mail[20:]
    return {
        'plain': ethernet(mail),
        'from the server': ethernet(tcp(text, SERVER, CLIENT, 993, 40000)),
        'ipv6': ethernet(ipv6(segment, 6), 0x86dd),
        'vlan': tag(ethernet(mail)),
        'qinq': tag(tag(ethernet(mail)), 8, 0x88a8),
        'three tags': tag(tag(tag(ethernet(mail))), 8, 0x88a8),
        'mpls': ethernet(bytes.fromhex('00010140') + mail, 0x8847),
        'pppoe': ethernet(struct.pack('!BBHHH', 0x11, 0, 1, len(mail) + 2, 0x0021) + mail, 0x8864),
        'first fragment': ethernet(ipv4(segment, 6, fragment=0x2000)),
        'later fragment': ethernet(ipv4(text, 6, fragment=3)),
        'ipv6 fragment': ethernet(ipv6(struct.pack('!BBHI', 6, 0, 1, 9) + segment, 44), 0x86dd),
        'ipv6 destination options': ethernet(ipv6(bytes.fromhex('0600010400000000') + segment, 60), 0x86dd),
        'ip in ip': ethernet(ipv4(mail, 4)),
        '6in4': ethernet(ipv4(ipv6(segment, 6), 41)),
        'gre': ethernet(ipv4(bytes.fromhex('00000800') + mail, 47)),
        'erspan': ethernet(ipv4(bytes.fromhex('100088be00000001' '1007000100000000') + ethernet(mail), 47)),
        'vxlan': ethernet(ipv4(udp(bytes.fromhex('0800000000002a00') + ethernet(mail), 4789), 17)),
        'geneve': ethernet(ipv4(udp(bytes.fromhex('0000655800002a00') + ethernet(mail), 6081), 17)),
        'tzsp': ethernet(ipv4(udp(bytes.fromhex('0100000101') + ethernet(mail), 37008), 17)),
        'vxlan-gpe': ethernet(ipv4(udp(bytes.fromhex('0c00000100002a00') + mail, 4790), 17)),
        'gtp-u': ethernet(ipv4(udp(struct.pack('!BBHI', 0x30, 255, len(mail), 1) + mail, 2152), 17)),
        'gre in udp': ethernet(ipv4(udp(bytes.fromhex('00000800') + mail, 4754), 17)),
        'e-tag': ethernet(bytes.fromhex('000000010000') + b'\x08\x00' + mail, 0x893f),
        'vn-tag': ethernet(bytes.fromhex('00010002') + b'\x08\x00' + mail, 0x8926),
        'ttag': ethernet(bytes(6) + b'\x08\x00' + mail, 0x8988),
        'cmd': ethernet(bytes.fromhex('010100010007') + b'\x08\x00' + mail, 0x8909),
        'hsr': ethernet(bytes.fromhex('00340001') + b'\x08\x00' + mail, 0x892f),
        'r-tag': ethernet(bytes.fromhex('00000001') + b'\x08\x00' + mail, 0xf1c1),
        'mac in mac': ethernet(bytes.fromhex('00000001') + ethernet(mail), 0x88e7),
        'frame in a frame': ethernet(ethernet(mail), 0x6558),
        'nsh': ethernet(nsh(mail), 0x894f),
        'nsh in a vlan': tag(ethernet(nsh(mail), 0x894f)),
        'nsh behind two tags': tag(tag(ethernet(nsh(mail), 0x894f)), 8, 0x88a8),
        'snap': ieee_802_3(SNAP_IPV4 + mail),
        'snap in a vlan': tag(ieee_802_3(SNAP_IPV4 + mail)),
        'snap behind two tags': tag(tag(ieee_802_3(SNAP_IPV4 + mail)), 8, 0x88a8),
        'snap in a jumbo frame': ethernet(SNAP_IPV4 + mail, 0x8870),
        'llc': ieee_802_3(bytes.fromhex('060603') + mail),
        'vxlan over ipv6': ethernet(ipv6(udp(bytes.fromhex('0800000000002a00') + ethernet(mail), 4789), 17), 0x86dd),
        'vxlan in a vlan': tag(ethernet(ipv4(udp(bytes.fromhex('0800000000002a00') + ethernet(mail), 4789), 17))),
    }


def strangers(text):
    """{name: frame}: what the kernel keeps from us, because no mail can be in it."""
    return {
        'web': ethernet(tcp(text, dport=443)),
        'web over ipv6': ethernet(ipv6(tcp(text, dport=443)[20:], 6), 0x86dd),
        'web in a vlan': tag(ethernet(tcp(text, dport=443))),
        'dns': ethernet(ipv4(udp(text, 53), 17)),
        'icmp': ethernet(ipv4(bytes.fromhex('0800000000010001') + text, 1)),
        'arp': ethernet(bytes(28) + text, 0x0806),
        'lldp': ethernet(text, 0x88cc),
        'spanning tree': ieee_802_3(bytes.fromhex('424203') + text),
    }
