#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""test_crowd.py PROGRAM: `watch` at a mirror port, `serve` beside it on the same inventory, and 1,000 connections to serve that are slow,
say half a request, or do not read: watch loses nothing, and says so. On interfaces of a network namespace of this process's own; needs
root (exit status 77 without)."""
import contextlib
import ctypes
import http.client
import json
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile

from network import wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.abspath(sys.argv[1])
CAPTURE = os.path.join(HERE, '..', '..', 'pcaps', 'file-pcap', 'capture.pcap')  # one session over imaps, TLS 1.0, established
CLONE_NEWNET = 0x40000000
PORT = 8993
CONNECTIONS, SESSIONS = 1000, 200
PATIENCE = 120  # of a busy machine; nothing here is timed


def frames():
    with open(CAPTURE, 'rb') as file:
        data, at = file.read(), 24
    while at < len(data):
        length, = struct.unpack_from('<I', data, at + 8)
        yield data[at + 16:at + 16 + length]
        at += 16 + length


def send(wire, port):
    """The capture, as another connection."""
    for frame in frames():
        wire.send(frame.replace((40465).to_bytes(2, 'big'), port.to_bytes(2, 'big'), 1))


def ask(path):
    connection = http.client.HTTPConnection('127.0.0.1', PORT, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request('GET', path)
        return connection.getresponse().read()


def crowd(stack):
    """Half a request, a reader of events, and a page that nobody reads, in turns."""
    requests = (b'GET / HTTP/1.1\r\nHost: localhost\r\n', b'GET /changes HTTP/1.1\r\nHost: localhost\r\n\r\n',
                b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    for i in range(CONNECTIONS):
        sock = stack.enter_context(socket.socket())
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        sock.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            sock.connect(('127.0.0.1', PORT))
        with contextlib.suppress(OSError):
            sock.send(requests[i % len(requests)])


def lines(path):
    if not os.path.exists(path):
        return 0
    with open(path, 'rb') as file:
        return file.read().count(b'\n')


def holds(path, text):
    with contextlib.suppress(OSError), open(path, encoding='utf-8') as file:
        return text in file.read()
    return False


@contextlib.contextmanager
def running(*command):
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, 'LASTHELLO_CONF': ''})
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=PATIENCE)[1]
        assert process.returncode == 0, said
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def watch_loses_nothing_while_a_thousand_connections_hang_at_serve(folder):
    inventory, events, metrics = f'{folder}/i.db', f'{folder}/e.jsonl', f'{folder}/m.prom'
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire, contextlib.ExitStack() as stack:
        wire.bind(('mirror0', 0))
        stack.enter_context(running(PROGRAM, 'watch', '-i', 'sensor0', '-o', inventory, '--events', events, '--metrics', metrics))
        wait_until(lambda: holds(metrics, 'lasthello_packets_total'), PATIENCE, 'watch does not begin')
        send(wire, 2000)
        wait_until(lambda: lines(events) == 1, PATIENCE, 'the first session was not seen')
        server = stack.enter_context(running(PROGRAM, 'serve', '--listen', f'127.0.0.1:{PORT}', inventory))
        assert b'is served at' in server.stderr.readline()
        reader = stack.enter_context(contextlib.closing(http.client.HTTPConnection('127.0.0.1', PORT, timeout=PATIENCE)))
        reader.request('GET', '/changes')
        changes = reader.getresponse()
        assert changes.readline() == b': here\n'
        with contextlib.ExitStack() as hanging:
            crowd(hanging)
            for port in range(2001, 2000 + SESSIONS):
                send(wire, port)
            wait_until(lambda: lines(events) == SESSIONS, PATIENCE, f'not all of {SESSIONS} sessions were seen')
            assert any(line == b'event: changed\n' for line in iter(changes.readline, b''))  # what watch commits is told
        packets = SESSIONS * len(list(frames()))
        wait_until(lambda: holds(metrics, f'lasthello_packets_total{{interface="sensor0"}} {packets}\n'), PATIENCE, 'not all packets are counted')
        with open(metrics, encoding='utf-8') as file:
            lost = re.findall(r'^lasthello_dropped_total{.*} (\d+)$', file.read(), re.MULTILINE)
        assert len(lost) == 4 and set(lost) == {'0'}, lost
        wait_until(lambda: sum(row['sessions'] for row in json.loads(ask('/api/sessions'))) == SESSIONS, PATIENCE, 'serve does not say so')


def main():
    if os.geteuid() != 0 or ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        print('needs root, for namespaces of its own')
        return 77
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
    subprocess.run(['ip', 'link', 'add', 'mirror0', 'type', 'veth', 'peer', 'name', 'sensor0'], check=True)
    for name in ('mirror0', 'sensor0'):
        subprocess.run(['ip', 'link', 'set', name, 'addrgenmode', 'none', 'up'], check=True)
    with tempfile.TemporaryDirectory() as folder:
        watch_loses_nothing_while_a_thousand_connections_hang_at_serve(folder)
    print('1 passed, 0 failed')
    return 0


if __name__ == '__main__':
    sys.exit(main())
