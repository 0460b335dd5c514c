#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""names.py PROGRAM PCAPS: what is heard of names, kept, and not believed. Each test is a function; its name is the promise."""
import os
import random
import sqlite3
import struct
import sys
import tempfile

import wire
from program import read_events, run
from promises import promises_of, try_all, with_arguments
from wire import Connection, address

PROGRAM, PCAPS = sys.argv[1], sys.argv[2]
RESOLVER = bytes([10, 9, 0, 53])
MANY = 100_000
NAME = 'imap-legacy.office365.com'


# ---- DNS by hand (RFC 1035 4) -----------------------------------------------------------------------

def encoded(name):
    return b''.join(wire.vector(1, label.encode()) for label in name.split('.')) + b'\0'


def udp(source, destination, ports, payload):
    return wire.ethernet(wire.ipv4(source, destination, struct.pack('>HHHH', *ports, 8 + len(payload), 0) + payload, 17))


def question(client, name=NAME, number=7, port=40000):
    body = struct.pack('>HHHHHH', number, 0x0100, 1, 0, 0, 0) + encoded(name) + b'\0\1\0\1'
    return udp(client, RESOLVER, (port, 53), body)


def answer(client, name=NAME, server=wire.SERVER, number=7, port=40000, resolver=RESOLVER):
    body = struct.pack('>HHHHHH', number, 0x8180, 1, 1, 0, 0) + encoded(name) + b'\0\1\0\1'
    return udp(resolver, client, (53, port), body + b'\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4' + server)


def told(frames, *options):
    """The names of each session, by its client's number, and the counters of DNS."""
    with tempfile.TemporaryDirectory() as folder:
        inventory = os.path.join(folder, 'i.db')
        events = read_events(PROGRAM, [wire.write(os.path.join(folder, 'names.pcap'), frames)], *options, inventory=inventory)
        with sqlite3.connect(inventory) as db:
            counts = db.execute('SELECT dns_answers, dns_unasked, names_unread FROM source').fetchone()
    return [event.get('lasthello.dns_name') for event in events], counts


def expect(found, wanted):
    assert found == wanted, f'{found} instead of {wanted}'


# ---- what is believed -------------------------------------------------------------------------------

def a_server_without_sni_is_called_by_what_its_client_asked_for():
    client = address(1)
    expect(told([question(client), answer(client), *wire.session(Connection(client))]), ([[NAME]], (1, 0, 0)))


def no_names_means_none():
    client = address(1)
    expect(told([question(client), answer(client), *wire.session(Connection(client))], '--no-names'), ([None], (0, 0, 0)))


def an_answer_before_its_question_is_not_believed():
    client = address(1)
    expect(told([answer(client), question(client), *wire.session(Connection(client))]), ([None], (0, 1, 0)))


def forged_answers_are_counted():
    client = address(1)
    forged = [answer(client, number=8), answer(client, port=40001), answer(client, resolver=address(9)), answer(client, 'evil.example')]
    expect(told([question(client), *forged, *wire.session(Connection(client))]), ([None], (0, 4, 0)))


def of_two_answers_the_first_is_believed():
    client = address(1)
    frames = [question(client), answer(client), answer(client, server=address(9)), *wire.session(Connection(client)),
              *wire.session(Connection(client, 40002, server=address(9)))]
    expect(told(frames), ([[NAME], None], (1, 1, 0)))


def what_is_asked_for_later_tells_nothing_of_a_connection():
    client = address(1)
    session = wire.session(Connection(client))
    expect(told([*session[:4], question(client), answer(client), *session[4:]]), ([None], (1, 0, 0)))


def another_client_is_not_called_so():
    client = address(1)
    expect(told([question(client), answer(client), *wire.session(Connection(address(2)))]), ([None], (1, 0, 0)))


def names_are_heard_inside_a_tunnel_and_a_tag():
    client = address(1)

    def wrapped(frame):
        inner = b'\x08\0\0\0\0\0\x2a\0' + frame
        return wire.ethernet(wire.ipv4(address(8), address(9), struct.pack('>HHHH', 4789, 4789, 8 + len(inner), 0) + inner, 17))

    def tagged(frame):
        return frame[:12] + b'\x81\0\0\7' + frame[12:]
    frames = [question(client), answer(client), *wire.session(Connection(client))]
    expect(told(list(map(wrapped, frames))), ([[NAME]], (1, 0, 0)))
    expect(told(list(map(tagged, frames))), ([[NAME]], (1, 0, 0)))


def circles_in_names_end():
    client = address(1)
    head = struct.pack('>HHHHHH', 7, 0x0100, 1, 0, 0, 0)
    circles = [udp(client, RESOLVER, (40000, 53), head + name + b'\0\1\0\1') for name in (b'\xc0\x0c', b'\1a\xc0\x0c', b'\xc0\x0e\xc0\x0c')]
    expect(told([*circles, *wire.session(Connection(client))]), ([None], (0, 0, 3)))


def garbage_on_these_ports_is_counted_and_harms_nothing():
    random.seed(7)
    client = address(1)
    garbage = [udp(client, RESOLVER, (40000, port), random.randbytes(random.randrange(12)))
               for port in (53, 67, 68, 546, 547) for _ in range(200)]
    names, (answers, unasked, _) = told([*garbage, question(client), answer(client), *wire.session(Connection(client))])
    expect((names, answers, unasked), ([[NAME]], 1, 0))


def a_hundred_thousand_names_of_one_client_leave_the_others():
    """They fill what that client has a place for; of a hundred others a few at most share it."""
    flood, others = address(1), [address(1000 + number) for number in range(100)]
    frames = [frame for client in others for frame in (question(client), answer(client))]
    for number in range(MANY):
        name = f'n{number}.example'
        frames += [question(flood, name, number & 0xffff), answer(flood, name, number=number & 0xffff)]
    frames += [frame for client in others for frame in wire.session(Connection(client))]
    names, counts = told(frames)
    expect(counts, (MANY + 100, 0, 0))
    assert len(names) == 100 and names.count([NAME]) > 80, names.count([NAME])


# ---- across files and clients -----------------------------------------------------------------------

def one_capture_does_not_name_the_sessions_of_another():
    client = address(1)
    with tempfile.TemporaryDirectory() as folder:
        paths = [wire.write(os.path.join(folder, 'a.pcap'), [question(client), answer(client)]),
                 wire.write(os.path.join(folder, 'b.pcap'), wire.session(Connection(client)))]
        expect([event.get('lasthello.dns_name') for event in read_events(PROGRAM, paths)], [None])


def a_client_of_dhcp_has_its_name():
    with tempfile.TemporaryDirectory() as folder:
        inventory = os.path.join(folder, 'i.db')
        run(PROGRAM, 'read', '-o', inventory, os.path.join(PCAPS, 'names-dhcp', 'capture.pcapng'))
        with sqlite3.connect(inventory) as db:
            rows = set(db.execute('SELECT address, name, source FROM host_names'))
    expect(rows, {('10.1.0.35', 'old-printer', 'dhcp'), ('10.1.0.35', 'MFP 2009', 'dhcp_class'),
                  ('10.1.0.35', '02-00-00-00-01-23', 'dhcp_mac')})


if __name__ == '__main__':
    sys.exit(try_all(with_arguments(promises_of(globals()))))
