#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""compare.py EXPECTED EVENTS: each expected session is exactly one event, and there are no others. An expected session
is a line of JSON; all its keys must be equal in its event, and null means that the key must be absent."""
import json
import os
import sys

ENDPOINTS = ('source.ip', 'source.port', 'destination.ip', 'destination.port')


def read_lines(path):
    """No file is no sessions: the program writes none where there was nothing to write."""
    if not os.path.exists(path):
        return []
    return [json.loads(line) for line in open(path) if line.strip() and not line.startswith('#')]


def differences(expected, event):
    """Keys that differ -> (wanted, found)."""
    return {key: (wanted, event.get(key)) for key, wanted in expected.items() if event.get(key) != wanted}


def assign(expected, events):
    """Index of an expected session -> index of its event: as many pairs as there can be (Kuhn's algorithm)."""
    fits = [[j for j, event in enumerate(events) if not differences(wanted, event)] for wanted in expected]
    taken = {}

    def place(i, tried):
        for j in fits[i]:
            if j in tried:
                continue
            tried.add(j)
            if j not in taken or place(taken[j], tried):
                taken[j] = i
                return True
        return False

    for i in sorted(range(len(expected)), key=lambda i: len(fits[i])):
        place(i, set())
    return {i: j for j, i in taken.items()}


def name_of(session):
    return '{} port {} -> {} port {}'.format(*(session.get(key, '?') for key in ENDPOINTS))


def nearest(wanted, events):
    """The event that most likely was meant: the same endpoints first, then the fewest differences."""
    def distance(event):
        different = differences(wanted, event)
        return sum(key in different for key in ENDPOINTS), len(different)
    return min(events, key=distance, default=None)


def complaints(expected, events):
    """Sentences, none if all is as expected."""
    matched = assign(expected, events)
    surplus = [event for j, event in enumerate(events) if j not in matched.values()]
    for i, wanted in enumerate(expected):
        if i in matched:
            continue
        event = nearest(wanted, surplus)
        if event is None or any(key in differences(wanted, event) for key in ENDPOINTS):
            yield f'missing: {name_of(wanted)}: {json.dumps(wanted)}'
            continue
        surplus.remove(event)
        yield f'different: {name_of(wanted)}'
        for key, (want, have) in sorted(differences(wanted, event).items()):
            yield f'    {key}: expected {json.dumps(want)}, found {json.dumps(have)}'
    for event in surplus:
        yield f'surplus: {name_of(event)}: {json.dumps(event)}'


def main(expected, events):
    found = list(complaints(read_lines(expected), read_lines(events)))
    print('\n'.join(found))
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2]))
