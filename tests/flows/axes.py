#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""axes.py PROGRAM PCAPS [MOST]: the same packets shuffled within a few places, or doubled, give exactly the same sessions;
cut at any packet, or with one direction removed, they give the same or less, never another version.
Long captures are cut in MOST places, evenly spread."""
import collections
import concurrent.futures
import os
import random
import sys
import tempfile

from capture_file import Capture
from program import captures, read_events

PACKETS_MAX = 400  # of a capture; longer ones take their time and say no more
CAPTURES_A_RUN = 8  # a process costs more than the variants of a capture
SHUFFLES = 6
PLACES = 4
# which packet came first, and when, is what a shuffle changes
OF_THE_ORDER = {'@timestamp', 'event.end', 'lasthello.first_packet', 'lasthello.last_packet', 'lasthello.source'}
# captures in which packets contradict each other, and the first one wins: which is first is what the order says
FIRST_COPY_WINS = {
    'internet-fragments-contradicted': 'fragments come twice, with other bytes',
    'internet-fragments-ipv6-contradicted': 'fragments come twice, with other bytes',
    'names-dns-alias': 'an answer counts behind its question',
    'names-dns-legacy': 'an answer counts behind its question',
    'names-dns-two': 'an answer counts behind its question',
    'tcp-overlap-disagrees': 'a ServerHello comes twice, with two versions',
    'tcp-overlap-disagrees-in-part': 'part of a ServerHello comes twice, with two versions',
}
# captures whose whole says that less is known than a part of it seems to say: of those only the same packets are compared
DOUBTED_AS_A_WHOLE = {
    'answer-not-offered': 'the offer contradicts the answer, which alone is believed',
    'answer-of-drafts': 'the ServerHello says TLS 1.3, records alone say 0301',
    'answer-unreadable': 'the ServerHello cannot be read, which is why records after it are not believed',
    'hello-said-twice': 'the first hello contradicts an answer that fits the second',
}
WEAKER = {'TLS 1.2+': {'TLS 1.2', 'TLS 1.3'}}


def shuffled(packets, seed):
    """Each packet moves by less than PLACES; the first stays, so that the file is recognisably the same."""
    order = random.Random(seed)
    keys = sorted(range(1, len(packets)), key=lambda i: i + order.uniform(0, PLACES))
    return [packets[0]] + [packets[i] for i in keys]


def facts(event):
    return tuple(sorted((k, str(v)) for k, v in event.items() if k not in OF_THE_ORDER))


def ends(event):
    return [(event.get(f'{end}.ip'), event.get(f'{end}.port')) for end in ('source', 'destination')]


def names(event):
    """How the connection may be called: by its ends; without its PROXY header, by the proxy, whose port no event tells."""
    client, server = ends(event)
    return {frozenset((client, server))} | {frozenset((proxy, server)) for proxy in [event.get('lasthello.proxy_ip')] if proxy}


def calls(event):
    """The names under which an event may find its connection."""
    client, server = ends(event)
    return {frozenset((client, server)), frozenset((client[0], server)), frozenset((client, server[0]))}


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
            for name in names(event):
                versions[name].add(event.get('lasthello.negotiated'))
        for event in events:
            claimed = event.get('lasthello.negotiated')
            known = set().union(*(versions[call] for call in calls(event)))
            if claimed and claimed not in known and not (WEAKER.get(claimed, set()) & known):
                self.fail(what, f'claims {claimed}, not {known}')

    def read(self, folder, variants):
        """Reads the variants of all captures, {name: (capture, {variant: packets})}, in one run; the events of each, by (name, variant)."""
        paths = []
        for name, (capture, packets_of) in variants.items():
            os.mkdir(os.path.join(folder, name))
            for variant, packets in packets_of.items():
                paths.append(os.path.join(folder, name, variant))
                capture.write(paths[-1], packets)
        events = collections.defaultdict(list)
        for event in read_events(self.program, paths):
            events[tuple(event['lasthello.source'].split('/')[-2:])].append(event)
        return events


def sides(capture):
    """Packets by direction: those whose link and network addresses equal the first packet's, and the rest."""
    ends = [frame[:60] for frame in capture.frames]
    forward = [i for i, e in enumerate(ends) if e[:12] == ends[0][:12]]
    return forward, [i for i in range(len(ends)) if i not in set(forward)]


def spread(count, most):
    """Of so many places, at most so many, the first and the last among them."""
    return range(count) if count <= most else sorted({round(i * (count - 1) / (most - 1)) for i in range(most)})


def variants_of(name, capture, most):
    packets = capture.packets
    same = {f'shuffled{i}': shuffled(packets, f'{name}{i}') for i in range(SHUFFLES)}
    same['doubled'] = [p for p in packets for _ in (0, 1)]
    same['doubled_shuffled'] = shuffled(same['doubled'], name)
    places = spread(len(packets), most)
    less = {f'cut{i}': packets[:i] for i in places if i > 0}
    less |= {f'begun{i}': packets[i:] for i in places if i > 0}
    less |= {f'lost{i}': packets[:i] + packets[i + 1:] for i in places}
    for i, side in enumerate(sides(capture)):
        less[f'side{i}'] = [packets[j] for j in side]
    return same, less


def check_captures(axes, paths, most):
    """{name: path}"""
    variants = {}
    for name, path in paths.items():
        capture = Capture(path)
        if len(capture.packets) <= PACKETS_MAX:
            variants[name] = capture, *variants_of(name, capture, most)
    if not variants:
        return
    with tempfile.TemporaryDirectory() as folder:
        events = axes.read(folder, {name: (capture, {'whole': capture.packets} | same | less)
                                    for name, (capture, same, less) in variants.items()})
    for name, (_, same, less) in variants.items():
        for variant in same:
            axes.check_equal(f'{name} {variant}', events[name, 'whole'], events[name, variant])
        for variant in () if name in DOUBTED_AS_A_WHOLE else less:
            axes.check_not_different(f'{name} {variant}', events[name, 'whole'], events[name, variant])


def main(program, pcaps, most=40):
    axes = Axes(program)
    chosen = [(name, files[0]) for name, files in captures(pcaps) if len(files) == 1 and name not in FIRST_COPY_WINS]
    runs = [dict(chosen[i:i + CAPTURES_A_RUN]) for i in range(0, len(chosen), CAPTURES_A_RUN)]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(lambda paths: check_captures(axes, paths, int(most)), runs))
    print(f'{axes.compared} variants compared, {axes.failures} differences')
    return 0 if axes.compared and axes.failures == 0 else 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
