#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""attacks.py PROGRAM PCAPS: traffic that means harm. Each test is a function; its name is the promise. What is counted are facts
(sessions, fates, losses, memory), never time."""
import contextlib
import functools
import ipaddress
import json
import os
import random
import re
import sqlite3
import struct
import subprocess
import sys
import time

import wire
from program import captures
from promises import in_folders, promises_of, try_all
from wire import ACK, Connection, address

PROGRAM, PCAPS = os.path.abspath(sys.argv[1]), sys.argv[2]
# a sanitizer has a shadow of all memory
IS_SANITIZED = b'__asan_init' in open(PROGRAM, 'rb').read()
# code, SQLite, two ledgers of 131,072 rows, nDPI, the reader's buffer: all that is not a connection
CONSTANT_MIB = 112
POLICIES = os.path.join(os.path.abspath(PCAPS), os.pardir, 'data', 'policies')
MANY = 20_000 if IS_SANITIZED else 200_000


def peak_of(pid):
    """KiB. Not ru_maxrss: that begins with what this process had when it started the child."""
    with open(f'/proc/{pid}/status') as status:
        return int(re.search(r'VmHWM:\s*(\d+) kB', status.read())[1])


def peak_mib(child):
    """Waits for its end. Of all its processes together."""
    peaks = {}
    while child.poll() is None:
        with contextlib.suppress(OSError, TypeError):  # it ends
            with open(f'/proc/{child.pid}/task/{child.pid}/children') as children:
                pids = [child.pid, *map(int, children.read().split())]
            for pid in pids:
                peaks[pid] = peak_of(pid)
        time.sleep(0.005)
    return sum(peaks.values()) / 1024


class Reading:
    """One `read` of frames with little memory: its events and coverage, and the memory that it took at most."""

    def __init__(self, folder, frames, *options, memory=64, times=None, paths=None):
        self.folder, self.inventory = folder, os.path.join(folder, 'i.db')
        paths = paths or [wire.write(os.path.join(folder, 'attack.pcap'), frames, times)]
        messages, events = os.path.join(folder, 'messages'), os.path.join(folder, 'events')
        with open(messages, 'wb') as told:
            child = subprocess.Popen([PROGRAM, 'read', '-o', self.inventory, '--memory', str(memory), '--events', events,
                                      *options, *paths], stdout=told, stderr=told)
            self.peak_mib = peak_mib(child)
        self.messages = open(messages, 'rb').read()
        assert child.returncode == 0, f'status {child.returncode}: {self.messages[-2000:].decode(errors="replace")}'
        self.raw_events = open(events, 'rb').read() if os.path.exists(events) else b''
        self.memory = memory
        self.coverage = json.loads(self.report('coverage', '--format', 'json'))[0]
        packets = sum(self.coverage[fate] for fate in FATES)
        assert packets == self.coverage['packets'], f'{packets} fates of {self.coverage["packets"]} packets'

    def report(self, *arguments):
        return subprocess.run([PROGRAM, 'report', *arguments, self.inventory], check=True, stdout=subprocess.PIPE).stdout

    @functools.cached_property
    def events(self):
        return [json.loads(line) for line in self.raw_events.splitlines()]

    def stored(self):
        with contextlib.closing(sqlite3.connect(self.inventory)) as db:
            return db.execute('SELECT sum(sessions) FROM trend').fetchone()[0] or 0

    def is_bounded(self):
        """As far as `--memory` and what is no connection go."""
        assert IS_SANITIZED or self.peak_mib < self.memory + CONSTANT_MIB, f'{self.peak_mib:.0f} MiB'

    def counts(self, **facts):
        found = {name: self.coverage[name] for name in facts}
        assert found == facts, f'{found}, not {facts}'


FATES = ('used', 'duplicate', 'settled', 'no_flow', 'not_mail', 'not_tcp', 'fragment_held', 'not_ip', 'link_unknown',
         'malformed', 'cut_short', 'too_deep', 'given_up')


# ---- the flow table --------------------------------------------------------------------------------

def greeted(client, port, server=wire.SERVER, service=143):
    """A connection of which both sides were seen, and that stays open."""
    return (wire.tcp(server, client, (service, port), 1, 1, ACK, b'* OK hi\r\n'),
            wire.tcp(client, server, (port, service), 1, 10, ACK))


def crowds():
    """Connections whose addresses and ports sum, xor or end alike, which is what a plain hash looks at; and random ones."""
    count, draw = MANY // 20, random.Random(1)
    yield 'random', [(draw.randbytes(4), draw.randrange(1024, 65536)) for _ in range(count)]
    yield 'equal sums', [(address(n), 65535 - n % 60000) for n in range(count)]
    yield 'equal xor', [(bytes([10, 64 + (n >> 14), n >> 8 & 0x3f, n & 0xff]), 0x4000 | (n & 0x3fff) ^ 0x155) for n in range(count)]
    yield 'equal low bits', [(bytes([n >> 12 & 0xff, n >> 4 & 0xff, (n & 0xf) << 4, 0]), 0x8000) for n in range(1, count + 1)]


def connections_chosen_to_collide_find_room_like_any_others(folder):
    """A bucket has room for a few: if they met in one, most would be given up."""
    for name, crowd in crowds():
        os.makedirs(f'{folder}/{name}')
        crowd = list(dict.fromkeys(crowd))
        read = Reading(f'{folder}/{name}', (frame for ends in crowd for frame in greeted(*ends)), memory=256)
        read.counts(flows=len(crowd), given_up=0, given_up_flows=0, given_up_sessions=0)
        assert read.stored() == len(crowd), name


def half_hellos_are_given_up_oldest_first_and_counted(folder):
    """To a server that is there. Each is open for good, and there is room for some: no session is lost, memory is bounded, and the
    report says so."""
    half = wire.client_hello(b'mail.example')[:40]
    begun = (Connection(address(n), isn=(1000, 4999)) for n in range(MANY))
    read = Reading(folder, (frame for c in begun for frame in (c.server(flags=wire.SYN | ACK), c.client(half))))
    read.is_bounded()
    read.counts(flows=MANY, unstored=0)
    assert read.stored() == MANY and 0 < read.coverage['given_up_sessions'] < MANY, read.coverage
    assert {e['lasthello.outcome'] for e in read.events} == {'unanswered'}
    assert b'raise --memory' in read.report('summary')
    first_told = [e['source.ip'] for e in read.events[:100]]
    assert first_told == sorted(first_told, key=ipaddress.ip_address) and first_told[0] == '10.64.0.0', 'the oldest goes first'


def connections_of_the_same_ports_find_room_like_any_others(folder):
    """Addresses alone tell them apart."""
    count = MANY // 4
    read = Reading(folder, (frame for n in range(count) for frame in wire.session(Connection(address(n), port=993, service=993))), memory=256)
    read.counts(flows=count, given_up=0, given_up_flows=0, given_up_sessions=0)
    assert read.stored() == count


def hop(frame, number):
    """As it comes back after so many hops: its TTL has gone down."""
    return frame[:22] + bytes([frame[22] - number]) + frame[23:]


def a_mirror_that_loops_back_shows_each_session_once(folder):
    """Every packet comes 60 times more, at once, a little later, or among those of other connections."""
    count, loops = 200, 60
    frames = [frame for n in range(count) for frame in wire.session(Connection(address(n)))]
    for lag in (0, 7, 701):
        os.makedirs(f'{folder}/{lag}')
        order = sorted((at + lag * number, number, at) for at in range(len(frames)) for number in range(loops + 1))
        read = Reading(f'{folder}/{lag}', (hop(frames[at], number) for _, number, at in order))
        read.is_bounded()
        read.counts(flows=count, used=4 * count, given_up=0, given_up_flows=0, given_up_sessions=0, scans=0)
        assert read.stored() == count and len(read.events) == count, lag


def a_flood_of_syns_costs_no_flow(folder):
    """More than the SYN memory has rows for: each is counted as a scan once, whether it was overwritten or not."""
    read = Reading(folder, (wire.tcp(address(n), wire.SERVER, (1024, 993), n * 77, 0, wire.SYN) for n in range(MANY)), memory=16)
    read.is_bounded()
    read.counts(flows=0, scans=MANY, no_flow=MANY, given_up=0)
    assert read.stored() == 0


def a_settled_session_is_a_stub_only(folder):
    """Thousands of them fit where hundreds of open ones would, and whatever they carry later is no work."""
    count, data = MANY // 10, wire.record(23, bytes(1000))
    settled = [Connection(address(n)) for n in range(count)]
    frames = [f for c in settled for f in wire.session(c)] + [f for _ in (0, 1) for c in settled for f in (c.server(data), c.client())]
    read = Reading(folder, frames, memory=16)
    read.is_bounded()
    read.counts(flows=count, given_up_sessions=0, given_up_flows=0, settled=4 * count)
    assert read.stored() == count


def stubs_that_are_forgotten_are_counted(folder):
    count = 100_000
    frames = (f for n in range(count) for f in wire.session(Connection(address(n)))[3:])
    read = Reading(folder, frames, memory=16)
    read.is_bounded()
    assert 0 < read.coverage['given_up_flows'] < count
    assert read.stored() == read.coverage['flows'] == count


def more_sessions_than_are_open_at_once_are_given_up_oldest_first_and_counted(folder):
    """No byte waits: it is the sessions themselves for which there is no room."""
    count = 10_000
    crowd = (Connection(address(n), service=143) for n in range(count))
    read = Reading(folder, (f for c in crowd for f in [*c.open(), c.server(b'* OK hi\r\n'), c.client()]), memory=16)
    read.is_bounded()
    read.counts(flows=count, given_up=0, given_up_flows=0)
    assert 0 < read.coverage['given_up_sessions'] < count, read.coverage
    first_told = [e['source.ip'] for e in read.events[:100]]
    assert first_told == [str(ipaddress.ip_address(address(n))) for n in range(100)], 'the oldest goes first'


def read_amid_forged_clients(words, folder):
    """A session that was there before the forged clients stays, is read on, and is the only one stored."""
    real, hello = Connection(address(0)), wire.client_hello(b'mail.example')
    frames = real.open() + [real.client(hello)]
    frames += [frame for n in range(1, MANY) for c in [Connection(address(n))] for frame in (c.client(flags=wire.SYN), c.client(words))]
    frames += [real.server(wire.server_hello() + wire.SERVER_DONE), real.client(wire.protected()), real.server(wire.protected())]
    read = Reading(folder, frames)
    read.is_bounded()
    read.counts(given_up=0, scans=MANY - 1)
    event, = read.events
    assert (event['source.ip'], event['lasthello.outcome'], read.stored()) == ('10.64.0.0', 'established', 1)
    return read


def forged_clients_that_nobody_answers_begin_no_session(folder):
    """Half hellos and garbage wait in a place of their own."""
    for name, words in (('half', wire.client_hello(b'mail.example')[:40]), ('garbage', random.Random(1).randbytes(512))):
        os.makedirs(f'{folder}/{name}')
        read_amid_forged_clients(words, f'{folder}/{name}').counts(flows=1, given_up_sessions=0)


def forged_clients_that_say_much_have_a_small_part_of_the_room(folder):
    """More than may wait in that place."""
    read = read_amid_forged_clients(wire.client_hello(b'm' * 1600)[:1461], folder)
    read.counts(flows=MANY)
    assert MANY - 500 < read.coverage['given_up_sessions'] < MANY, read.coverage


def a_port_used_again_faster_than_its_connections_linger_is_given_up_and_counted(folder):
    """Connections between the same two endpoints stand in the same two buckets of the index, of seven places each."""
    places, count, frames = 14, 40, []
    for n in range(count):
        c = Connection(address(1), service=143, isn=(n * 10_000_000, n * 10_000_000))
        frames += [*c.open(), c.server(b'* OK hi\r\n')]
    read = Reading(folder, frames)
    read.counts(flows=places, given_up=count - places, given_up_flows=count - places, given_up_sessions=0)
    assert read.stored() == places


def a_crowd_seen_from_the_server_alone_is_one_session_each(folder):
    """What keeps forged clients from crowding out others does not tear a one-sided capture into pieces."""
    crowd = [Connection(address(n), service=143) for n in range(1000)]
    steps = (b'* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n', b'a1 OK begin\r\n', wire.server_hello() + wire.SERVER_DONE,
             wire.protected())
    frames = []
    for step in steps:
        for c in crowd:
            c.next[0] += 15  # what the client said in between
            frames.append(c.server(step))
    read = Reading(folder, frames, memory=256)
    read.counts(flows=len(crowd), given_up_sessions=0)
    assert [e.get('lasthello.negotiated') for e in read.events] == ['TLS 1.0'] * len(crowd)


# ---- streams ---------------------------------------------------------------------------------------

def the_first_copy_of_an_overlap_wins_wherever_it_lies(folder):
    """The ServerHello says TLS 1.0; a second one, cut at each byte and shifted over it, says TLS 1.2."""
    said, other, frames = wire.server_hello(0x0301) + wire.SERVER_DONE, wire.server_hello(0x0303), []
    for cut in range(1, len(other)):
        c = Connection(address(cut))
        at = c.next[1] + 1
        frames += c.open() + [c.client(wire.client_hello()), c.server(said[10:], at=at + 10), c.server(other[cut:], at=at + cut),
                              c.server(said[:20], at=at), c.server(other, at=at)]
        c.next[1] += len(said)
        frames += [c.client(wire.protected()), c.server(wire.protected())]
    read = Reading(folder, frames)
    assert {e.get('lasthello.negotiated') for e in read.events} == {'TLS 1.0'}
    assert len(read.events) == len(other) - 1
    assert read.coverage['overlaps'] > 0


def sessions_that_contradict_themselves_blame_nobody_and_are_counted(folder):
    """Offered is TLS 1.0, chosen 1.2 or 1.1; beside them honest ones, and a server that goes lower, which is its right."""
    frames = []
    for n, (offered, chosen) in enumerate([(0x0301, 0x0303), (0x0301, 0x0302), (0x0301, 0x0301), (0x0303, 0x0301), (0x0300, 0x0303)]):
        frames += wire.session(Connection(address(n)), wire.client_hello(version=offered), chosen)
    read = Reading(folder, frames)
    read.counts(contradictory=3)
    assert [e.get('lasthello.negotiated') for e in read.events] == [None, None, 'TLS 1.0', 'TLS 1.0', None], read.events
    assert [e.get('lasthello.cause') for e in read.events if 'lasthello.negotiated' not in e] == [None] * 3


def a_forged_rst_behind_ends_no_session(folder):
    """In the client's name, before the server acknowledged anything: among the bytes of its hello, or however far before them."""
    frames, behind, hello = [], (1, 2, 70, 1000, 30_000, 65_000, 1 << 24), wire.client_hello()
    for n, back in enumerate(behind):
        c = Connection(address(n), isn=(1 << 25, 5000))
        whole = wire.session(c)
        forged = c.client(flags=wire.RST, at=(1 << 25) + 1 + len(hello) - back)
        frames += whole[:4] + [forged] + whole[4:]
    read = Reading(folder, frames)
    assert [e['lasthello.outcome'] for e in read.events] == ['established'] * len(behind)


