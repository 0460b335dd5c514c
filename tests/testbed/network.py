# SPDX-License-Identifier: BSD-2-Clause
"""Network namespaces: a client's and a server's, joined by a cable, or by a switch that has a mirror port."""
import contextlib
import ctypes
import os
import signal
import subprocess
import time

CLONE_NEWNET = 0x40000000
LISTEN, TIME_WAIT = '0A', '06'
_libc = ctypes.CDLL(None, use_errno=True)


def command(*words):
    subprocess.run(words, check=True, timeout=20)


def _enter(file):
    if _libc.setns(file.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), 'setns')


class Namespace:
    """One namespace, made and removed by `with`; what still runs in it then is killed."""

    def __init__(self, role):
        self.name = f'lasthello-{os.getpid()}-{role}'

    def __enter__(self):
        command('ip', 'netns', 'add', self.name)
        try:
            command('ip', '-n', self.name, 'link', 'set', 'lo', 'up')
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        pids = subprocess.run(['ip', 'netns', 'pids', self.name], stdout=subprocess.PIPE, timeout=20).stdout.split()
        for pid in map(int, pids):
            if pid != os.getpid():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        subprocess.run(['ip', 'netns', 'del', self.name], timeout=20)

    @contextlib.contextmanager
    def inside(self):
        """The calling thread makes its sockets, and starts its processes, in here."""
        with open('/proc/thread-self/ns/net') as home, open(f'/run/netns/{self.name}') as there:
            _enter(there)
            try:
                yield
            finally:
                _enter(home)

    def popen(self, *words, **options):
        with self.inside():
            return subprocess.Popen(list(map(str, words)), **options)

    def run(self, *words, **options):
        """Runs it to its end, at most 20 s; its output is text, both streams in one."""
        options = {'timeout': 20, 'stdout': subprocess.PIPE, 'stderr': subprocess.STDOUT, 'errors': 'replace'} | options
        if 'input' not in options:
            options['stdin'] = subprocess.DEVNULL
        with self.inside():
            return subprocess.run(list(map(str, words)), **options)

    def sockets(self):
        """(local port, state) of each TCP socket."""
        found = []
        with self.inside():
            for path in ('/proc/thread-self/net/tcp', '/proc/thread-self/net/tcp6'):
                for line in open(path).read().splitlines()[1:]:
                    fields = line.split()
                    found.append((int(fields[1].rsplit(':', 1)[1], 16), fields[3]))
        return found

    def wait_for_listener(self, port, seconds=15):
        wait_until(lambda: (port, LISTEN) in self.sockets(), seconds, f'nobody listens on port {port}')

    def wait_for_quiet(self, seconds=8):
        """Until all connections have ended."""
        wait_until(lambda: all(state in (LISTEN, TIME_WAIT) for _, state in self.sockets()), seconds,
                   f'{self.name}: connections stay open')

    def address(self, device, mac, *addresses):
        command('ip', '-n', self.name, 'link', 'set', device, 'address', mac)
        for address in addresses:
            nodad = ['nodad'] if ':' in address else []
            command('ip', '-n', self.name, 'address', 'add', address, 'dev', device, *nodad)
        # packets as they are on a wire: no segments that only the card would cut, no open checksums
        with self.inside():
            subprocess.run(['ethtool', '-K', device, 'tso', 'off', 'gso', 'off', 'gro', 'off', 'tx', 'off'],
                           check=True, timeout=20, stdout=subprocess.DEVNULL)
        command('ip', '-n', self.name, 'link', 'set', device, 'up')


def wait_until(condition, seconds, complaint):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(complaint)
        time.sleep(0.02)


def _end(number, _):
    """SIGTERM ends a test as an error does: what it has made is taken away again."""
    raise SystemExit(128 + number)


