#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""test_load.py PROGRAM GENERATE [CONNECTIONS]: many short connections, sent as fast as this machine can, into `watch` with two
threads: every session is in the inventory, or packets that were dropped are in `coverage`; and with room for all, nothing is dropped.
On a pair of virtual interfaces in a network namespace of this process's own."""
import contextlib
import ctypes
import os
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

PROGRAM, GENERATE = (os.path.abspath(path) for path in sys.argv[1:3])
CONNECTIONS = int(sys.argv[3]) if len(sys.argv) > 3 else 5000
CLONE_NEWNET = 0x40000000
PATIENCE = 60


def enter_namespace():
    if os.geteuid() != 0 or ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        print('needs root, for a network namespace of its own')
        sys.exit(77)
    subprocess.run('ip link add mirror type veth peer name sensor && sysctl -qw net.ipv6.conf.all.disable_ipv6=1 &&'
                   'ip link set mirror up && ip link set sensor up', shell=True, check=True)


def generate(folder):
    certificate, capture = os.path.join(folder, 'c.der'), os.path.join(folder, 'hello.pcap')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj',
                    '/CN=mail.example.net', '-keyout', '/dev/null', '-outform', 'DER', '-out', certificate], check=True,
                   stderr=subprocess.DEVNULL)
    with open(capture, 'wb') as file:
        subprocess.run([GENERATE, 'hello', certificate, str(CONNECTIONS)], stdout=file, check=True)
    return capture


def frames(capture):
    with open(capture, 'rb') as file:
        content = file.read()
    found, at = [], 24
    while at < len(content):
        size = struct.unpack_from('<I', content, at + 8)[0]
        found.append(content[at + 16:at + 16 + size])
        at += 16 + size
    return found


def send(packets):
    began = time.monotonic()
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind(('mirror', 0))
        for packet in packets:
            wire.send(packet)
    return len(packets) / (time.monotonic() - began)


def watch(folder, packets, *options):
    """Sessions, packets and drops that the inventory knows of, and the packets a second that were sent."""
    inventory = os.path.join(folder, 'inventory.db')
    with subprocess.Popen([PROGRAM, 'watch', '-i', 'sensor', '--threads', '2', '-o', inventory, *options],
                          stderr=subprocess.PIPE, text=True) as process:
        assert 'capturing' in process.stderr.readline()
        speed = send(packets)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    with contextlib.closing(sqlite3.connect(inventory)) as db:
        sessions = db.execute('SELECT coalesce(sum(sessions), 0) FROM observation').fetchone()[0]
        seen, dropped = db.execute('SELECT sum(packets), sum(dropped) FROM source').fetchone()
    for suffix in ('', '-wal', '-shm'):
        with contextlib.suppress(FileNotFoundError):
            os.remove(inventory + suffix)
    print(f'{len(packets):,} packets sent, {speed:,.0f} a second: {seen:,} seen, {dropped:,} dropped, {sessions:,} sessions')
    return sessions, seen, dropped


def main():
    enter_namespace()
    with tempfile.TemporaryDirectory(prefix='lasthello-') as folder:
        os.chmod(folder, 0o777)
        packets = frames(generate(folder))
        sessions, seen, dropped = watch(folder, packets)
        assert (sessions, seen, dropped) == (CONNECTIONS, len(packets), 0), 'with room for all, something is missing'
        sessions, seen, dropped = watch(folder, packets, '--buffer', '1')
        assert seen + dropped == len(packets), 'with little room, packets are neither seen nor counted as dropped'
        assert sessions == CONNECTIONS or dropped > 0, 'sessions are missing, and no packet was dropped'


if __name__ == '__main__':
    main()
