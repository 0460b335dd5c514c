#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""implant.py PROGRAM: somebody has taken the sensor over (implant.c): each of its threads tries every call that reaches beyond its own
files: of `watch`, `read`, `read --jobs 2`, `report` of one inventory and of several, `merge`, `serve`, `extract`, `check`, and `sync` where
there is PostgreSQL, with Landlock and without. Each call must be refused, and the work go on. Needs root and a C compiler (exit status 77 without).

To see it fail, allow something in src/process/sandbox_calls.c: "socket", "kill" or "openat" among the calls (the last two are held by
Landlock, and fail without it), F_SETOWN among the commands of fcntl, PROT_EXEC for mprotect, any flags for clone, any process for prlimit64.
Each of the seven was noticed, by the rows "without Landlock" at least. Any advice for madvise is not: it is about its own memory alone."""
import contextlib
import glob
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'testbed'), os.path.join(HERE, '..', 'flows'), os.path.join(HERE, '..', 'fleet')]

import waits  # noqa: E402
import wire  # noqa: E402
import wires  # noqa: E402
from centre import Centre  # noqa: E402
from wire import Connection, address  # noqa: E402

BOARD_BYTES = 65536
NOBODY = 65534


class Implant:
    """An environment in which a program has it inside, and what became of what it tried."""

    def __init__(self, victim, has_landlock):
        self.path = os.path.abspath('board')
        with open(self.path, 'wb') as file:
            file.truncate(BOARD_BYTES)
        self.environment = os.environ | {
            'LD_PRELOAD': os.path.abspath('implant.so'), 'IMPLANT': self.path, 'IMPLANT_VICTIM': str(victim.pid), 'IMPLANT_FOLDER': os.path.abspath('folder'),
            'IMPLANT_INVENTORY': os.path.abspath('i.db')} | ({} if has_landlock else {'IMPLANT_OLD_KERNEL': '1'})

    def board(self):
        with open(self.path, 'rb') as file:
            data = file.read()
        return struct.unpack_from('=II', data)[1], sorted({text.split(b'\n')[0].decode() for text in data[8:].split(b'\0') if text})

    def check(self, threads):
        done, succeeded = self.board()
        assert done >= threads, f'{done} threads have tried everything, not {threads}'
        assert not succeeded, 'not refused: ' + ', '.join(succeeded)


@contextlib.contextmanager
def others():
    """A folder that is everybody's, a service in it, and a process of the user that the sensor becomes."""
    os.mkdir('folder')
    with open('folder/other', 'wb') as file:
        file.write(bytes(100))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as service, subprocess.Popen(['sleep', '600'], user=NOBODY, group=NOBODY, extra_groups=[]) as victim:
        service.bind('folder/service')
        for path in ('folder', 'folder/other', 'folder/service'):
            os.chmod(path, 0o777)
        try:
            yield victim
            assert victim.poll() is None, 'the other process was ended'
            assert sorted(os.listdir('folder')) == ['other', 'service'], os.listdir('folder')
            service.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                raise AssertionError(f'the service was spoken to: {service.recv(100)}')
        finally:
            victim.kill()


def watch(bed, implant):
    with bed.watch('--threads', '2', '--events', 'events', env=implant.environment) as process:
        bed.captures(process)
        waits.wait_until(lambda: implant.board()[0] >= 4, 'all threads have tried')
        with wires.sending() as send:
            for n in range(20):
                for frame in wire.session(Connection(address(n))):
                    send(frame)
        waits.wait_until(lambda: bed.clients() >= 20, 'what came afterwards is stored')
        assert waits.ends(process) == 0, bed.said()
    implant.check(4)


def read(bed, implant, *words, threads=2):
    with bed.start('read', '-o', 'i.db', *words, 'good.pcap', 'many.pcap', env=implant.environment) as process:
        assert process.wait(waits.BUSY * 4) == 0, bed.said()
    assert bed.clients() == 9000, bed.clients()
    implant.check(threads)


def read_jobs(bed, implant):
    read(bed, implant, '--jobs', '2', threads=3)