def gaps_that_never_fill_are_given_up_and_counted(folder):
    """Each direction waits behind a byte that never comes, with all that it may keep."""
    count, data, frames = MANY // 100, wire.record(23, bytes(14_000)), []
    for n in range(count):
        c = Connection(address(n))
        frames += [c.client(wire.client_hello())]
        for side in (0, 1):
            c.next[side] += 1
            frames += [c.send(side, data) for _ in range(4)]
    read = Reading(folder, frames)
    read.is_bounded()
    assert read.stored() == read.coverage['flows'] == count
    assert read.coverage['gaps'] >= count and read.coverage['gap_bytes'] >= count, read.coverage
    assert {e.get('lasthello.negotiated') for e in read.events} <= {None, 'TLS 1.0'}


def a_direction_waits_with_64_kib_at_most(folder):
    """Before that the missing byte closes the hole; after it the hole is a gap, and what fills it comes too late."""
    hello = wire.client_hello()
    for held, gaps in ((60_000, 0), (65_536 - len(hello), 0), (70_000, 1)):
        c = Connection(address(held))
        frames = c.open()
        at, data = c.next[0], wire.record(23, bytes(16_000)) * 5
        frames += [c.client(data[i:min(i + 30_000, held)], at=at + len(hello) + i) for i in range(0, held, 30_000)]
        frames += [c.client(hello, at=at)]
        os.makedirs(f'{folder}/{held}')
        read = Reading(f'{folder}/{held}', frames)
        read.counts(gaps=gaps, flows=1)
        assert [('lasthello.offered_max' in e) for e in read.events] == [gaps == 0], held


