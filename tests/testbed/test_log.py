#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""test_log.py PROGRAM: what `watch` tells the journal: a sentence, its priority and fields, in the journal's own protocol, to a socket that
this test holds in a mount namespace of its own; and the same sentences on standard error where that is no journal. And what it counts of
clients for Prometheus. Needs root (exit status 77 without)."""
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'flows'))
from capture_file import Capture  # noqa: E402
from network import wait_until  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
PCAPS = os.path.join(HERE, '..', '..', 'pcaps')
CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
JOURNAL = '/run/systemd/journal/socket'
PATIENCE = 60


def send(name):
    """The frames of pcaps/NAME."""
    folder = os.path.join(PCAPS, name)
    capture, = (file for file in os.listdir(folder) if file.startswith('capture.'))
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind(('mirror0', 0))
        for frame in Capture(os.path.join(folder, capture)).frames:
            wire.send(frame)


def link(state):
    subprocess.run(['ip', 'link', 'set', 'mirror0', state], check=True, timeout=20)


class Log(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='lasthello-')
        self.inventory = f'{self.folder}/i.db'
        self.journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.journal.settimeout(1)
        if os.path.exists(JOURNAL):
            os.unlink(JOURNAL)
        self.journal.bind(JOURNAL)
        os.chmod(JOURNAL, 0o666)
        self.process, self.entries = None, []

    def tearDown(self):
        if self.process is not None:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process.stderr.close()
        self.journal.close()
        link('up')
        subprocess.run(['umount', '-l', f'{self.folder}/disk'], check=False, timeout=20, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.folder)

    def watch(self, *options, is_journal=True):
        reader, writer = os.pipe()
        about = os.fstat(writer)
        environment = {**os.environ, 'LASTHELLO_CONF': '', 'JOURNAL_STREAM': f'{about.st_dev}:{about.st_ino + (not is_journal)}'}
        self.process = subprocess.Popen([PROGRAM, 'watch', '-i', 'sensor0', '-o', self.inventory, '--metrics', f'{self.folder}/lasthello.prom',
                                         *options], stderr=writer, env=environment)
        os.close(writer)
        self.process.stderr = os.fdopen(reader, 'rb')
        wait_until(lambda: 'lasthello_clients' in self.metrics(), PATIENCE, 'no first look at clients')

    def metrics(self):
        try:
            with open(f'{self.folder}/lasthello.prom') as file:
                return file.read()
        except FileNotFoundError:
            return ''

    def entry(self, event):
        """The entry with this LASTHELLO_EVENT, as soon as it is there."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                data = self.journal.recv(65536).decode()
            except TimeoutError:
                continue
            entry = dict(line.split('=', 1) for line in data.splitlines())
            self.assertEqual(entry['SYSLOG_IDENTIFIER'], 'lasthello')
            self.entries.append(entry)
            if entry['LASTHELLO_EVENT'] == event:
                return entry
        self.fail(f'no entry {event}, but {self.entries}')

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        said = self.process.stderr.read().decode()
        self.assertEqual(self.process.wait(timeout=PATIENCE), 0, said)
        return said

    def test_a_client_that_is_refused_now(self):
        self.watch()
        send('refused-alert-70')
        entry = self.entry('client-failing')
        self.assertEqual((entry['PRIORITY'], entry['LASTHELLO_SERVICE']), ('4', 'imaps'))
        self.assertIn(entry['LASTHELLO_OFFERS'], ('TLS 1.0', 'TLS 1.1'))  # it tries both
        self.assertIn(f'client {entry["LASTHELLO_CLIENT"]} to {entry["LASTHELLO_TO"]} (imaps): ', entry['MESSAGE'])
        wait_until(lambda: 'lasthello_clients{verdict="failing"} 1' in self.metrics(), PATIENCE, 'it is not counted')
        self.assertIn('lasthello_provider_clients{provider="",verdict="failing"} 1', self.metrics())
        self.assertNotIn(entry['LASTHELLO_CLIENT'], self.metrics())
        self.end()

    def test_who_was_known_before_is_counted_and_not_told(self):
        subprocess.run([PROGRAM, 'read', '-o', self.inventory, f'{PCAPS}/file-pcap/capture.pcap'], check=True, capture_output=True, timeout=PATIENCE)
        self.watch()
        self.assertIn('lasthello_clients{verdict="legacy"} 1', self.metrics())
        send('refused-alert-70')
        self.entry('client-failing')
        self.end()
        self.assertEqual([entry['LASTHELLO_EVENT'] for entry in self.entries if entry['LASTHELLO_EVENT'].startswith('client')], ['client-failing'])

    def test_the_cable_is_out_and_in_again(self):
        self.watch()
        send('file-pcap')
        wait_until(lambda: 'verdict="legacy"} 1' in self.metrics(), PATIENCE, 'nothing was captured')
        link('down')
        blind = self.entry('sensor-blind')
        self.assertEqual((blind['PRIORITY'], blind['LASTHELLO_INTERFACE']), ('4', 'sensor0'))
        link('up')
        self.assertEqual(self.entry('sensor-sees')['PRIORITY'], '5')
        self.end()

    def test_a_full_disk(self):
        disk = f'{self.folder}/disk'
        os.mkdir(disk)
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=2m,mode=777', 'lasthello-log', disk], check=True, timeout=20)
        self.inventory = f'{disk}/i.db'
        self.watch()
        with self.assertRaises(OSError), open(f'{disk}/full', 'wb', buffering=0) as file:
            while True:
                file.write(bytes(1024))
        send('refused-alert-70')
        entry = self.entry('inventory-not-stored')
        self.assertEqual((entry['PRIORITY'], entry['LASTHELLO_INVENTORY']), ('3', self.inventory))
        self.assertIn('i.db', entry['MESSAGE'])

    def test_where_standard_error_is_no_journal_the_sentences_stand_there(self):
        self.watch(is_journal=False)
        send('refused-alert-70')
        wait_until(lambda: 'verdict="failing"} 1' in self.metrics(), PATIENCE, 'it is not counted')
        self.assertRegex(self.end(), r'lasthello: \S+ client \S+ to \S+ \(imaps\): is refused now')
        self.journal.setblocking(False)
        with self.assertRaises(BlockingIOError):
            self.journal.recv(65536)


if __name__ == '__main__':
    if os.geteuid() != 0 or ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET | CLONE_NEWNS) != 0:
        print('needs root, for namespaces of its own')
        sys.exit(77)
    for words in (['mount', '--make-rprivate', '/'], ['mount', '-t', 'tmpfs', 'lasthello-run', '/run'],
                  ['ip', 'link', 'add', 'mirror0', 'type', 'veth', 'peer', 'name', 'sensor0']):
        subprocess.run(words, check=True, timeout=20)
    os.makedirs(os.path.dirname(JOURNAL))
    for name in ('mirror0', 'sensor0'):
        subprocess.run(['ip', 'link', 'set', name, 'addrgenmode', 'none', 'up'], check=True, timeout=20)
    unittest.main(argv=sys.argv[:1])
