#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""axes.py PROGRAM PCAPS: the same packets shuffled within a few places, or doubled, give exactly the same sessions;
cut at any packet, or with one direction removed, they give the same or less, never another version."""
import collections
import os
import random
import sys
import tempfile

from capture_file import Capture
from program import captures, read_events, run

SHUFFLES = 6
PLACES = 4
# which packet came first, and when, is what a shuffle changes
OF_THE_ORDER = {'@timestamp', 'event.end', 'lasthello.first_packet', 'lasthello.last_packet', 'lasthello.source'}
WEAKER = {'TLS 1.2+': {'TLS 1.2', 'TLS 1.3'}}


def shuffled(packets, seed):
    """Each packet moves by less than PLACES; the first stays, so that the file is recognisably the same."""
    order = random.Random(seed)
    keys = sorted(range(1, len(packets)), key=lambda i: i + order.uniform(0, PLACES))
    return [packets[0]] + [packets[i] for i in keys]


def facts(event):
    return tuple(sorted((k, str(v)) for k, v in event.items() if k not in OF_THE_ORDER))


def same_connection(event):
    return (event.get('source.ip'), event.get('source.port'), event.get('destination.ip'), event.get('destination.port'))


class Axes:
    def __init__(self, program):
        self.program, self.failures, self.compared = program, 0, 0

    def fail(self, what, detail):
        self.failures += 1
        if self.failures <= 20:
            print('FAIL', what, detail)

    def check_equal(self, what, expected, events):
        self.compared += 1
        missing = collections.Counter(map(facts, expected))
        missing.subtract(map(facts, events))
        for session, count in missing.items():
            if count:
                self.fail(what, f'{"missing" if count > 0 else "unexpected"}: {dict(session)}')

    def check_not_different(self, what, expected, events):
        """A version that is claimed must be one that the whole capture has for this connection."""
        self.compared += 1
        versions = collections.defaultdict(set)
        for event in expected:
            versions[same_connection(event)].add(event.get('lasthello.negotiated'))
        for event in events:
            claimed = event.get('lasthello.negotiated')
            known = versions[same_connection(event)] | versions[tuple(
                same_connection(event)[i] for i in (2, 3, 0, 1))]
            if claimed and claimed not in known and not (WEAKER.get(claimed, set()) & known):
                self.fail(what, f'claims {claimed}, not {known}')

    def read(self, folder, capture, variants):
        """Reads all variants in one run; the events of each."""
        paths = []
        for name, packets in variants.items():
            path = os.path.join(folder, name)
            capture.write(path, packets)
            paths.append(path)
        events = collections.defaultdict(list)
        for event in read_events(self.program, paths):
            events[os.path.basename(event['lasthello.source'])].append(event)
        return events


def sides(capture):
    """Packets by direction: those whose link and network addresses equal the first packet's, and the rest."""
    ends = [frame[:60] for frame in capture.frames]
    forward = [i for i, e in enumerate(ends) if e[:12] == ends[0][:12]]
    return forward, [i for i in range(len(ends)) if i not in set(forward)]


def check_capture(axes, name, path):
    capture = Capture(path)
    packets = capture.packets
    if len(packets) > 400:
        return
    variants = {f'shuffled{i}': shuffled(packets, f'{name}{i}') for i in range(SHUFFLES)}
    variants['doubled'] = [p for p in packets for _ in (0, 1)]
    variants['doubled_shuffled'] = shuffled(variants['doubled'], name)
    less = {f'cut{i}': packets[:i] for i in range(1, len(packets))}
    less |= {f'begun{i}': packets[i:] for i in range(1, len(packets))}
    less |= {f'lost{i}': packets[:i] + packets[i + 1:] for i in range(len(packets))}
    for i, side in enumerate(sides(capture)):
        less[f'side{i}'] = [packets[j] for j in side]
    with tempfile.TemporaryDirectory() as folder:
        events = axes.read(folder, capture, {'whole': packets} | variants | less)
    for variant in variants:
        axes.check_equal(f'{name} {variant}', events['whole'], events[variant])
    for variant in less:
        axes.check_not_different(f'{name} {variant}', events['whole'], events[variant])


def main(program, pcaps):
    axes = Axes(program)
    for name, files in captures(pcaps):
        if len(files) == 1:
            check_capture(axes, name, files[0])
    print(f'{axes.compared} variants compared, {axes.failures} differences')
    return 0 if axes.compared and axes.failures == 0 else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2]))
