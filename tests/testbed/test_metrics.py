#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""test_metrics.py PROGRAM: `watch --metrics`: what promtool says of the file, what it counts, and whose it is; and events to a socket whose
listener comes and goes. On interfaces of a network
namespace of this process's own; needs root (exit status 77 without)."""
import ctypes
import os
import re
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time
import unittest

from network import wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.abspath(sys.argv[1])
CAPTURE = os.path.join(HERE, '..', '..', 'pcaps', 'file-pcap', 'capture.pcap')  # one session over imaps, TLS 1.0, established
RULES = os.path.join(HERE, '..', '..', 'packaging', 'lasthello.rules.yml')
CLONE_NEWNET = 0x40000000
PATIENCE = 30


def send(interface, port=40465):
    """The capture, with another port of the client where it is to be another connection."""
    with open(CAPTURE, 'rb') as file:
        data, at, count = file.read(), 24, 0
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((interface, 0))
        while at < len(data):
            length, = struct.unpack_from('<I', data, at + 8)
            wire.send(data[at + 16:at + 16 + length].replace((40465).to_bytes(2, 'big'), port.to_bytes(2, 'big'), 1))
            at, count = at + 16 + length, count + 1
    return count


def holds(path, text):
    if not os.path.exists(path):
        return False
    with open(path) as file:
        return text in file.read()


class Metrics(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='lasthello-')
        self.file = f'{self.folder}/lasthello.prom'
        self.events = f'{self.folder}/e.jsonl'

    def tearDown(self):
        shutil.rmtree(self.folder)

    def start(self, *options):
        return subprocess.Popen([PROGRAM, 'watch', '-i', 'sensor0', '-o', f'{self.folder}/i.db', '--events', self.events, '--metrics', self.file, *options],
                                stderr=subprocess.PIPE, env={**os.environ, 'LASTHELLO_CONF': ''})

    def watch(self, *options):
        """A run that sees the capture; what it wrote, and how many packets there were."""
        process = self.start(*options)
        wait_until(lambda: holds(self.file, 'lasthello_clients'), PATIENCE, 'no metrics')
        count = send('mirror0')
        wait_until(lambda: holds(self.events, '\n'), PATIENCE, 'no event')
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=PATIENCE), 0, process.stderr.read())
        process.stderr.close()
        with open(self.file) as file:
            return file.read(), count

    def value(self, text, name):
        return float(re.search(rf'^{re.escape(name)} (\S+)$', text, re.MULTILINE).group(1))

    def test_what_was_sent_is_counted(self):
        before = time.time()
        text, count = self.watch()
        self.assertEqual(self.value(text, 'lasthello_packets_total{interface="sensor0"}'), count)
        self.assertEqual(self.value(text, 'lasthello_sessions_total{service="imaps",version="TLS 1.0",outcome="established"}'), 1)
        for place in ('card', 'kernel', 'memory', 'inventory'):
            self.assertEqual(self.value(text, f'lasthello_dropped_total{{interface="sensor0",place="{place}"}}'), 0)
        for name in ('lasthello_last_packet_timestamp_seconds{interface="sensor0"}', 'lasthello_last_commit_timestamp_seconds', 'lasthello_start_timestamp_seconds'):
            self.assertTrue(before - 1 <= self.value(text, name) <= time.time() + 1, name)
        self.assertGreater(self.value(text, 'lasthello_inventory_bytes'), 8192)

    def test_promtool_finds_nothing_wrong(self):
        if shutil.which('promtool') is None:
            self.skipTest('there is no promtool')
        text, _ = self.watch('--threads', '2')
        done = subprocess.run(['promtool', 'check', 'metrics'], input=text.encode(), capture_output=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b'', b''))
        subprocess.run(['promtool', 'check', 'rules', RULES], check=True, capture_output=True)

    def test_no_series_is_there_twice(self):
        text, _ = self.watch()
        series = [line.rsplit(' ', 1)[0] for line in text.splitlines() if not line.startswith('#')]
        self.assertEqual(len(series), len(set(series)), series)

    def test_every_metric_of_the_rules_exists(self):
        text, _ = self.watch()
        with open(RULES) as file:
            named = set(re.findall(r'\blasthello_[a-z_]+', file.read())) - {'lasthello_policy_deadline_timestamp_seconds'}  # where policies are installed
        self.assertTrue(named)
        for name in named:
            self.assertRegex(text, rf'(?m)^{name}[{{ ]')

    def test_no_host_is_named(self):
        text, _ = self.watch()
        self.assertNotRegex(text, r'10\.\d+\.\d+\.\d+|mail\.example')

    def test_everybody_may_read_it_and_nothing_is_left_beside_it(self):
        self.watch()
        self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o644)
        self.assertEqual(sorted(name for name in os.listdir(self.folder) if 'prom' in name), ['lasthello.prom'])

    def test_what_is_there_is_replaced_and_not_written_to(self):
        with open(f'{self.folder}/other', 'w') as file:
            file.write('mine')
        os.link(f'{self.folder}/other', self.file)
        self.watch()
        with open(f'{self.folder}/other') as file:
            self.assertEqual(file.read(), 'mine')

    def listen(self):
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.bind(f'{self.folder}/socket')
        server.listen(1)
        server.settimeout(PATIENCE)
        self.addCleanup(server.close)
        return server

    def line(self, connection):
        connection.settimeout(PATIENCE)
        text = b''
        while not text.endswith(b'\n'):
            part = connection.recv(4096)
            self.assertTrue(part, 'the connection was closed')
            text += part
        return text

    def test_a_socket_is_spoken_to_again_when_somebody_listens_again(self):
        server = self.listen()
        self.events = f'unix:{self.folder}/socket'
        process = self.start()
        first, _ = server.accept()
        wait_until(lambda: holds(self.file, 'lasthello_build_info'), PATIENCE, 'no metrics')
        send('mirror0')
        self.assertIn(b'"TLS 1.0"', self.line(first))
        first.close()
        server.close()
        os.unlink(f'{self.folder}/socket')
        send('mirror0', 40466)  # to nobody: this event is lost, and counted
        said = b''
        while b'events are lost' not in said:
            said = process.stderr.readline()
            self.assertTrue(said)
        second, _ = self.listen().accept()
        send('mirror0', 40467)
        self.assertIn(b'"TLS 1.0"', self.line(second))
        second.close()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        with open(self.file) as file:
            self.assertGreaterEqual(self.value(file.read(), 'lasthello_lost_events_total'), 1)

    def test_a_folder_that_is_missing_is_told_once_and_stops_nothing(self):
        self.file = f'{self.folder}/missing/lasthello.prom'
        process = self.start()
        said = b''
        while b'metrics cannot be written' not in said:
            line = process.stderr.readline()
            self.assertTrue(line, said)
            said += line
        send('mirror0')
        wait_until(lambda: holds(self.events, '\n'), PATIENCE, 'no event')
        process.send_signal(signal.SIGTERM)
        said += process.communicate(timeout=PATIENCE)[1]
        self.assertEqual((process.returncode, said.count(b'metrics cannot be written')), (0, 1), said)


if __name__ == '__main__':
    if os.geteuid() != 0 or ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        print('needs root, for namespaces of its own')
        sys.exit(77)
    subprocess.run(['ip', 'link', 'add', 'mirror0', 'type', 'veth', 'peer', 'name', 'sensor0'], check=True)
    for name in ('mirror0', 'sensor0'):
        subprocess.run(['ip', 'link', 'set', name, 'addrgenmode', 'none', 'up'], check=True)
    unittest.main(argv=sys.argv[:1])
