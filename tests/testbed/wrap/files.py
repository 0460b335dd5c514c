# SPDX-License-Identifier: BSD-2-Clause
"""Capture files: read as far as the testbed writes them; written in every shape that readers must know."""
import gzip
import lzma
import struct
import subprocess
from dataclasses import dataclass

SECTION, INTERFACE, OBSOLETE, SIMPLE, ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
ETHERNET, RAW, SLL, SLL2, NULL, LOOP, PPP, USER0, RADIOTAP = 1, 101, 113, 276, 0, 108, 9, 147, 127
MAGIC, MAGIC_NS = 0xA1B2C3D4, 0xA1B23C4D


@dataclass(frozen=True)
class Packet:
    time_ns: int
    data: bytes
    wire_len: int = None  # as long as `data` where not said
    interface: int = 0

    @property
    def length(self):
        return len(self.data) if self.wire_len is None else self.wire_len

    def cut(self, snaplen):
        return Packet(self.time_ns, self.data[:snaplen], self.length, self.interface)


@dataclass(frozen=True)
class Interface:
    link_type: int = ETHERNET
    snaplen: int = 262144
    resolution: int = None  # if_tsresol as it stands in the file; microseconds where absent
    offset: int = None  # if_tsoffset, seconds

    def ticks(self, time_ns):
        time_ns -= (self.offset or 0) * 10**9
        if self.resolution is None:
            return time_ns // 1000
        if self.resolution & 0x80:
            return (time_ns << (self.resolution & 0x7F)) // 10**9
        return time_ns * 10**self.resolution // 10**9


# ---- writing ------------------------------------------------------------------------------------------------

def pcap(packets, link_type=ETHERNET, order='<', nanoseconds=False, snaplen=262144):
    unit = 1 if nanoseconds else 1000
    out = [struct.pack(order + 'IHHiIII', MAGIC_NS if nanoseconds else MAGIC, 2, 4, 0, 0, snaplen, link_type)]
    for packet in packets:
        seconds, rest = divmod(packet.time_ns, 10**9)
        out.append(struct.pack(order + 'IIII', seconds, rest // unit, len(packet.data), packet.length) + packet.data)
    return b''.join(out)


def padded(data):
    return data + bytes(-len(data) % 4)


def block(order, kind, body):
    length = 12 + len(padded(body))
    return struct.pack(order + 'II', kind, length) + padded(body) + struct.pack(order + 'I', length)


def option(order, code, value):
    return struct.pack(order + 'HH', code, len(value)) + padded(value)


def section(order='<', options=b''):
    return block(order, SECTION, struct.pack(order + 'IHHq', 0x1A2B3C4D, 1, 0, -1) + options)


def interface_block(order, interface):
    options = b''
    if interface.resolution is not None:
        options += option(order, 9, bytes([interface.resolution]))
    if interface.offset is not None:
        options += option(order, 14, struct.pack(order + 'q', interface.offset))
    if options:
        options += option(order, 0, b'')
    return block(order, INTERFACE, struct.pack(order + 'HHI', interface.link_type, 0, interface.snaplen) + options)


def enhanced(order, interface, packet):
    ticks = interface.ticks(packet.time_ns)
    head = struct.pack(order + 'IIIII', packet.interface, ticks >> 32, ticks & 0xFFFFFFFF, len(packet.data),
                       packet.length)
    return block(order, ENHANCED, head + packet.data)


def obsolete(order, interface, packet):
    ticks = interface.ticks(packet.time_ns)
    head = struct.pack(order + 'HHIIII', packet.interface, 0, ticks >> 32, ticks & 0xFFFFFFFF, len(packet.data),
                       packet.length)
    return block(order, OBSOLETE, head + packet.data)


def simple(order, interface, packet):
    return block(order, SIMPLE, struct.pack(order + 'I', packet.length) + packet.data[:interface.snaplen])


def pcapng(packets, interfaces=(Interface(),), order='<', packet_block=enhanced):
    out = [section(order)] + [interface_block(order, interface) for interface in interfaces]
    return b''.join(out + [packet_block(order, interfaces[p.interface], p) for p in packets])


def compressed(kind, data):
    """The same bytes each time: no names, no times."""
    if kind == 'gz':
        return gzip.compress(data, mtime=0)
    if kind == 'xz':
        return lzma.compress(data)
    command = {'zst': ['zstd', '-q', '-c', '-19', '--no-check'], 'lz4': ['lz4', '-q', '-c', '-9']}[kind]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


# ---- reading ------------------------------------------------------------------------------------------------

def read_pcap(data):
    order = '<' if data[:1] in (b'\xd4', b'\x4d') else '>'
    unit = 1 if struct.unpack(order + 'I', data[:4])[0] == MAGIC_NS else 1000
    link_type = struct.unpack(order + 'I', data[20:24])[0] & 0xFFFF
    at = 24
    while at + 16 <= len(data):
        seconds, rest, captured, _ = struct.unpack(order + 'IIII', data[at:at + 16])
        yield seconds * 10**9 + rest * unit, data[at + 16:at + 16 + captured], link_type
        at += 16 + captured


def read_resolution(order, options):
    while len(options) >= 4:
        code, length = struct.unpack(order + 'HH', options[:4])
        if code == 9:
            return options[4]
        options = options[4 + length + -length % 4:]
    return 6


def nanoseconds(ticks, resolution):
    return ticks * 10**9 >> (resolution & 0x7F) if resolution & 0x80 else ticks * 10**9 // 10**resolution


def read_pcapng(data):
    order, at, interfaces = '<', 0, []
    while at + 12 <= len(data):
        if data[at:at + 4] == struct.pack('<I', SECTION):
            order, interfaces = '<' if data[at + 8:at + 12] == b'\x4d\x3c\x2b\x1a' else '>', []
        kind, length = struct.unpack(order + 'II', data[at:at + 8])
        body = data[at + 8:at + length - 4]
        if kind == INTERFACE:
            interfaces.append((struct.unpack(order + 'H', body[:2])[0], read_resolution(order, body[8:])))
        elif kind == ENHANCED:
            number, high, low, captured, _ = struct.unpack(order + 'IIIII', body[:20])
            link_type, resolution = interfaces[number]
            yield nanoseconds(high << 32 | low, resolution), body[20:20 + captured], link_type
        at += length


def read(data):
    """(time_ns, frame, link type) of each packet."""
    return list((read_pcapng if data[:4] == struct.pack('<I', SECTION) else read_pcap)(data))