def a_certificate_of_16_mb_is_stepped_over(folder):
    c = Connection(address(1))
    length = (1 << 24) - 1
    body = bytes([11]) + length.to_bytes(3, 'big') + bytes(length)
    frames = c.open() + [c.client(wire.client_hello()), c.server(wire.server_hello())]
    frames += [c.server(wire.record(22, body[i:i + 16_000])) for i in range(0, len(body), 16_000)]
    frames += [c.server(wire.SERVER_DONE), c.client(wire.protected()), c.server(wire.protected())]
    read = Reading(folder, frames, memory=16)
    read.is_bounded()
    event, = read.events
    assert (event['lasthello.outcome'], event['lasthello.negotiated']) == ('established', 'TLS 1.0')
    assert not any('x509' in key or 'sha256' in key for key in event), event


def lines_without_end_are_no_mail_and_no_burden(folder):
    frames = []
    for n, service in enumerate((110, 143)):
        c = Connection(address(n), service=service)
        frames += c.open() + [c.server((b'* OK ', b'+OK ')[service == 110] + b'hello\r\n')]
        frames += [c.send(i & 1, b'A' * 1400) for i in range(4000)]
    read = Reading(folder, frames, memory=16)
    read.is_bounded()
    read.counts(flows=2)
    assert all(e['lasthello.outcome'] in ('plain', 'foreign') and 'lasthello.login' not in e for e in read.events)


