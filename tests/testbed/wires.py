# SPDX-License-Identifier: BSD-2-Clause
"""A pair of virtual interfaces, `mirror` and `sensor`, in a network namespace of this process's own: what is sent into the one, and
nothing else, is captured from the other."""
import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
MIRROR, SENSOR = 'mirror', 'sensor'


def need_root():
    if os.geteuid() != 0:
        print('not root: network namespaces and live capture need root')
        sys.exit(77)


def enter():
    """This process, and all that it starts, live in a namespace that ends with them."""
    need_root()
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        print('no network namespace can be made here')
        sys.exit(77)
    # nobody but us speaks on them
    for words in (('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1'),
                  ('ip', 'link', 'add', MIRROR, 'type', 'veth', 'peer', 'name', SENSOR),
                  ('ip', 'link', 'set', MIRROR, 'up'), ('ip', 'link', 'set', SENSOR, 'up')):
        subprocess.run(words, check=True, timeout=20)


@contextlib.contextmanager
def sending():
    """Yields a function that sends a frame."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((MIRROR, 0))
        yield wire.send


class Program:
    """The program in a process group of its own, which may be several processes."""

    def __init__(self, program, *arguments, messages, **options):
        self.messages_path = messages
        with open(messages, 'ab') as told:
            self.told_before = told.tell()
            self.process = subprocess.Popen([program, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=told, stderr=told,
                                            start_new_session=True, **options)

    def messages(self):
        with open(self.messages_path, 'rb') as told:
            told.seek(self.told_before)
            return told.read().decode(errors='replace')

    def wait_for(self, text, seconds=20):
        deadline = time.monotonic() + seconds
        while text not in self.messages():
            assert self.process.poll() is None, f'it ended with status {self.process.returncode}: {self.messages()}'
            assert time.monotonic() < deadline, f'no "{text}" in: {self.messages()}'
            time.sleep(0.01)

    def is_any_alive(self):
        """Zombies do not count."""
        done = subprocess.run(['ps', '-o', 'stat=', '-g', str(self.process.pid)], stdout=subprocess.PIPE, timeout=20)
        return any(line.strip() and not line.strip().startswith(b'Z') for line in done.stdout.splitlines())

    def kill(self):
        """kill -9 to all of it; returns when nothing of it is left."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=20)
        while self.is_any_alive():
            time.sleep(0.01)

    def stop(self, seconds=30):
        """SIGTERM; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
