#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""test_service.py PROGRAM UNIT SYSUSERS TMPFILES SYNC_UNIT: the units under a real systemd, which is process 1 of namespaces of its own, over a copy
of this machine's files that ends with it. Started, reloaded, stopped, restarted by its watchdog, with the rights that it is said to have;
an interface that is down is waited for. Needs root, systemd and overlayfs (exit status 77 without)."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from network import wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
CAPTURE = os.path.join(HERE, '..', '..', 'pcaps', 'file-pcap', 'capture.pcap')
PROGRAM, UNIT, SYSUSERS, TMPFILES, SYNC_UNIT = (os.path.abspath(path) for path in sys.argv[1:6])
SYSTEMD = '/lib/systemd/systemd'
SERVICE = 'lasthello@sensor0'
PATIENCE = 60
NET_RAW_AND_BPF = 1 << 13 | 1 << 39  # capabilities(7)

# pivot_root(2) wants the new root to be a mount; /proc/sys read-only: nothing of the kernel is set up again.
BOOT = '''set -e
mount --make-rprivate /
mount -t overlay overlay -o lowerdir=/,upperdir=$1/upper,workdir=$1/work $1/root
cd $1/root
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs sysfs sys
mount -t cgroup2 none sys/fs/cgroup
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mount --rbind /dev dev
mkdir -p .before
pivot_root . .before
umount -l /.before
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=basic.target --log-target=null --show-status=0
'''
SEND = '''import socket, struct, sys
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(('mirror0', 0))
data, at = open(sys.argv[1], 'rb').read(), 24
while at < len(data):
    length, = struct.unpack_from('<I', data, at + 8)
    wire.send(data[at + 16:at + 16 + length])
    at += 16 + length
'''


