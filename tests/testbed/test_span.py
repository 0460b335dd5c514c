#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""test_span.py PROGRAM: the commands of docs/guide.md that need no switch: a mirror by `tc`, a remote tcpdump by a pipe, a ring of dumpcap. The
names of their interfaces, folders and hosts are replaced, nothing else. In a network namespace of this process's own; needs root (exit status
77 without), and each command what it names."""
import ctypes
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'flows'))
from capture_file import Capture  # noqa: E402
from network import wait_until  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
GUIDE = os.path.join(HERE, '..', '..', 'docs', 'guide.md')
CAPTURE = os.path.join(HERE, '..', '..', 'pcaps', 'file-pcap', 'capture.pcap')  # one session over imaps, TLS 1.0
CLONE_NEWNET = 0x40000000
PATIENCE = 60


def line_with(text):
    """The one line of the guide with it."""
    with open(GUIDE) as file:
        line, = (line.strip() for line in file if text in line)
    return line


def ip(*words):
    subprocess.run(['ip', *words], check=True, timeout=20)


def pair(name, other):
    ip('link', 'add', name, 'type', 'veth', 'peer', 'name', other)
    for one in (name, other):
        ip('link', 'set', one, 'addrgenmode', 'none', 'up')


def send(interface):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((interface, 0))
        for frame in Capture(CAPTURE).frames:
            wire.send(frame)


class Guide(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='lasthello-')
        self.addCleanup(shutil.rmtree, self.folder)
        pair('wire0', 'eth0')  # what is said at wire0 arrives at eth0
        self.addCleanup(ip, 'link', 'del', 'wire0')

    def needs(self, tool):
        if shutil.which(tool) is None:
            self.skipTest(f'there is no {tool}')

    def start(self, command):
        process = subprocess.Popen(['bash', '-c', f'exec {command}' if '|' not in command else command], cwd=self.folder, stderr=subprocess.PIPE,
                                   start_new_session=True, env={**os.environ, 'PATH': f'{self.folder}:{os.environ["PATH"]}', 'LASTHELLO_CONF': ''})
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(lambda: process.poll() is None and os.killpg(process.pid, signal.SIGKILL))
        return process

    def versions(self):
        done = subprocess.run([PROGRAM, 'report', 'sessions', '--format', 'json', f'{self.folder}/inventory.db'], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=PATIENCE)
        return [row.get('negotiated') for row in json.loads(done.stdout)] if done.returncode == 0 and done.stdout.strip() else []

    def test_linux_mirrors_both_directions_by_tc(self):
        self.needs('tc')
        pair('eth9', 'sensor0')
        self.addCleanup(ip, 'link', 'del', 'eth9')
        commands = re.findall(r'`(tc [^`]+)`', line_with('mirred egress mirror'))
        self.assertEqual(len(commands), 2)
        for command in [*commands, commands[1].replace('ingress', 'egress', 1)]:  # "the same with `egress`"
            subprocess.run(command.split(), check=True, timeout=20)
        self.start(f'{PROGRAM} watch -i sensor0 -o inventory.db --events e.jsonl')
        wait_until(lambda: os.path.exists(f'{self.folder}/inventory.db'), PATIENCE, 'watch did not start')
        wait_until(lambda: self.captures('sensor0'), PATIENCE, 'nothing captures')
        send('wire0')  # one session comes in at eth0, and the same packets with another port go out there
        wait_until(lambda: self.versions() == ['TLS 1.0'], PATIENCE, 'the session was not mirrored')
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
            wire.bind(('eth0', 0))
            for frame in Capture(CAPTURE).frames:
                wire.send(frame.replace((40465).to_bytes(2, 'big'), (40466).to_bytes(2, 'big'), 1))
        wait_until(lambda: self.events() == 2, PATIENCE, 'what goes out was not mirrored')

    def captures(self, interface):
        """Has somebody a packet socket there?"""
        index = str(socket.if_nametoindex(interface))
        with open('/proc/net/packet') as file:
            return any(line.split()[4] == index for line in file.readlines()[1:])

    def written(self, pid):
        with open(f'/proc/{pid}/io') as file:
            return int(re.search(r'wchar: (\d+)', file.read()).group(1))

    def events(self):
        with open(f'{self.folder}/e.jsonl') as file:
            return sum(1 for _ in file)

    def test_a_remote_tcpdump_by_a_pipe(self):
        self.needs('tcpdump')
        with open(f'{self.folder}/ssh', 'w') as file:  # the gateway is this namespace
            file.write('#!/bin/sh\nshift\nexec "$@"\n')
        os.chmod(f'{self.folder}/ssh', 0o755)
        os.symlink(PROGRAM, f'{self.folder}/lasthello')
        process = self.start(line_with('| lasthello read -'))
        said = b''
        while b'listening on eth0' not in said:
            said = process.stderr.readline()
            self.assertTrue(said, 'tcpdump does not capture')
        send('wire0')
        tcpdump = int(subprocess.run(['pgrep', '-g', str(process.pid), '-x', 'tcpdump'], check=True, stdout=subprocess.PIPE).stdout)
        wait_until(lambda: self.written(tcpdump) >= os.path.getsize(CAPTURE), PATIENCE, 'tcpdump has not written the session')
        os.kill(tcpdump, signal.SIGINT)
        process.wait(timeout=PATIENCE)
        self.assertEqual(self.versions(), ['TLS 1.0'])

    def test_a_ring_of_dumpcap_read_twice(self):
        self.needs('dumpcap')
        os.mkdir(f'{self.folder}/ring')
        os.chmod(self.folder, 0o755)
        process = self.start(line_with('dumpcap -i eth0').replace('/var/captures', f'{self.folder}/ring'))
        wait_until(lambda: os.listdir(f'{self.folder}/ring') and self.captures('eth0'), PATIENCE, 'dumpcap does not capture')  # the file comes last
        send('wire0')
        read = line_with('lasthello read -o inventory.db /var/captures').replace('/var/captures', 'ring').replace('lasthello', PROGRAM, 1)

        def is_read():
            subprocess.run(read.split(), cwd=self.folder, stderr=subprocess.DEVNULL, timeout=PATIENCE, env={**os.environ, 'LASTHELLO_CONF': ''})
            return self.versions() == ['TLS 1.0']
        wait_until(is_read, PATIENCE, 'the session is not in the ring')
        self.assertTrue(is_read())  # again: nothing counts twice
        process.send_signal(signal.SIGINT)
        process.wait(timeout=PATIENCE)
        self.assertTrue(is_read())


if __name__ == '__main__':
    if os.geteuid() != 0 or ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        print('needs root, for a network namespace of its own')
        sys.exit(77)
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
