#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""scans.py PROGRAM PCAPS: who says nothing that makes sense, and is not answered, is counted and not recorded."""
import os
import sqlite3
import struct
import sys
import tempfile

from program import read_events

SYN, RST, ACK, DATA = 0x02, 0x04, 0x10, 0x18
CLIENT, SERVER = (0x0a000001, 40000), (0xc0a80001, 993)
HALF_HELLO = bytes.fromhex('16030101000100fffc0303') + bytes(100)
PLAIN_HELLO = bytes.fromhex('16030100310100002d0301') + bytes(32) + bytes.fromhex('00000600 2f0035000a01 00'.replace(' ', ''))


def packet(source, destination, flags, sequence, acknowledgement, payload=b''):
    tcp = struct.pack('>HHIIBBHHH', source[1], destination[1], sequence, acknowledgement, 0x50, flags, 65535, 0, 0) + payload
    ip = struct.pack('>BBHHHBBHII', 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, source[0], destination[0])
    return bytes(12) + b'\x08\x00' + ip + tcp


def write(path, frames, second=0):
    with open(path, 'wb') as file:
        file.write(struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for number, frame in enumerate(frames):
            file.write(struct.pack('<IIII', 1790000000 + second, number, len(frame), len(frame)) + frame)


def crowd(payload, first, count):
    """A SYN and some words from each of many addresses."""
    for n in range(first, first + count):
        client = (0x0a400000 + n, 40000)
        yield packet(client, SERVER, SYN, 1000, 0)
        yield packet(client, SERVER, DATA, 1001, 5001, payload)


def check(program, promise, frames, sessions, scans):
    with tempfile.TemporaryDirectory() as folder:
        path, inventory = os.path.join(folder, 'capture.pcap'), os.path.join(folder, 'i.db')
        write(path, frames)
        events = read_events(program, [path], inventory=inventory)
        counted = sqlite3.connect(inventory).execute('SELECT sum(scans) FROM source').fetchone()[0]
    is_kept = (len(events), counted) == (sessions, scans)
    print('ok  ' if is_kept else 'FAIL', promise, '' if is_kept else f'{len(events)} sessions, {counted} scans')
    return is_kept


def check_rotated(program, first, second):
    """What was said first is of the file that it stands in, though it waited for what the next one shows."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f'{folder}/rotated')
        write(f'{folder}/rotated/1.pcap', first)
        write(f'{folder}/rotated/2.pcap', second, 1)
        events = read_events(program, [f'{folder}/rotated'], inventory=f'{folder}/i.db')
        found = sqlite3.connect(f'{folder}/i.db').execute(
            'SELECT source.name, first_packet FROM observation JOIN source ON source.id = observation.source').fetchall()
    is_kept = len(events) == 1 and len(found) == 1 and found[0][0].endswith('1.pcap') and found[0][1] == 2
    print('ok  ' if is_kept else 'FAIL', 'half a hello is of the file that it stands in', '' if is_kept else found)
    return is_kept


def main(program):
    garbage_bytes = b'\x00\xff' * 50
    syn = packet(CLIENT, SERVER, SYN, 1000, 0)
    answer = packet(SERVER, CLIENT, SYN | ACK, 5000, 1001)
    garbage, half, hello = (packet(CLIENT, SERVER, DATA, 1001, 5001, payload)
                            for payload in (garbage_bytes, HALF_HELLO, PLAIN_HELLO))
    text = packet(CLIENT, SERVER, DATA, 1001, 5001, b'hello world\r\n')
    in_two = (packet(CLIENT, SERVER, DATA, 1001, 5001, PLAIN_HELLO[:30]), packet(CLIENT, SERVER, DATA, 1031, 5001, PLAIN_HELLO[30:]))
    acknowledged, reset = packet(SERVER, CLIENT, ACK, 5001, 1101), packet(CLIENT, SERVER, RST, 1001 + len(HALF_HELLO), 0)
    again, whole_again = packet(CLIENT, SERVER, SYN, 900_000_000, 0), packet(CLIENT, SERVER, DATA, 900_000_001, 5001, PLAIN_HELLO)
    results = [
        check(program, 'a SYN alone is a scan', [syn], 0, 1),
        check(program, 'garbage that nobody answers is a scan', [syn, garbage], 0, 1),
        check(program, 'half a hello that nobody answers is a scan', [syn, half], 0, 1),
        check(program, 'text that nobody answers is a scan', [syn, text], 0, 1),
        check(program, '... also where nothing tells that it is the first', [text], 0, 1),
        check(program, 'garbage to a server that is there is a session', [syn, answer, garbage], 1, 0),
        check(program, 'half a hello to a server that is there is a session', [syn, answer, half], 1, 0),
        check(program, 'a whole hello is a session, answered or not', [syn, hello], 1, 0),
        check(program, 'garbage that is answered late is a session', [syn, garbage, answer], 1, 0),
        check(program, 'garbage that is acknowledged late is a session', [syn, garbage, acknowledged], 1, 0),
        check(program, 'a hello in two segments is a session', [syn, *in_two], 1, 0),
        check(program, '... also where the second came first', [syn, *reversed(in_two)], 1, 0),
        check(program, 'garbage that a mirror shows twice is a scan', [syn, syn, garbage, garbage], 0, 1),
        check(program, 'half a hello that its sender breaks off is a scan', [syn, half, reset], 0, 1),
        check(program, 'a new connection does not go on with the words of the old one', [syn, half, again, whole_again], 1, 1),
        check(program, 'a crowd is counted once each', [*crowd(garbage_bytes, 0, 5000), *crowd(HALF_HELLO, 5000, 5000)], 0, 10_000),
        check_rotated(program, [syn, in_two[0]], [in_two[1]]),
    ]
    return 0 if all(results) else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