def report(bed, implant):
    with open('good.txt', 'wb') as out, bed.start('report', 'i.db', env=implant.environment, stdout=out) as process:
        assert process.wait(waits.BUSY) == 0, bed.said()
    implant.check(1)


def extract(bed, implant):
    with bed.start('extract', '10.64.0.1', '-o', 'evidence.pcapng', 'good.pcap', env=implant.environment) as process:
        assert process.wait(waits.BUSY) == 0, bed.said()
    assert os.path.getsize('evidence.pcapng') > 0
    implant.check(1)


def report_several(bed, implant):
    """Who merges them, and who asks."""
    shutil.copy('i.db', 'j.db')
    with open('good.txt', 'wb') as out, bed.start('report', 'i.db', 'j.db', env=implant.environment, stdout=out) as process:
        assert process.wait(waits.BUSY) == 0, bed.said()
    implant.check(2)


def merge(bed, implant):
    """Into a file that is made, and into what stands there."""
    shutil.copy('i.db', 'j.db')
    for done in (1, 2):
        with bed.start('merge', 'i.db', 'j.db', '-o', 'all.db', env=implant.environment) as process:
            assert process.wait(waits.BUSY) == 0, bed.said()
        implant.check(done)


def serve(bed, implant):
    port = 8000 + os.getpid() % 1000

    def ask():
        with contextlib.suppress(OSError), urllib.request.urlopen(f'http://127.0.0.1:{port}/api/clients', timeout=5) as answer:
            return len(json.load(answer))
        return 0
    with bed.start('serve', '--listen', f'127.0.0.1:{port}', 'i.db', env=implant.environment) as process:
        waits.wait_until(lambda: ask() == 20, 'it answers')
        waits.wait_until(lambda: implant.board()[0] >= 1, 'it has tried')
        assert ask() == 20, 'it answers no more'
        assert waits.ends(process) == 0, bed.said()
    implant.check(1)


def check(bed, implant):
    with open('good.txt', 'wb') as out, bed.start('check', '-i', wires.SENSOR, '--seconds', '2', env=implant.environment, stdout=out) as process:
        bed.captures(process)
        with wires.sending() as send:
            for frame in wire.session(Connection(address(1))):
                send(frame)
        process.wait(waits.BUSY)
    with open('good.txt', encoding='utf-8') as file:
        assert 'both directions of mail are seen' in file.read(), bed.said()
    implant.check(1)


def sync(bed, implant):
    with Centre() as centre:
        centre.install(bed.program)
        centre.add_sensor('berlin')
        with bed.start('sync', '--once', 'i.db', centre.url('berlin'), env=implant.environment) as process:
            assert process.wait(waits.BUSY) == 0, bed.said()
        implant.check(1)


def works():
    """Those that can be tried here: sync needs PostgreSQL."""
    return (watch, read, read_jobs, report, report_several, merge, serve, extract, check) + ((sync,) if glob.glob('/usr/lib/postgresql/*/bin/initdb') else ())


def main(program):
    wires.enter()
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
    if not shutil.which('cc'):
        print('no C compiler')
        return 77
    failed = 0
    for has_landlock in (True, False):
        for work in works():
            what = work.__name__.replace('_', ' --') + (', with Landlock' if has_landlock else ', without Landlock')
            with tempfile.TemporaryDirectory(prefix='lasthello-') as folder, contextlib.chdir(folder):
                os.chmod(folder, 0o755)
                subprocess.run(['cc', '-D_GNU_SOURCE', '-O1', '-shared', '-fPIC', '-o', 'implant.so', os.path.join(HERE, 'implant.c')], check=True)
                bed = waits.Bed(os.path.abspath(program), folder)
                try:
                    with others() as victim:
                        if work in (report, report_several, merge, serve, sync):
                            subprocess.run([bed.program, 'read', '-o', 'i.db', 'good.pcap'], check=True, stderr=subprocess.DEVNULL)
                        work(bed, Implant(victim, has_landlock))
                    print('ok  ', what, flush=True)
                except AssertionError as why:
                    failed += 1
                    print('FAIL', what + ':', why, flush=True)
    return failed > 0


if __name__ == '__main__':
    PROGRAM = os.path.abspath(sys.argv[1])
    sys.exit(main(PROGRAM))
