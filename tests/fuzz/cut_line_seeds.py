#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""cut_line_seeds.py PCAPS FOLDER: seeds for fuzz_line, cut from captures: the first packets of each, of one link type, as a small
little-endian classic file. A capture is taken if its folder's name begins as one of KINDS does, so that the seeds stay few."""
import os
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'flows'))

from capture_file import Capture  # noqa: E402
from program import captures  # noqa: E402

BYTES_MAX = 4000
ETHERNET = 1
KINDS = ('imap-starttls-tls10-ipv4', 'imaps-tls13-ipv6', 'pop3-stls-tls11-ipv4', 'pop3s-tls12-ipv4', 'ssl30', 'sslv2-format',
         'cleartext-imap-login-literals', 'cleartext-pop3-user', 'starttls-injection', 'proxy-v2', 'refused-alert-70', 'refused-rst',
         'hello-retry', 'fragmented-handshake', 'internet-fragments-ipv6', 'internet-fragmented-tunnel', 'tunnel-geneve',
         'tunnel-erspan-2', 'tunnel-gtp', 'tunnel-8-deep', 'link-pppoe', 'link-vlan-mpls', 'tcp-overlap-disagrees', 'tcp-lost-server-hello',
         'midstream-imap', 'hostile-server-name', 'hostile-record-lengths', 'port-used-again', 'foreign-ssh')


def link_type(capture):
    if not capture.is_pcapng:
        return struct.unpack('<I', capture.head[20:24])[0]
    section_len = struct.unpack('<I', capture.head[4:8])[0]
    return struct.unpack('<H', capture.head[section_len + 8:section_len + 10])[0]


def seed(capture, discover, little_memory):
    out = struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, discover, little_memory, 65535, link_type(capture))
    for number, frame in enumerate(capture.frames):
        frame = frame[:1600]
        if len(out) + 16 + len(frame) > BYTES_MAX:
            break
        out += struct.pack('<IIII', 1000 + number // 8, number % 8 * 1000, len(frame), len(frame)) + frame
    return out


def main(pcaps, folder):
    os.makedirs(folder, exist_ok=True)
    for number, (name, files) in enumerate((n, f) for n, f in captures(pcaps) if n.startswith(KINDS)):
        with open(os.path.join(folder, name), 'wb') as out:
            out.write(seed(Capture(files[0]), number % 4 == 3, number % 3 == 2))


if __name__ == '__main__':
    main(*sys.argv[1:])