class Network(contextlib.ExitStack):
    """A client and a server. Each connection's source port is known before it is made: see next_port."""

    def __init__(self, client_number=17, server_number=3, mirror=False):
        super().__init__()
        self.numbers = {'client': client_number, 'server': server_number}
        self.mirror = mirror
        self.first_port()

    def __enter__(self):
        super().__enter__()
        signal.signal(signal.SIGTERM, _end)
        try:
            self.client = self.enter_context(Namespace('client'))
            self.server = self.enter_context(Namespace('server'))
            (self._join_by_switch if self.mirror else self._join_by_cable)()
            for role, namespace in (('client', self.client), ('server', self.server)):
                namespace.address('eth0', self.mac(role), self.ip(role, 4) + '/8', self.ip(role, 6) + '/32')
            wait_until(self._is_up, 10, 'the link does not come up')
        except BaseException:
            self.close()
            raise
        return self

    def ip(self, role, family):
        number, net = self.numbers[role], 1 if role == 'client' else 9
        return f'10.{net}.0.{number}' if family == 4 else f'2001:db8:{net}::{number:x}'

    def mac(self, role):
        return f'02:00:00:00:0{1 if role == "client" else 9}:{self.numbers[role]:02x}'

    def first_port(self):
        """Source ports begin, or begin again, at the client's first."""
        self._port = 40000 + 16 * self.numbers['client']

    def next_port(self):
        """The source port of the client's next connection: the kernel is left no other choice."""
        self._port += 1
        with self.client.inside(), open('/proc/sys/net/ipv4/ip_local_port_range', 'w') as file:
            file.write(f'{self._port} {self._port}')
        return self._port

    def _is_up(self):
        def state(namespace):
            return subprocess.run(['ip', '-n', namespace.name, '-br', 'link', 'show', 'eth0'], stdout=subprocess.PIPE,
                                  check=True, timeout=5).stdout.split()[1]
        return state(self.client) == state(self.server) == b'UP'

    def _join_by_cable(self):
        command('ip', 'link', 'add', 'eth0', 'netns', self.client.name, 'type', 'veth',
                'peer', 'name', 'eth0', 'netns', self.server.name)

    def _join_by_switch(self):
        """A bridge with a mirror port; the sensor is behind it."""
        self.switch = self.enter_context(Namespace('switch'))
        self.sensor = self.enter_context(Namespace('sensor'))
        command('ip', '-n', self.switch.name, 'link', 'add', 'br0', 'type', 'bridge')
        command('ip', '-n', self.switch.name, 'link', 'set', 'br0', 'up')
        for port, other in (('client', self.client), ('server', self.server)):
            self._plug(port, other, 'eth0')
            command('ip', '-n', self.switch.name, 'link', 'set', port, 'master', 'br0')
        self.plug_mirror()

    def _plug(self, port, other, device):
        command('ip', 'link', 'add', port, 'netns', self.switch.name, 'type', 'veth', 'peer', 'name', device,
                'netns', other.name)
        command('ip', '-n', self.switch.name, 'link', 'set', port, 'up')

    def plug_mirror(self):
        """What enters and leaves the switch at the ports in `mirror` is copied to the sensor's eth1."""
        self._plug('span', self.sensor, 'eth1')
        command('ip', '-n', self.sensor.name, 'link', 'set', 'eth1', 'up')
        for port in self.mirror:
            command('tc', '-n', self.switch.name, 'qdisc', 'add', 'dev', port, 'clsact')
            for way in ('ingress', 'egress'):
                command('tc', '-n', self.switch.name, 'filter', 'add', 'dev', port, way, 'protocol', 'all', 'u32',
                        'match', 'u32', '0', '0', 'action', 'mirred', 'egress', 'mirror', 'dev', 'span')

    def unplug_mirror(self):
        """The sensor's eth1 is gone."""
        for port in self.mirror:
            command('tc', '-n', self.switch.name, 'qdisc', 'del', 'dev', port, 'clsact')
        command('ip', '-n', self.switch.name, 'link', 'del', 'span')
