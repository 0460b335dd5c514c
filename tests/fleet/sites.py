#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""sites.py PROGRAM PCAPS [COUNT [SEED]]: three sensors watch mirror ports in network namespaces of their own, two of them with the same private
addresses, and `sync` feeds a PostgreSQL. One is cut off for a while, the inventory of one is put back from a backup, the centre is killed and its
standby takes over. In the end a merge of the centre says what a merge of the sensors' files says, view by view, and so does a file into which the
centre was merged on the way. What an inventory that was lost had sent before is there, too: it is one of the files."""
import contextlib
import functools
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'flows'), os.path.join(HERE, '..', 'testbed')]

import histories  # noqa: E402
from centre import Centre, url_of, wait_for  # noqa: E402
from network import Namespace  # noqa: E402
from promises import of_seeds, try_all  # noqa: E402
from pull import equal, run  # noqa: E402

# name, site, and from which number on its clients are counted: their addresses
SENSORS = (('berlin', 'berlin', 0), ('paris', 'paris', 0), ('rome', 'rome', 500))


class Way:
    """How a sensor reaches the centre: a folder for each server, with its socket. What is cut leads nowhere."""

    def __init__(self, folder, servers):
        self.folder, self.port, self.target = folder, [server.port for server in servers], [server.folder for server in servers]
        self.join()

    def paths(self):
        return [f'{self.folder}.{number}' for number in range(len(self.target))]

    def join(self):
        for path, target in zip(self.paths(), self.target):
            os.symlink(target, path)

    def cut(self):
        for path in self.paths():
            os.remove(path)

    def url(self, role):
        return f'postgresql://{role}@/lasthello?host={",".join(self.paths())}&port={",".join(map(str, self.port))}&target_session_attrs=read-write'


class Sensor(contextlib.ExitStack):
    def __init__(self, program, folder, place, servers):
        super().__init__()
        self.program, (self.name, self.site, self.first) = program, place
        self.inventory, self.said = f'{folder}/{self.name}.db', f'{folder}/{self.name}.said'
        self.way = Way(f'{folder}/{self.name}.way', servers)

    def __enter__(self):
        super().__enter__()
        self.namespace = self.enter_context(Namespace(self.name))
        subprocess.run(['ip', '-n', self.namespace.name, 'link', 'add', 'eth1', 'type', 'veth', 'peer', 'name', 'mirror'], check=True, timeout=20)
        for name in ('mirror', 'eth1'):
            subprocess.run(['ip', '-n', self.namespace.name, 'link', 'set', name, 'up'], check=True, timeout=20)
        self.watch()
        with open(f'{self.said}.sync', 'w') as said:
            self.sync = subprocess.Popen([self.program, 'sync', '--interval', '1', self.inventory, self.way.url(self.name)], stdout=said, stderr=said)
        self.callback(self.end, self.sync)
        return self

    def end(self, process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)

    def watch(self):
        with open(self.said, 'w') as said:
            self.watching = self.namespace.popen(self.program, 'watch', '-i', 'eth1', '--site', self.site, '-o', self.inventory, '--no-names',
                                                 stdout=said, stderr=said)
        self.callback(self.end, self.watching)
        wait_for(f'{self.name} watches', lambda: 'eth1: capturing' in open(self.said).read() or self.watching.poll() is not None)
        assert self.watching.poll() is None, open(self.said).read()

    def ask(self, question):
        with contextlib.closing(sqlite3.connect(f'file:{self.inventory}?mode=ro', uri=True)) as inventory:
            return inventory.execute(question).fetchone()[0]

    def settled(self):
        return self.ask('SELECT coalesce(sum(sessions), 0) FROM observation')

    def hear(self, draw, count):
        """So many sessions at its mirror port, until they are stored."""
        before = self.settled()
        with self.namespace.inside(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
            wire.bind(('mirror', 0))
            for number in range(count):
                for frame in histories.a_session(draw, self.first + draw.randrange(1 + count)):
                    wire.send(frame)
        wait_for(f'{self.name} stores what it saw', lambda: self.settled() > before)

    def stop(self):
        self.end(self.watching)

    def back_up(self, path):
        with contextlib.closing(sqlite3.connect(self.inventory)) as one, contextlib.closing(sqlite3.connect(path)) as other:
            one.backup(other)

    def put_back(self, backup, lost, server):
        """What is lost has come to the centre before; it is kept aside for the comparison."""
        self.stop()
        self.wait_to_come(server)
        self.back_up(lost)
        for end in ('', '-wal', '-shm'):
            with contextlib.suppress(FileNotFoundError):
                os.remove(self.inventory + end)
        shutil.copy(backup, self.inventory)
        self.watch()

    def has_come(self, server):
        """Has the centre all that the inventory has?"""
        uuid, revision = self.ask("SELECT uuid || ' ' || revision FROM inventory").split()
        return server.psql(f"SELECT revision FROM lasthello.sensor WHERE uuid = '{uuid}'").strip() == revision

    def wait_to_come(self, server):
        wait_for(f'what {self.name} saw comes to the centre', lambda: self.has_come(server))


class Fleet:
    def __init__(self, program, folder, seed, servers, sensors):
        self.program, self.folder, self.draw = program, folder, random.Random(seed)
        self.first, self.standby = servers
        self.berlin, self.paris, self.rome = self.sensors = sensors

    def pull(self, name):
        run(self.program, 'merge', url_of((self.first, self.standby), 'anna'), '-o', f'{self.folder}/{name}')
        return f'{self.folder}/{name}'

    def hear(self, *sensors):
        for sensor in sensors:
            sensor.hear(self.draw, self.draw.randrange(4, 16))

    def live(self):
        backup, lost = f'{self.folder}/backup.db', f'{self.folder}/lost.db'
        self.hear(*self.sensors)
        self.paris.back_up(backup)
        self.hear(*self.sensors)
        for sensor in self.sensors:
            sensor.wait_to_come(self.first)
        self.pull('all.db')
        self.first.wait_for_standby(self.standby)
        self.rome.way.cut()
        self.hear(*self.sensors)
        self.paris.put_back(backup, lost, self.first)
        self.first.wait_for_standby(self.standby)  # what only the lost inventory and the centre have
        self.hear(*self.sensors)
        self.pull('all.db')
        self.first.kill()
        self.standby.promote()
        self.hear(*self.sensors)
        self.rome.way.join()
        self.hear(*self.sensors)
        for sensor in self.sensors:
            sensor.stop()
        for sensor in self.sensors:
            sensor.wait_to_come(self.standby)
        return lost

    def compare(self, lost):
        files = f'{self.folder}/files.db'
        run(self.program, 'merge', *(sensor.inventory for sensor in self.sensors), lost, '-o', files)
        equal(files, self.pull('new.db'), 'the centre, all at once')
        equal(files, self.pull('all.db'), 'the centre, what changed')
        said = run(self.program, 'report', 'coverage', f'{self.folder}/all.db').splitlines()
        assert 'at paris: its inventory was put back' in said[0], said[0]
        for address, sites in sqlite3.connect(files).execute('SELECT address, count(DISTINCT site) FROM host GROUP BY address'):
            if sites > 1:
                return
        raise AssertionError('no address is at two sites: nothing shows that they are kept apart')


def try_seed(program, seed):
    with tempfile.TemporaryDirectory() as folder, Centre() as first:
        os.chmod(folder, 0o755)  # for what gives its rights up
        first.install(program)
        for name, _, _ in SENSORS:
            first.add_sensor(name)
        first.psql('CREATE ROLE anna LOGIN IN ROLE lasthello_reader')
        servers = first, first.add_standby()
        with contextlib.ExitStack() as stack:
            sensors = [stack.enter_context(Sensor(program, folder, place, servers)) for place in SENSORS]
            fleet = Fleet(program, folder, seed, servers, sensors)
            try:
                fleet.compare(fleet.live())
            except AssertionError as error:
                raise AssertionError(f'{error}\n' + ''.join(open(f'{sensor.said}.sync').read()[-1000:] for sensor in sensors)) from error


def main():
    if os.geteuid() != 0:
        print('needs root, for namespaces and mirror ports')
        return 77
    return try_all(of_seeds('three sites', functools.partial(try_seed, os.path.abspath(sys.argv[1])), 1))


if __name__ == '__main__':
    sys.exit(main())
