#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""simulation.py PROGRAM [PCAPS [COUNT [SEED]]]: sensors read captures, copies of them, longer and shorter ones, and forget old days; what they send
to a PostgreSQL goes through a network that cuts, swallows answers, delays and is gone for long; `sync` is killed; two send the same inventory at once;
a backup is put back. In the end the centre has, row by row, what each sensor has; where a file was lost, what a merge of that file, as the centre
knew it, and of the one that came after has. COUNT runs (2); a failure names its seed."""
import contextlib
import functools
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../flows'))

import histories  # noqa: E402
from bad_network import BadNetwork  # noqa: E402
from centre import Centre  # noqa: E402
from promises import explained, of_seeds, try_all  # noqa: E402
from rows import ENVIRONMENT, compare, compare_with_merge  # noqa: E402

PATIENCE = 120  # seconds


def restore(backup, path):
    """A file that is put in the place of another."""
    for end in ('', '-wal', '-shm'):
        if os.path.exists(path + end):
            os.remove(path + end)
    shutil.copy(backup, path)


class Sensor:
    def __init__(self, world, name):
        self.world, self.name, self.path = world, name, f'{world.folder}/{name}.db'
        self.by_revision = {}  # copies of the file
        self.lost = []         # what the centre had of files that were lost
        self.url = world.url(name)

    def revision(self):
        with contextlib.closing(sqlite3.connect(f'file:{self.path}?mode=ro', uri=True)) as inventory:
            return inventory.execute('SELECT revision FROM inventory').fetchone()[0]

    def keep_copy(self):
        copy = f'{self.world.folder}/{self.name}.{len(self.lost)}.{self.revision()}'
        with contextlib.closing(sqlite3.connect(self.path)) as one, contextlib.closing(sqlite3.connect(copy)) as other:
            one.backup(other)
        self.by_revision[self.revision()] = copy

    def read(self):
        world, draw = self.world, self.world.draw
        options, paths = world.whole(draw.randrange(len(world.files))) if draw.random() < 0.4 else world.other()
        keep = ('--keep', str(draw.randrange(1, 4))) if world.forgets and draw.random() < 0.3 else ()
        world.read((*options, *keep), paths, inventory=self.path)
        self.keep_copy()

    def command(self):
        return [self.world.program, 'sync', '--once', self.path, self.url]

    def sync(self, kill_after=None, times=1):
        """What comes of it is seen in the end."""
        running = [subprocess.Popen(self.command(), env=ENVIRONMENT, stderr=subprocess.PIPE, text=True, start_new_session=True) for _ in range(times)]
        if kill_after:
            time.sleep(kill_after)
            for process in running:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        said = [process.communicate(timeout=PATIENCE)[1] for process in running]
        assert all('by itself' not in words for words in said), said
        return all(process.returncode == 0 for process in running), said

    def lose(self):
        """A backup is put back; the centre goes on knowing what it had of the lost file."""
        backup = self.world.draw.choice(list(self.by_revision.values()))
        known = self.world.cursor(self)
        if known in self.by_revision:
            self.lost.append(self.by_revision[known])
        restore(backup, self.path)
        self.by_revision = {}
        self.keep_copy()


class World(histories.History):
    def __init__(self, program, folder, seed, centre):
        super().__init__(program, folder, seed)
        self.centre, self.network = centre, BadNetwork(centre.port)
        self.forgets = self.draw.random() < 0.5
        names = [f'sensor_{seed}_{i}' for i in range(self.draw.randrange(2, 4))]
        for name in names:
            centre.add_sensor(name, password='secret')
        self.sensors = [Sensor(self, name) for name in names]

    def url(self, name):
        return f'postgresql://{name}@127.0.0.1:{self.network.port}/lasthello?passfile={self.centre.passfile(name, "secret")}&sslmode=disable'

    def cursor(self, sensor):
        rows = self.centre.rows(f"SELECT revision FROM lasthello.sensor WHERE role = '{sensor.name}'")
        return int(rows[0][0]) if rows else 0

    def spoil(self):
        draw = self.draw
        self.network.fault = draw.choice((None, None, ('refuse',), ('cut', int(10 ** draw.uniform(1, 5.5))), ('cut', int(10 ** draw.uniform(3, 5.5))),
                                          ('swallow', draw.randrange(400, 5000)), ('delay', draw.uniform(0, 0.01))))
        self.steps.append(f'network: {self.network.fault}')

    def step(self):
        draw, sensor = self.draw, self.draw.choice(self.sensors)
        chance = draw.random()
        if chance < 0.4 or not sensor.by_revision:
            sensor.read()
        elif chance < 0.5 and len(sensor.lost) < 2:
            self.steps.append(f'{sensor.name}: a backup is put back')
            sensor.lose()
        else:
            self.spoil()
            kill_after = draw.uniform(0.005, 0.25) if draw.random() < 0.3 else None
            times = draw.choice((1, 1, 1, 2))
            self.steps.append(f'{sensor.name}: sync, {times} at once, killed after {kill_after}')
            sensor.sync(kill_after, times)

    def run_steps(self, count=24):
        for _ in range(count):
            self.step()
        self.network.fault = None
        for sensor in self.sensors:
            if not sensor.by_revision:
                sensor.read()
            good, said = sensor.sync()
            assert good, f'{sensor.name}: {said}'

    def compare_all(self):
        for sensor in self.sensors:
            if sensor.lost:
                compare_with_merge(self.centre, self.program, self.folder, sensor.path, sensor.lost)
            else:
                compare(self.centre, sensor.path)


def try_seed(program, centre, seed):
    with tempfile.TemporaryDirectory() as folder:
        world = World(program, folder, seed, centre)
        with explained(world.steps), contextlib.closing(world.network):
            world.run_steps()
            world.compare_all()


def main():
    program = os.path.abspath(sys.argv[1])
    with Centre() as centre:
        centre.install(program)
        return try_all(of_seeds('simulation', functools.partial(try_seed, program, centre), 2))


if __name__ == '__main__':
    sys.exit(main())