class Machine:
    """Files of this machine, of which none can be changed, and a systemd."""

    def __init__(self, folder):
        self.folder = folder
        for name in ('upper', 'work', 'root'):
            os.mkdir(os.path.join(folder, name))
        self.install()
        self.process = subprocess.Popen(['unshare', '-m', '-p', '-u', '-i', '-n', '-C', '-f', '--kill-child=SIGKILL', 'sh', '-c', BOOT, 'sh', folder],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def put(self, source, *path):
        target = os.path.join(self.folder, 'upper', *path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(source, target)
        return target

    def install(self):
        """As `meson install` does; without the device units, which udev would make, and with a watchdog that bites soon."""
        self.put(PROGRAM, 'usr/local/bin/lasthello')
        self.put(SYSUSERS, 'usr/lib/sysusers.d/lasthello.conf')
        self.put(TMPFILES, 'usr/lib/tmpfiles.d/lasthello.conf')
        unit = self.put(UNIT, 'etc/systemd/system/lasthello@.service')
        with open(unit) as file:
            lines = [line for line in file.read().splitlines() if '.device' not in line]
        lines = ['WatchdogSec=3' if line.startswith('WatchdogSec=') else line for line in lines]
        self.write_unit(unit, lines)
        unit = self.put(SYNC_UNIT, 'etc/systemd/system/lasthello-sync.service')
        with open(unit) as file:
            self.write_unit(unit, file.read().splitlines())
        inventory = os.path.join(self.folder, 'upper', 'var/lib/lasthello/inventory.db')
        os.makedirs(os.path.dirname(inventory))
        subprocess.run([PROGRAM, 'read', '-o', inventory, CAPTURE], check=True, env=os.environ | {'LASTHELLO_CONF': ''}, stderr=subprocess.DEVNULL, timeout=60)

    @staticmethod
    def write_unit(unit, lines):
        lines = ['RestartSec=1' if line.startswith('RestartSec=') else line for line in lines]
        lines = [f'ExecStart=/usr/local/bin/lasthello {line.partition(" ")[2]}' if line.startswith('ExecStart=') else line for line in lines]
        with open(unit, 'w') as file:
            file.write('\n'.join(lines) + '\n')

    def pid(self):
        with contextlib.suppress(OSError), open(f'/proc/{self.process.pid}/task/{self.process.pid}/children') as children:
            for pid in map(int, children.read().split()):
                if os.readlink(f'/proc/{pid}/exe').endswith('/systemd'):
                    return pid
        return None

    def run(self, *words, check=True):
        inside = ['nsenter', '-t', str(self.pid()), '-m', '-p', '-u', '-i', '-n', '-C']
        done = subprocess.run([*inside, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        assert not check or done.returncode == 0, f'{" ".join(words)}: {done.stdout.decode()}'
        return done.stdout.decode().strip()

    def is_up(self):
        return self.pid() is not None and self.run('systemctl', 'is-system-running', check=False) in ('running', 'degraded')

    def send(self, capture):
        subprocess.run(['nsenter', '-t', str(self.pid()), '-n', sys.executable, '-c', SEND, capture], check=True, timeout=20)

    def read(self, path):
        with open(f'/proc/{self.pid()}/root{path}') as file:
            return file.read()

    def end(self):
        self.process.kill()
        self.process.wait(timeout=20)


class Service(unittest.TestCase):
    machine = None

    def show(self, name):
        return self.machine.run('systemctl', 'show', SERVICE, '-p', name, '--value')

    def processes(self):
        """Monitor and sensor, by their numbers here."""
        group = f'/proc/{self.machine.pid()}/root/sys/fs/cgroup/system.slice/system-lasthello.slice/{SERVICE}.service/cgroup.procs'
        with open(group) as file:
            return sorted(map(int, file.read().split()))

    def setUp(self):
        self.machine.run('ip', 'link', 'add', 'mirror0', 'type', 'veth', 'peer', 'name', 'sensor0')
        for name in ('mirror0', 'sensor0'):
            self.machine.run('ip', 'link', 'set', name, 'up')
        self.machine.run('systemctl', 'reset-failed')
        self.machine.run('systemctl', 'start', SERVICE)

    def tearDown(self):
        self.machine.run('systemctl', 'stop', SERVICE)
        self.machine.run('ip', 'link', 'delete', 'mirror0')
        self.assertEqual(self.show('Result'), 'success')

    def test_it_captures_and_its_events_are_rotated(self):
        self.assertEqual((self.show('ActiveState'), self.show('StatusText')), ('active', 'capturing'))
        self.machine.send(CAPTURE)
        wait_until(lambda: self.machine.read('/var/log/lasthello/sensor0.jsonl').count('\n') == 1, PATIENCE, 'no event')
        self.assertEqual(json.loads(self.machine.read('/var/log/lasthello/sensor0.jsonl'))['lasthello.negotiated'], 'TLS 1.0')
        self.machine.run('mv', '/var/log/lasthello/sensor0.jsonl', '/var/log/lasthello/sensor0.jsonl.1')
        self.machine.run('systemctl', 'reload', SERVICE)
        wait_until(lambda: self.machine.run('ls', '/var/log/lasthello').split() == ['sensor0.jsonl', 'sensor0.jsonl.1'], PATIENCE, 'no new events file')
        self.machine.run('systemctl', 'stop', SERVICE)
        self.assertRegex(self.machine.run('journalctl', '-u', SERVICE, '-o', 'cat', '--no-pager'), r'stopped: 1 session,')
        self.machine.run('rm', '/var/log/lasthello/sensor0.jsonl.1')

    def test_it_has_the_rights_that_it_is_said_to_have(self):
        rights = []
        user = int(self.machine.run('id', '-u', 'lasthello'))
        for pid in self.processes():
            with open(f'/proc/{pid}/status') as status:
                fields = dict(line.split(':\t', 1) for line in status.read().splitlines() if ':\t' in line)
            self.assertEqual(set(map(int, fields['Uid'].split())), {user})
            self.assertEqual((fields['NoNewPrivs'], fields['Seccomp']), ('1', '2'))
            rights.append((int(fields['CapEff'], 16), int(fields['CapAmb'], 16)))
        self.assertEqual(rights, [(NET_RAW_AND_BPF, NET_RAW_AND_BPF), (0, 0)])  # the monitor; the sensor, which reads packets

    def test_the_watchdog_restarts_what_hangs(self):
        before = int(self.show('NRestarts'))
        hung = self.processes()
        for pid in hung:
            os.kill(pid, signal.SIGSTOP)
        wait_until(lambda: int(self.show('NRestarts')) > before and self.show('StatusText') == 'capturing', PATIENCE, 'no restart')
        self.assertFalse(set(hung) & set(self.processes()))

    def test_an_interface_that_is_down_is_waited_for(self):
        self.machine.run('systemctl', 'stop', SERVICE)
        self.machine.run('ip', 'link', 'set', 'sensor0', 'down')
        self.machine.run('systemctl', 'start', SERVICE)
        self.assertEqual((self.show('ActiveState'), self.show('StatusText')), ('active', 'waiting for sensor0'))
        self.machine.run('ip', 'link', 'set', 'sensor0', 'up')
        wait_until(lambda: self.show('StatusText') == 'capturing', PATIENCE, 'it does not capture')


class Sync(unittest.TestCase):
    """lasthello-sync.service, whose centre is not there."""
    machine = None

    def show(self, name):
        return self.machine.run('systemctl', 'show', 'lasthello-sync', '-p', name, '--value')

    def start(self, settings):
        self.machine.run('sh', '-c', 'mkdir -p /etc/lasthello && printf "%s\\n" "$1" >/etc/lasthello/lasthello.conf', 'sh', settings)
        self.machine.run('chown', '-R', 'lasthello:lasthello', '/var/lib/lasthello')
        self.machine.run('systemctl', 'start', 'lasthello-sync', check=False)

    def tearDown(self):
        self.machine.run('systemctl', 'stop', 'lasthello-sync')
        self.machine.run('rm', '/etc/lasthello/lasthello.conf')

    def test_without_a_centre_it_stays_down(self):
        self.start('[sync]')
        wait_until(lambda: self.show('ActiveState') == 'failed', PATIENCE, 'it is tried again')
        self.assertEqual((self.show('ExecMainStatus'), self.show('NRestarts')), ('2', '0'))
        self.assertIn('to which centre?', self.machine.run('journalctl', '-u', 'lasthello-sync', '-o', 'cat', '--no-pager'))

    def test_where_the_centre_is_gone_it_goes_on_and_says_so(self):
        self.start('[sync]\ncentre = postgresql://berlin@127.0.0.1:1/lasthello')
        wait_until(lambda: 'Connection refused' in self.show('StatusText'), PATIENCE, 'its status says nothing')
        self.assertEqual((self.show('ActiveState'), self.show('NRestarts')), ('active', '0'))
        self.assertIn('Connection refused', self.machine.read('/var/lib/lasthello/inventory.db.sync'))
        self.machine.run('systemctl', 'stop', 'lasthello-sync')
        self.assertEqual(self.show('Result'), 'success')


def main():
    if os.geteuid() != 0 or not os.path.exists(SYSTEMD):
        print('needs root, and systemd')
        return 77
    folder = tempfile.mkdtemp(prefix='lasthello-')
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        # what an overlay is written to may not be one itself
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64m,mode=755', 'lasthello-service', folder], check=True, timeout=20)
        stack.callback(subprocess.run, ['umount', '-l', folder], timeout=20)
        machine = Service.machine = Sync.machine = Machine(folder)
        stack.callback(machine.end)
        try:
            wait_until(machine.is_up, PATIENCE, 'no systemd')
        except (TimeoutError, AssertionError):
            machine.process.kill()
            print('systemd does not start in a namespace here:', machine.process.stderr.read().decode().strip())
            return 77
        return 0 if unittest.main(argv=sys.argv[:1], exit=False).result.wasSuccessful() else 1


if __name__ == '__main__':
    sys.exit(main())