def a_long_day_of_capture(minutes, idle):
    """A session a minute, and some that idle all day: their servers speak every 29 minutes (RFC 2177). (frames, times)"""
    waiting, packets = [Connection(address(n)) for n in range(idle)], []
    for connection in waiting:
        packets += [(0, frame) for frame in wire.session(connection)]
    for minute in range(1, minutes):
        short = Connection(address(1000 + minute))
        packets += [(minute, frame) for frame in [*wire.session(short), short.client(flags=wire.FIN | ACK), short.server(flags=wire.FIN | ACK)]]
        if minute % 29 == 0:
            packets += [(minute, frame) for c in waiting for frame in (c.server(wire.record(23, bytes(64))), c.client())]
    return [frame for _, frame in packets], [minute * 60_000_000 + at for at, (minute, _) in enumerate(packets)]


def over_a_simulated_day_each_session_is_one_on_its_day(folder):
    """26 hours, over two midnights: what goes on is no second session, and what is over is forgotten."""
    minutes, idle = 26 * 60, 20
    frames, times = a_long_day_of_capture(minutes, idle)
    read = Reading(folder, frames, times=times, memory=16)
    read.is_bounded()
    read.counts(flows=minutes - 1 + idle, given_up=0, given_up_flows=0, given_up_sessions=0, gaps=0)
    rows = json.loads(read.report('sessions', '--format', 'json'))
    assert sum(row['sessions'] for row in rows) == minutes - 1 + idle
    days = {(wire.EPOCH + minute * 60) // 86400 for minute in range(minutes)}
    assert len({row['first_seen'][:10] for row in rows}) == len(days) == 3
    long_ones = [row for row in rows if row['client'] in {str(ipaddress.ip_address(address(n))) for n in range(idle)}]
    last = time.strftime('%Y-%m-%dT%H:%M', time.gmtime(wire.EPOCH + (minutes - 1) // 29 * 29 * 60))
    assert len(long_ones) == idle and {row['last_seen'][:16] for row in long_ones} == {last}, long_ones[:1]


def time_that_runs_backwards_changes_no_session(folder):
    """By a second a packet, and by years at once."""
    frames = [f for n in range(300) for f in wire.session(Connection(address(n)), wire.client_hello(b'mail.example'))]
    draw = random.Random(2)
    clocks = {'forwards': None,
              'backwards': [(len(frames) - i) * 1_000_000 for i in range(len(frames))],
              'anywhere': [draw.randrange(-40_000_000, 2_000_000_000) * 1_000_000 for _ in frames]}
    found = {}
    for name, times in clocks.items():
        os.makedirs(f'{folder}/{name}')
        read = Reading(f'{folder}/{name}', frames, times=times)
        found[name] = sorted((e['source.ip'], e['lasthello.negotiated'], e['lasthello.outcome']) for e in read.events)
    assert len(found['forwards']) == 300
    assert found['backwards'] == found['forwards']
    # between two packets of a session lie years: it may be two sessions, but never another version
    assert {row[1] for row in found['anywhere']} <= {'TLS 1.0', None}


# ---- decoding --------------------------------------------------------------------------------------

def fragments_that_never_complete_are_given_up_and_counted(folder):
    frames = (wire.ethernet(wire.ipv4(address(n), wire.SERVER, bytes(1400), number=n & 0xffff, fragment=0x2000)) for n in range(MANY))
    read = Reading(folder, frames)
    read.is_bounded()
    read.counts(fragment_held=MANY, given_up_fragments=MANY, flows=0)


def fragments_that_wait_at_the_end_are_given_up_and_counted(folder):
    """A packet's fate is not taken back: the parts of a datagram stay held, whether it became whole or not; the last part of one
    that did shares the fate of the whole. Beside it stands how many never became whole, those that waited at the end among them."""
    hello = wire.tcp(address(1), wire.SERVER, (40000, 993), 1000, 5000, ACK, wire.client_hello())[34:]
    parts = [wire.ethernet(wire.ipv4(address(1), wire.SERVER, hello[i:i + 24], number=1, fragment=i // 8 | 0x2000 * (i + 24 < len(hello))))
             for i in range(0, len(hello), 24)]
    begun = [wire.ethernet(wire.ipv4(address(n), wire.SERVER, bytes(24), number=n, fragment=part))
             for n in range(2, 12) for part in (0x2000, 0x2003)]
    read = Reading(folder, [*parts[:-1], *begun, parts[-1]])
    read.counts(packets=len(parts) + 20, fragment_held=len(parts) - 1 + 20, used=1, given_up_fragments=10, flows=1)


def a_datagram_in_two_files_is_whole_and_not_given_up(folder):
    """A folder is one capture: what waits at the end of its first file waits on in the second."""
    os.mkdir(f'{folder}/rotated')
    begun = [wire.ethernet(wire.ipv4(address(n), wire.SERVER, bytes(24), protocol=17, number=n, fragment=0x2000)) for n in (1, 2)]
    rest = [wire.ethernet(wire.ipv4(address(1), wire.SERVER, bytes(24), protocol=17, number=1, fragment=3))]
    for number, frames in enumerate((begun, rest)):
        wire.write(f'{folder}/rotated/{number}.pcap', frames, [number * 1_000_000 + i for i in range(len(frames))])
    read = Reading(folder, None, paths=[f'{folder}/rotated'])
    found = [[row[name] for name in ('packets', 'fragment_held', 'not_tcp', 'given_up_fragments')]
             for row in json.loads(read.report('coverage', '--format', 'json'))]
    assert found == [[2, 2, 0, 0], [1, 0, 1, 1]], found


def a_hundred_nested_tunnels_are_too_deep(folder):
    def nested(depth, inner):
        for _ in range(depth):
            inner = wire.ipv4(address(7), wire.SERVER, inner, protocol=4)
        return wire.ethernet(inner)
    whole = [f[14:] for f in wire.session(Connection(address(1)))]
    frames = [nested(depth, f) for depth in (8, 9, 100, 1000) for f in whole]
    read = Reading(folder, frames)
    read.counts(too_deep=3 * len(whole), flows=1)
    assert [e['lasthello.tunnel'] for e in read.events] == ['ipip']


# ---- files -----------------------------------------------------------------------------------------

def a_section_describes_65536_interfaces_at_most(folder):
    """Each is remembered. draft-ietf-opsawg-pcapng 4.1, 4.2."""
    section = struct.pack('<IIIHHqI', 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0, -1, 28)
    interface = struct.pack('<IIHHII', 1, 20, 1, 0, 0, 20)
    for count, status in ((65_536, 0), (65_537, 1)):
        open(f'{folder}/{count}.pcapng', 'wb').write(section + interface * count)
        done = subprocess.run([PROGRAM, 'read', '-o', f'{folder}/i.db', f'{folder}/{count}.pcapng'], stderr=subprocess.PIPE)
        assert (done.returncode, b'more interfaces than 65,536' in done.stderr) == (status, status == 1), done


# ---- text ------------------------------------------------------------------------------------------

UGLY = (b'\x1b]0;owned\x07', b'\x1b[2J', b'\x9b31m', b'a\0b', b'\r\nforged: line', b'\xe2\x80\xae', b'\xff\xfe', b'=1+1', b'"quoted",', b'<b>')
UNPRINTABLE = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]')


def is_printable(output, what):
    found = UNPRINTABLE.search(output.decode())  # which must be UTF-8, too
    assert found is None, f'{what}: {output[max(0, found.start() - 40):found.end() + 40]!r}'


def no_name_reaches_a_terminal_raw(folder):
    """Server names, protocols and certificates of the wire, and the names of files."""
    frames = [f for n, ugly in enumerate(UGLY)
              for f in wire.session(Connection(address(n)), wire.client_hello(b'mail' + ugly + b'.example', [ugly, b'imap']))]
    path = os.path.join(folder.encode(), b'evil\x1b[31m\xff\nname.pcap').decode(errors='surrogateescape')
    wire.write(path, frames)
    hostile = [files[0] for name, files in captures(PCAPS) if name in ('hostile-certificate-name', 'hostile-server-name')]
    read = Reading(folder, None, paths=[path, *hostile])
    # the two captures were made from one, and begin with the same packet: they are two all the same
    assert (len(read.events), read.stored()) == (len(UGLY) + 2, len(UGLY) + 2)
    is_printable(read.messages, 'messages')
    is_printable(read.raw_events, 'events')
    for question in ('summary', 'clients', 'servers', 'suites', 'sessions', 'coverage'):
        for form in ('table', 'csv', 'json'):
            lines = read.report(question, '--format', form).replace(b'\r\n', b'\n')  # RFC 4180 ends lines so
            is_printable(lines, f'{question} {form}')


def a_file_that_is_no_capture_is_named_safely(folder):
    path = os.path.join(folder.encode(), b'evil\x1b[31m\nname.pcap').decode()
    open(path, 'wb').write(b'no capture at all, and much too short')
    done = subprocess.run([PROGRAM, 'read', '-o', f'{folder}/i.db', path], stderr=subprocess.PIPE)
    assert done.returncode == 1 and b'name.pcap' in done.stderr
    is_printable(done.stderr, 'messages')


def no_word_that_was_typed_reaches_a_terminal_raw(folder):
    """Options, settings and paths, in what a command answers and in what it refuses: they steer nothing and begin no line."""
    word = 'x\x1b[31m\nforged'
    inventory, capture = os.path.join(folder, word, 'i.db'), os.path.join(folder, 'c.pcap')
    os.mkdir(os.path.dirname(inventory))
    wire.write(capture, wire.session(Connection(address(1))))
    asked = [('read', '-o', inventory, capture), ('policy', 'apply', '--policy', POLICIES, inventory), ('config', 'watch'), ('config', word),
             ('check', '-i', word), ('check', '-i', 'lo', word), ('watch', '-i', 'lo', word), ('report', word), ('report', '--fail-on', word),
             ('read', '--jobs', word, capture), ('read', '--site', word, capture), ('read', '--ports', word, capture),
             ('extract', word, '-o', 'x', capture), ('serve', inventory, word), ('policy', 'test', word, word, word)]
    for arguments in asked:
        done = subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder,
                              env={**os.environ, 'LASTHELLO_CONF': '', 'LASTHELLO_INTERFACE': word}, timeout=60)
        for output in (done.stdout, done.stderr):
            is_printable(output, arguments)
            assert b'\nforged' not in output, (arguments, output)
        assert arguments[0] == 'read' and done.returncode == 0 or b'forged' in done.stdout + done.stderr, (arguments, done)


if __name__ == '__main__':
    sys.exit(try_all(in_folders(promises_of(globals(), 'folder'))))
