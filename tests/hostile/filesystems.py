#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""filesystems.py PROGRAM: an inventory on file systems other than a plain disk: tmpfs, overlayfs (new, and one that lies in the lower layer and
is copied up), and NFS where this kernel serves it. Two readings write at once while a third program asks, one is killed and repeated: what is
stored is as on a disk, or an error says that it cannot be there. Needs root (exit status 77 without); all is mounted in a namespace of its own."""
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'flows')]

import failing  # noqa: E402
import wire  # noqa: E402
from wire import Connection, address  # noqa: E402

BOUND = 120
SESSIONS = 20_000


class CannotMount(Exception):
    pass


def mount(kind, target, *options):
    done = subprocess.run(['mount', '-t', kind, *options, target], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotMount(f'this kernel mounts no {kind} here: {done.stderr.strip()}')


def tmpfs(_program):
    os.mkdir('at')
    mount('tmpfs', 'at', 'tmpfs')


def overlay(lower):
    for name in ('upper', 'work', 'at'):
        os.mkdir(name)
    mount('overlay', 'at', 'overlay', '-o', f'lowerdir={lower},upperdir=upper,workdir=work')


def overlayfs(_program):
    os.mkdir('lower')
    overlay('lower')


def overlayfs_copied_up(program):
    """The inventory was there before the layers: the first write gives it another inode."""
    os.mkdir('lower')
    subprocess.run([program, 'read', '-o', 'lower/i.db', 'a.pcap'], check=True, capture_output=True, timeout=BOUND)
    overlay('lower')


def nfs(_program):
    os.mkdir('at')
    mount('nfs', 'at', '127.0.0.1:/', '-o', 'timeo=20,retrans=1,retry=0')


def start(program, capture):
    return subprocess.Popen([program, 'read', '-o', 'at/i.db', capture], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)


def ask_until_over(program, readings):
    """Once there is an inventory, whoever asks is answered, and never sees less than before."""
    most, end = 0, time.monotonic() + BOUND
    while any(reading.poll() is None for reading in readings):
        assert time.monotonic() < end, 'readings do not end'
        try:
            count = len(failing.facts(program, 'at/i.db'))
        except AssertionError:
            assert most == 0
            continue
        assert count >= most, f'{count} sessions, and {most} before'
        most = count
    for reading in readings:
        assert reading.wait() == 0, reading.stderr.read()


def try_it(program, prepare, expected):
    prepare(program)
    killed = start(program, 'a.pcap')
    time.sleep(0.3)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    ask_until_over(program, [start(program, 'a.pcap'), start(program, 'b.pcap')])
    assert failing.facts(program, 'at/i.db') == expected, 'it is not as on a disk'
    again = subprocess.run([program, 'read', '-o', 'at/i.db', 'a.pcap', 'b.pcap'], capture_output=True, text=True, timeout=BOUND, check=False)
    assert again.returncode == 0 and failing.facts(program, 'at/i.db') == expected, again.stderr


def main(program):
    if os.geteuid() != 0:
        print('not root: it mounts')
        return 77
    if os.environ.get('LASTHELLO_FILESYSTEMS') != 'apart':
        return subprocess.run(['unshare', '--mount', '--propagation', 'private', sys.executable, *sys.argv],
                              env=os.environ | {'LASTHELLO_FILESYSTEMS': 'apart'}, check=False).returncode
    failed, program = 0, os.path.abspath(program)
    with tempfile.TemporaryDirectory(prefix='lasthello-') as folder, contextlib.chdir(folder):
        os.chmod(folder, 0o777)
        for name, first in (('a.pcap', 0), ('b.pcap', SESSIONS)):
            wire.write(name, (frame for n in range(SESSIONS) for frame in wire.session(Connection(address(first + n)))))
        subprocess.run([program, 'read', '-o', 'right.db', 'a.pcap', 'b.pcap'], check=True, capture_output=True, timeout=BOUND)
        expected = failing.facts(program, 'right.db')
        for prepare in (tmpfs, overlayfs, overlayfs_copied_up, nfs):
            place = os.path.join(folder, prepare.__name__)
            os.mkdir(place)
            for name in ('a.pcap', 'b.pcap'):
                os.link(name, os.path.join(place, name))
            with contextlib.chdir(place):
                try:
                    try_it(program, prepare, expected)
                    print(f'ok   {prepare.__name__}', flush=True)
                except CannotMount as why:
                    print(f'skip {prepare.__name__}: {why}', flush=True)
                except (AssertionError, subprocess.SubprocessError) as why:
                    failed += 1
                    print(f'FAIL {prepare.__name__}: {str(why)[:500]}', flush=True)
                subprocess.run(['umount', 'at'], capture_output=True, check=False)
            shutil.rmtree(place)
    return failed > 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
