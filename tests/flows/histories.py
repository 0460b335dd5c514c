#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""histories.py PROGRAM [PCAPS [COUNT [SEED]]]: whatever the order in which captures are read, and with them their copies, in other formats, cut,
shortened, through a filter, with other ports, at the same time, again, and broken off by SIGKILL: once each capture has been read
whole, the inventory says in every report what it says of each of them read once. COUNT random histories; a failure names its seed."""
import collections
import contextlib
import functools
import gzip
import json
import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

import wire
from program import run
from promises import explained, of_seeds, try_all
from wire import ACK, FIN, RST, Connection

QUESTIONS = ('sessions', 'clients', 'servers', 'coverage')
OWN = {'source', 'last_source'} # names of files, of which copies have several
MORE_PORTS = ('--ports', '1993=imaps')
PART_PACKETS_MIN = 40 # of a part that begins later: of less, too few packets are noted (capture_anchors.h)
FILTERS = ('tcp port 993', 'src host 10.9.0.3', 'greater 80', 'tcp[tcpflags] & tcp-syn == 0')


# ---- captures --------------------------------------------------------------------------------------------------------------------

def a_session(draw, client):
    c = Connection(wire.address(client), port=draw.randrange(20000, 60000), service=draw.choice((993, 993, 993, 995, 1993)))
    version = draw.choice((0x0301, 0x0302, 0x0303))
    kind = draw.random()
    if kind < 0.2:
        return c.open() + [c.client(wire.client_hello(version=version)), c.server(flags=FIN | ACK), c.client(flags=FIN | ACK)]
    frames = wire.session(c, wire.client_hello(b'mail%d.example' % draw.randrange(3), version=version), version)
    return frames + ([c.client(flags=RST)] if kind < 0.4 else [c.client(flags=FIN | ACK), c.server(flags=FIN | ACK)] if kind < 0.9 else [])


def packets_of(draw, first, count):
    """(microseconds, frame): sessions that overlap, of clients from `first` on."""
    packets, at = [], draw.randrange(10**9)
    for number in range(count):
        at += draw.randrange(200_000)
        then = at
        for frame in a_session(draw, first + draw.randrange(1 + count // 2)):
            then += draw.randrange(1, 50_000)
            packets.append((then, frame))
    return sorted(packets, key=lambda packet: packet[0])


def worlds(draw):
    """Some captures; some begin with the same packets and are others all the same. Of the last one, two files that continue each other."""
    captures = [packets_of(draw, 1000 * i, draw.choice((1, 3, 20, 60))) for i in range(draw.randrange(2, 4))]
    common = captures[0][:draw.choice((0, 1, 5, 40))]
    if common:
        rest = packets_of(draw, 50_000, 5)
        captures.append(common + [(common[-1][0] + 10_000 + time - rest[0][0], frame) for time, frame in rest])
    return captures, packets_of(draw, 90_000, 30)


# ---- files -----------------------------------------------------------------------------------------------------------------------

GATHERED = 'FROM observation o JOIN reading r ON r.id = o.source WHERE r.gathered = 1'
# what stands of observations, and what it is to be
CONTACTS = (
    ('contact', f'''SELECT client, server, profile, coalesce(certificate, 0), coalesce(path, 0), min(o.first_seen), max(o.last_seen), sum(o.sessions), sum(o.short_lived)
        {GATHERED} GROUP BY 1, 2, 3, 4, 5''',
     'SELECT client, server, profile, certificate, path, first_seen, last_seen, sessions, short_lived FROM contact'),
    ('last_observation', f'SELECT client, server, profile, coalesce(certificate, 0), coalesce(path, 0), o.id, o.last_seen {GATHERED} AND o.id IN (SELECT last_observation FROM contact)',
     'SELECT client, server, profile, certificate, path, last_observation, last_seen FROM contact'),
    ('client_observation', f'SELECT client, o.id {GATHERED}', 'SELECT client, observation FROM client_observation'),
)


# `sync` looks for changed rows only where their reading has changed
BEYOND_READING = 'SELECT r.state, r.revision, o.revision FROM observation o JOIN reading r ON r.id = o.source WHERE o.revision > r.revision LIMIT 3'


def classic(packets, snapshot=262144, nanoseconds=False):
    out = [struct.pack('<IHHiIII', 0xa1b23c4d if nanoseconds else 0xa1b2c3d4, 2, 4, 0, 0, snapshot, 1)]
    for at, frame in packets:
        ticks = at % 1_000_000 * (1000 if nanoseconds else 1) + (123 if nanoseconds else 0)
        out.append(struct.pack('<IIII', wire.EPOCH + at // 1_000_000, ticks, min(len(frame), snapshot), len(frame)) + frame[:snapshot])
    return b''.join(out)


def pcapng(packets):
    def block(kind, body):
        body += b'\0' * (-len(body) % 4)
        return struct.pack('<II', kind, 12 + len(body)) + body + struct.pack('<I', 12 + len(body))
    out = [block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1)), block(1, struct.pack('<HHI', 1, 0, 0))]
    for at, frame in packets:
        at += wire.EPOCH * 1_000_000
        out.append(block(6, struct.pack('<IIIII', 0, at >> 32, at & 0xffffffff, len(frame), len(frame)) + frame))
    return b''.join(out)


def save(path, data):
    with open(path, 'wb') as file:
        file.write(data)
    return path


def copy_of(draw, path, packets):
    """Another file with all of a capture."""
    shape = draw.randrange(6)
    if shape == 0:
        return save(path + '.gz', gzip.compress(classic(packets)))
    if shape == 1:
        return save(path + 'ng', pcapng(packets))
    if shape == 2:
        return save(path + '.nano', classic(packets, nanoseconds=True))
    new = f'{path}.{shape}'
    if shape == 3:
        os.path.lexists(new) or os.symlink(path, new)
    elif shape == 4:
        os.path.lexists(new) or os.link(path, new)
    else:
        shutil.copy(path, new)
    return new


def part_of(draw, path, packets):
    """A file with less of a capture: its beginning or another part, or of each packet the beginning, or both."""
    first = draw.choice((0, 0, draw.randrange(len(packets)), len(packets) // 2))
    if first > 0 and len(packets) - first >= PART_PACKETS_MIN:
        snapshot, count = draw.choice((262144, 262144, 50, 96)), draw.randrange(PART_PACKETS_MIN, len(packets) - first + 1)
        return save(f'{path}.{first}.{count}.{snapshot}', classic(packets[first:first + count], snapshot))
    count = draw.choice((1, 2, 3, 7, len(packets) // 2, len(packets) - 1, len(packets)))
    snapshot = draw.choice((262144, 50, 54, 60, 68, 96))
    name = f'{path}.{max(count, 1)}.{snapshot}'
    data = classic(packets[:max(count, 1)], snapshot)
    return save(name, data[:-3] if draw.random() < 0.2 and snapshot > 1000 and count > 1 else data)


# ---- histories -------------------------------------------------------------------------------------------------------------------

class History:
    def __init__(self, program, folder, seed):
        self.program, self.folder, self.draw, self.steps = program, folder, random.Random(seed), []
        self.captures, self.pair = worlds(self.draw)
        self.files = [save(f'{folder}/c{i}.pcap', classic(packets)) for i, packets in enumerate(self.captures)]
        self.rotated = f'{folder}/rotated'
        os.mkdir(self.rotated)
        half = len(self.pair) // 2
        for name, part in (('r1.pcap', self.pair[:half]), ('r2.pcap', self.pair[half:])):
            save(f'{self.rotated}/{name}', classic(part))
        self.has_more = [self.draw.random() < 0.3 for _ in self.files]
        self.inventory = f'{folder}/i.db'
        self.gathers_early = self.draw.random() < 0.7

    def whole(self, i):
        """A reading of all of a capture, asked for as much as any; of those, the one that is to be in any history."""
        return (MORE_PORTS if self.has_more[i] else ()), [self.files[i]]

    def other(self):
        """Some reading that says nothing new once the whole one is there."""
        draw, kind = self.draw, self.draw.randrange(7)
        i = draw.randrange(len(self.files))
        path, packets = self.files[i], self.captures[i]
        if kind == 0:
            return (), [copy_of(draw, path, packets)]
        if kind == 1:
            return (), [part_of(draw, path, packets)]
        if kind == 2:
            return ('--filter', draw.choice(FILTERS)), [path]
        if kind == 3:
            return (), [f'{self.rotated}/r{draw.randrange(1, 3)}.pcap']
        if kind == 4:
            return self.several()
        if kind == 5:
            return (), [self.a_folder()]
        return (MORE_PORTS if self.has_more[i] and draw.random() < 0.5 else ()), [path]

    def several(self):
        draw = self.draw
        paths = [draw.choice((copy_of, part_of))(draw, self.files[i], self.captures[i]) for i in draw.choices(range(len(self.files)), k=4)]
        return ('--jobs', str(draw.randrange(1, 5))), paths

    def a_folder(self):
        """A folder with a capture and copies of it."""
        draw, i = self.draw, self.draw.randrange(len(self.files))
        folder = tempfile.mkdtemp(dir=self.folder)
        path = save(f'{folder}/x.pcap', classic(self.captures[i]))
        for _ in range(draw.randrange(3)):
            draw.choice((copy_of, part_of))(draw, path, self.captures[i])
        return folder

    def read(self, options, paths, kill_after=None, inventory=None):
        self.steps.append(f'read {" ".join((*options, *paths))}' + (f', killed after {kill_after:.3f} s' if kill_after else ''))
        process = subprocess.Popen([self.program, 'read', '-o', inventory or self.inventory, *options, *paths], stderr=subprocess.PIPE,
                                   start_new_session=True)
        if kill_after:
            time.sleep(kill_after)
            os.killpg(process.pid, signal.SIGKILL)
        said = process.communicate(timeout=120)[1].decode()
        if not kill_after and process.returncode != 0 and 'ends inside packet' not in said:
            raise AssertionError(f'exit {process.returncode}: {said}')

    def gather_early(self):
        """Small readings are gathered as large ones are."""
        self.read(*self.whole(0))
        with contextlib.closing(sqlite3.connect(self.inventory)) as inventory, inventory:
            inventory.execute('UPDATE inventory SET gather_from = 1')

    def run(self):
        """What must be read, and as much again and more that need not be, in any order."""
        draw = self.draw
        steps = [(*self.whole(i), False) for i in range(len(self.files))] + [((), [self.rotated], False)]
        steps += [(*self.other(), draw.random() < 0.25) for _ in range(draw.randrange(2, 10))]
        draw.shuffle(steps)
        if self.gathers_early:
            self.gather_early()
        for options, paths, is_killed in steps:
            self.read(options, paths, draw.uniform(0.005, 0.12) if is_killed and options != MORE_PORTS else None)

    def told(self, inventory):
        told = {}
        for question in QUESTIONS:
            rows = json.loads(run(self.program, 'report', question, '--format', 'json', inventory).stdout)
            told[question] = collections.Counter(json.dumps({k: v for k, v in row.items() if k not in OWN}, sort_keys=True) for row in rows)
        told['summary'] = json.loads(run(self.program, 'report', 'summary', '--format', 'json', inventory).stdout)
        for key in ('rows', 'inventory', 'clients_rows', 'table'):
            told['summary'].pop(key, None)
        return told

    def compare_contacts(self):
        with contextlib.closing(sqlite3.connect(self.inventory)) as inventory:
            gathered, = inventory.execute('SELECT count(*) FROM reading WHERE gathered = 1').fetchone()
            assert (gathered > 0) == self.gathers_early, f'{gathered} readings are gathered'
            beyond = inventory.execute(BEYOND_READING).fetchall()
            assert not beyond, f'rows that were changed after their reading: {beyond}'
            for name, of_observations, standing in CONTACTS:
                for one, other, word in ((of_observations, standing, 'too little'), (standing, of_observations, 'too much')):
                    wrong = inventory.execute(f'{one} EXCEPT {other} LIMIT 3').fetchall()
                    assert not wrong, f'{name}: {word}: {wrong}'

    def compare(self):
        self.compare_contacts()
        plain = f'{self.folder}/plain.db'
        for i in range(len(self.files)):
            self.read(*self.whole(i), inventory=plain)
        self.read((), [self.rotated], inventory=plain)
        expected, found = self.told(plain), self.told(self.inventory)
        for question in QUESTIONS:
            more, less = found[question] - expected[question], expected[question] - found[question]
            assert not more and not less, f'{question}: too much: {list(more)[:3]}\n  too little: {list(less)[:3]}'


def try_seed(program, seed):
    with tempfile.TemporaryDirectory() as folder:
        history = History(program, folder, seed)
        with explained(history.steps):
            history.run()
            history.compare()


if __name__ == '__main__':
    sys.exit(try_all(of_seeds('history', functools.partial(try_seed, os.path.abspath(sys.argv[1])), 20)))
