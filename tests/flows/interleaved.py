#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""interleaved.py PROGRAM PCAPS: what a connection is does not depend on what others do meanwhile. Connections of all kinds, one after
the other and mixed at random, are the same sessions, and those that their kinds say."""
import collections
import os
import random
import sys
import tempfile

import wire
from program import read_events
from wire import ACK, FIN, RST, SYN, Connection

COUNT = 1500
HELLO, GARBAGE = wire.client_hello(b'mail.example'), b'\0\xff' * 50
HANDSHAKE_FAILURE = wire.record(21, b'\x02\x28')


def begun(c):
    return [c.client(flags=SYN)]


def answer(c):
    return [c.server(flags=SYN | ACK)]


def again(c):
    """A later connection between the same two ports, established."""
    return wire.session(Connection(c.ends[0], isn=(3_000_000_000, 9_000_000)))


# what happens, in its order, and the outcomes of the sessions that it is
KINDS = {
    'a whole session': (lambda c: wire.session(c) + [c.client(flags=FIN | ACK), c.server(flags=FIN | ACK)], ['established']),
    'a SYN alone': (begun, []),
    'half a hello that nobody answers': (lambda c: begun(c) + [c.client(HELLO[:40])], []),
    'garbage that nobody answers': (lambda c: begun(c) + [c.client(GARBAGE)], []),
    '... also where it is broken off': (lambda c: begun(c) + [c.client(GARBAGE), c.client(flags=RST)], []),
    'a hello in two parts that nobody answers': (lambda c: begun(c) + [c.client(HELLO[:40]), c.client(HELLO[40:])], ['unanswered']),
    'garbage that is answered late': (lambda c: begun(c) + [c.client(GARBAGE)] + answer(c), ['foreign']),
    'half a hello that is acknowledged': (lambda c: begun(c) + [c.client(HELLO[:40]), c.server()], ['unanswered']),
    'a refused hello': (lambda c: c.open() + [c.client(HELLO), c.server(HANDSHAKE_FAILURE)], ['refused']),
    'a port used again after half a hello': (lambda c: begun(c) + [c.client(HELLO[:40])] + again(c), ['established']),
    'a port used again after a hello': (lambda c: begun(c) + [c.client(HELLO)] + again(c), ['unanswered', 'established']),
    'a port used again after a session': (lambda c: wire.session(c) + [c.client(flags=RST)] + again(c), ['established'] * 2),
}


def mixed(connections, draw):
    """At random, each connection's frames in their order."""
    rest = [list(frames) for frames in connections]
    turns = [number for number, frames in enumerate(rest) for _ in frames]
    draw.shuffle(turns)
    return [rest[number].pop(0) for number in turns]


def read(program, folder, frames):
    path = wire.write(os.path.join(folder, 'capture.pcap'), frames)
    events = read_events(program, [path])
    return sorted((e['source.ip'], e['destination.ip'], e['lasthello.outcome'], e.get('lasthello.gaps', 0),
                   str(e.get('lasthello.negotiated')), str(e.get('lasthello.cause'))) for e in events)


def main(program):
    failed = 0
    for seed in range(3):
        draw = random.Random(seed)
        kinds = [draw.choice(list(KINDS)) for _ in range(COUNT)]
        connections = [KINDS[kind][0](Connection(wire.address(n), isn=(n * 1_000_003, n * 7_000_003))) for n, kind in enumerate(kinds)]
        promised = collections.Counter(outcome for kind in kinds for outcome in KINDS[kind][1])
        with tempfile.TemporaryDirectory() as folder:
            one_by_one = read(program, folder, [frame for frames in connections for frame in frames])
            at_once = read(program, folder, mixed(connections, draw))
        found = collections.Counter(outcome for _, _, outcome, *_ in one_by_one)
        differing = collections.Counter(one_by_one) - collections.Counter(at_once) + (collections.Counter(at_once) - collections.Counter(one_by_one))
        is_kept = found == promised and not differing
        failed += not is_kept
        print('ok  ' if is_kept else 'FAIL', f'{COUNT} connections one after the other, and at once',
              '' if is_kept else f'\n     promised {dict(promised)}\n     found {dict(found)}\n     differing {list(differing)[:5]}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
