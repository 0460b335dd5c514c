# SPDX-License-Identifier: BSD-2-Clause
"""Capture files as lists of blocks, so that their packets can be shuffled, doubled and left out without being understood."""
import gzip
import lzma
import struct
import subprocess

PCAPNG_SECTION = 0x0A0D0D0A
PACKET_BLOCKS = {2, 3, 6}  # obsolete, simple, enhanced


def read_bytes(path):
    path = str(path)
    if path.endswith('.gz'):
        return gzip.open(path).read()
    if path.endswith('.xz'):
        return lzma.open(path).read()
    if path.endswith('.zst'):
        return subprocess.run(['zstd', '-dc', path], stdout=subprocess.PIPE, check=True).stdout
    if path.endswith('.lz4'):
        return subprocess.run(['lz4', '-dc', path], stdout=subprocess.PIPE, check=True).stdout
    with open(path, 'rb') as file:
        return file.read()


class Capture:
    """head: everything before the first packet; packets: a bytes object each, as it stands in the file."""

    def __init__(self, path):
        self.raw = read_bytes(path)
        self.is_pcapng = struct.unpack('<I', self.raw[:4])[0] == PCAPNG_SECTION
        self.head, self.packets, self.frames = b'', [], []
        (self._read_pcapng if self.is_pcapng else self._read_pcap)()

    def _read_pcap(self):
        order = '<' if self.raw[:1] in (b'\xd4', b'\x4d') else '>'
        self.head = self.raw[:24]
        at = 24
        while at + 16 <= len(self.raw):
            captured = struct.unpack(order + 'I', self.raw[at + 8:at + 12])[0]
            self._add(self.raw[at:at + 16 + captured], self.raw[at + 16:at + 16 + captured])
            at += 16 + captured

    def _read_pcapng(self):
        order = '<' if self.raw[8:12] == b'\x4d\x3c\x2b\x1a' else '>'
        at = 0
        while at + 12 <= len(self.raw):
            kind, length = struct.unpack(order + 'II', self.raw[at:at + 8])
            block = self.raw[at:at + length]
            if kind in PACKET_BLOCKS:
                captured = struct.unpack(order + 'I', block[20:24])[0]
                self._add(block, block[28:28 + captured])
            elif not self.packets:
                self.head += block
            at += length

    def _add(self, block, frame):
        self.packets.append(block)
        self.frames.append(frame)

    def write(self, path, packets):
        with open(path, 'wb') as file:
            file.write(self.head)
            for packet in packets:
                file.write(packet)
