#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""scans.py PROGRAM PCAPS: who says nothing that makes sense, and is not answered, is counted and not recorded."""
import os
import sqlite3
import struct
import sys
import tempfile

from program import read_events, run

SYN, ACK, DATA = 0x02, 0x10, 0x18
CLIENT, SERVER = (0x0a000001, 40000), (0xc0a80001, 993)
HALF_HELLO = bytes.fromhex('16030101000100fffc0303') + bytes(100)
PLAIN_HELLO = bytes.fromhex('16030100310100002d0301') + bytes(32) + bytes.fromhex('00000600 2f0035000a01 00'.replace(' ', ''))


def packet(source, destination, flags, sequence, acknowledgement, payload=b''):
    tcp = struct.pack('>HHIIBBHHH', source[1], destination[1], sequence, acknowledgement, 0x50, flags, 65535, 0, 0) + payload
    ip = struct.pack('>BBHHHBBHII', 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, source[0], destination[0])
    return bytes(12) + b'\x08\x00' + ip + tcp


def write(path, frames):
    with open(path, 'wb') as file:
        file.write(struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for number, frame in enumerate(frames):
            file.write(struct.pack('<IIII', 1790000000, number, len(frame), len(frame)) + frame)


def check(program, promise, frames, sessions, scans):
    with tempfile.TemporaryDirectory() as folder:
        path, inventory = os.path.join(folder, 'capture.pcap'), os.path.join(folder, 'i.db')
        write(path, frames)
        events = read_events(program, [path], inventory=inventory)
        counted = sqlite3.connect(inventory).execute('SELECT sum(scans) FROM source').fetchone()[0]
    is_kept = (len(events), counted) == (sessions, scans)
    print('ok  ' if is_kept else 'FAIL', promise, '' if is_kept else f'{len(events)} sessions, {counted} scans')
    return is_kept


def main(program):
    syn = packet(CLIENT, SERVER, SYN, 1000, 0)
    answer = packet(SERVER, CLIENT, SYN | ACK, 5000, 1001)
    garbage, half, hello = (packet(CLIENT, SERVER, DATA, 1001, 5001, payload)
                            for payload in (b'\x00\xff' * 50, HALF_HELLO, PLAIN_HELLO))
    results = [
        check(program, 'a SYN alone is a scan', [syn], 0, 1),
        check(program, 'garbage that nobody answers is a scan', [syn, garbage], 0, 1),
        check(program, 'half a hello that nobody answers is a scan', [syn, half], 0, 1),
        check(program, 'garbage to a server that is there is a session', [syn, answer, garbage], 1, 0),
        check(program, 'half a hello to a server that is there is a session', [syn, answer, half], 1, 0),
        check(program, 'a whole hello is a session, answered or not', [syn, hello], 1, 0),
    ]
    return 0 if all(results) else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
