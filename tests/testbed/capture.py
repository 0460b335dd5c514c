# SPDX-License-Identifier: BSD-2-Clause
"""Captures that begin before the first packet and end after the last: datagrams of our own, seen in the file and then
taken out of it, show that dumpcap is listening, and that all before them is written."""
import os
import signal
import socket
import struct
import subprocess
import sys

from network import wait_until

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'flows'))
from capture_file import Capture  # noqa: E402

DISCARD = 9  # a port that nobody listens on
DEVICE_OPTIONS = {2, 9, 14}  # if_name, if_tsresol, if_tsoffset: what a reader needs


def only_options(block, fixed_len, wanted):
    """The block with those of its options only."""
    kept, at = b'', 8 + fixed_len
    while at + 4 <= len(block) - 4:
        code, length = struct.unpack('<HH', block[at:at + 4])
        size = 4 + (length + 3) // 4 * 4
        if code in wanted:
            kept += block[at:at + size]
        at += size
        if code == 0:
            break
    kept += b'\0\0\0\0' if kept else b''
    length = 8 + fixed_len + len(kept) + 4
    return block[:4] + struct.pack('<I', length) + block[8:8 + fixed_len] + kept + struct.pack('<I', length)


def tidy_head(head):
    """Section and interface blocks without the names of this machine, its kernel and its filter."""
    tidied, at = b'', 0
    while at < len(head):
        kind, length = struct.unpack('<II', head[at:at + 8])
        if kind == 0x0A0D0D0A:
            tidied += only_options(head[at:at + length], 16, set())
        elif kind == 1:
            tidied += only_options(head[at:at + length], 8, DEVICE_OPTIONS)
        at += length
    return tidied


class Capturing:
    """with Capturing(...): what happens inside is written to `path`."""

    def __init__(self, namespace, device, path, sender, towards, only='tcp'):
        self.namespace, self.device, self.path = namespace, device, path
        self.sender, self.towards, self.only = sender, towards, only
        self.raw = path + '.raw'

    def __enter__(self):
        self.dumpcap = self.namespace.popen(
            'dumpcap', '-q', '-i', self.device, '-w', self.raw, '-f', f'({self.only}) or udp port {DISCARD}',
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self._mark(b'lasthello begins')
        except BaseException:
            self.dumpcap.kill()
            raise
        return self

    def __exit__(self, failure, *_):
        try:
            if failure is None:
                self._mark(b'lasthello ends')
        finally:
            self.dumpcap.send_signal(signal.SIGINT)
            self.dumpcap.wait(timeout=10)
        if failure is None:
            self._write()
        os.unlink(self.raw)

    def _mark(self, text):
        def is_written():
            with self.sender.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.bind(('', DISCARD))
                sender.sendto(text, (self.towards, DISCARD))
            return os.path.exists(self.raw) and text in open(self.raw, 'rb').read()
        wait_until(is_written, 10, f'{self.device}: dumpcap captures nothing')

    def _write(self):
        capture = Capture(self.raw)
        capture.head = tidy_head(capture.head)
        packets = [p for p, frame in zip(capture.packets, capture.frames) if b'lasthello ' not in frame]
        capture.write(self.path, packets)
        self.packet_count = len(packets)
