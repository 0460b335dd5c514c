#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""corners.py PROGRAM PCAPS: what TCP shows that no textbook does. Each kind in each protocol, wrapped in VLANs and shuffled: as many
sessions as there are connections, and of each what its two ends really said."""
import collections
import json
import os
import random
import struct
import sys
import tempfile

import wire
from program import read_events, run
from wire import ACK, FIN, PSH, RST, Connection

OLD, NEW = 0x0301, 0x0303
VERSIONS = {0x0300: 'SSL 3.0', 0x0301: 'TLS 1.0', 0x0302: 'TLS 1.1', 0x0303: 'TLS 1.2'}
OVERLAPS = 100
ESTABLISHED = {'outcome': 'established', 'evidence': 'handshake', 'offered_max': 'TLS 1.0', 'negotiated': 'TLS 1.0', 'cause': 'client'}


# ---- dialogues ------------------------------------------------------------------------------------------------------

def hello(version=OLD, seed=0):
    """A ClientHello with a random of its own."""
    return wire.client_hello(b'mail.example', version=version).replace(wire.RANDOM, random.Random(seed).randbytes(32))


def answer(version=OLD):
    return wire.server_hello(version) + wire.SERVER_DONE


def before_tls(service):
    """What is said in clear before a handshake begins: (side, bytes)."""
    return {143: [(1, b'* OK ready\r\n'), (0, b'a1 STARTTLS\r\n'), (1, b'a1 OK go\r\n')],
            110: [(1, b'+OK ready\r\n'), (0, b'STLS\r\n'), (1, b'+OK go\r\n')]}.get(service, [])


def handshake(version=OLD, seed=0):
    return [(0, hello(version, seed)), (1, answer(version)), (0, wire.protected(version)), (1, wire.protected(version))]


def said(connection, lines, size=None):
    """Segments of these lines, of no more bytes than size each, and an acknowledgement of each line."""
    frames = []
    for side, text in lines:
        step = size or len(text)
        frames += [connection.send(side, text[at:at + step], ACK | PSH) for at in range(0, len(text), step)]
        frames += [connection.send(1 - side)]
    return frames


def whole(connection, seed=0, version=OLD, size=None):
    service = connection.ports[1]
    frames = connection.open() + said(connection, before_tls(service) + handshake(version, seed), size)
    return frames + [connection.client(flags=FIN | ACK), connection.server(flags=FIN | ACK), connection.client()]


# ---- wrapping -------------------------------------------------------------------------------------------------------

def in_vlan(frame, number):
    return frame[:12] + struct.pack('>HH', 0x8100, number) + frame[12:]


def in_gre(frame, number):
    """Ethernet in GRE (RFC 2784) to the end of this number."""
    return wire.ethernet(wire.ipv4(bytes([172, 16, 0, 1]), bytes([172, 16, 0, number]), b'\0\0\x65\x58' + frame, 47))


def merged(*lists):
    """One frame of each in turn."""
    longest = max(map(len, lists))
    return [frames[at] for at in range(longest) for frames in lists if at < len(frames)]


# ---- kinds: (frames, the facts of each session) ----------------------------------------------------------------------

CLIENT = wire.address(1)


def shifted(service, client_by=777_777_777, server_by=1_234_567_890, vlans=True, from_syn=True):
    """A firewall shifts sequence numbers, and both its sides are mirrored: one connection."""
    start = 0 if from_syn else 3
    inside = whole(Connection(CLIENT, service=service, isn=(1000, 5000)))[start:]
    outside = whole(Connection(CLIENT, service=service, isn=(1000 + client_by, 5000 + server_by)))[start:]
    if vlans:
        inside, outside = [in_vlan(frame, 10) for frame in inside], [in_vlan(frame, 20) for frame in outside]
    return merged(inside, outside), [ESTABLISHED]


def two_tenants(service, wrap=in_vlan, from_syn=True, size=None):
    """Two tenants with the same addresses and ports: two connections, told apart by VLAN or tunnel."""
    one = whole(Connection(CLIENT, service=service, isn=(1000, 5000)), 1, size=size)
    other = whole(Connection(CLIENT, service=service, isn=(900_000_000, 800_000_000)), 2, NEW, size)
    start = 0 if from_syn else 3
    facts = [{'negotiated': 'TLS 1.0'}, {'negotiated': 'TLS 1.2'}]
    return merged([wrap(f, 10) for f in one[start:]], [wrap(f, 20) for f in other[start:]]), facts


def second_syn_ack(service, counts, place):
    """The server answers twice, with two numbers; its client's acknowledgement tells which one counts."""
    numbers = (5000, 100_004_999)
    frames = whole(Connection(CLIENT, service=service, isn=(1000, numbers[counts])))
    other = Connection(CLIENT, service=service, isn=(1000, numbers[1 - counts]))
    frames.insert(place, other.open()[1])
    return frames, [ESTABLISHED]


def with_forged(service, side, flags, payload, acknowledges, place=3):
    """A segment that its receiver drops (RFC 9293 3.10.7.4) stands before the one that it takes."""
    connection = Connection(CLIENT, service=service)
    frames = whole(connection)
    sender = Connection(CLIENT, service=service)
    sender.open()
    sender.next[1 - side] += acknowledges
    frames.insert(place, sender.send(side, payload, flags))
    return frames, [ESTABLISHED]


def far_ahead(service, side, payload):
    """A segment beyond every window, the first with payload: whoever forged it says all that its session has, and it is one of its own."""
    connection = Connection(CLIENT, service=service)
    frames = whole(connection)
    sender = Connection(CLIENT, service=service)
    sender.open()
    sender.next[side] += 800_000_000
    frames.insert(3, sender.send(side, payload, ACK | PSH))
    return frames, [ESTABLISHED, {'unconfirmed': True}]


def not_meant(service, side, flags, place):
    """A RST or FIN that its sender or its receiver did not mean: both go on, and acknowledge."""
    connection, frames = Connection(CLIENT, service=service), []
    frames = connection.open()
    at = list(connection.next)
    frames += said(connection, before_tls(service) + handshake())
    reset = Connection(CLIENT, service=service)
    reset.next = at
    frames.insert(place, reset.send(side, b'', flags))
    return frames, [ESTABLISHED]


def lost_answer(service, flags, from_syn=True):
    """The server's end stands behind bytes that were not captured: it has answered."""
    connection = Connection(CLIENT, service=service)
    frames = connection.open() + said(connection, before_tls(service) + [(0, hello())])
    connection.next[1] += 47
    frames += [connection.server(flags=flags)]
    return frames[0 if from_syn else 3:], [{'outcome': 'unanswered', 'offered_max': 'TLS 1.0', 'negotiated': None}]


def padded(service, side, padding):
    """Padding that is counted into a bare acknowledgement."""
    connection = Connection(CLIENT, service=service)
    frames = whole(connection)
    where = 2 if side == 0 else 3 + 2 * len(before_tls(service)) + 1
    frames[where] = longer(frames[where], padding)
    return frames, [ESTABLISHED]


def longer(frame, padding):
    return frame[:16] + struct.pack('>H', len(frame) - 14 + len(padding)) + frame[18:] + padding


def kinds(service):
    forged = hello(NEW, seed=9)
    yield 'shifted, both directions', shifted(service)
    yield 'shifted, no VLAN', shifted(service, vlans=False)
    yield 'shifted, the client alone', shifted(service, server_by=0)
    yield 'shifted, the server alone', shifted(service, client_by=0)
    yield 'shifted, midway', shifted(service, vlans=False, from_syn=False)
    yield 'shifted, midway, the client alone', shifted(service, server_by=0, vlans=False, from_syn=False)
    yield 'shifted, midway, the server alone', shifted(service, client_by=0, vlans=False, from_syn=False)
    yield 'two VLANs', two_tenants(service)
    yield 'two VLANs, midway', two_tenants(service, from_syn=False)
    yield 'two VLANs, midway, in small segments', two_tenants(service, from_syn=False, size=7)
    yield 'two tunnels', two_tenants(service, in_gre)
    yield 'two tunnels, midway', two_tenants(service, in_gre, from_syn=False)
    for counts in (0, 1):
        for place in (1, 2):
            yield f'a second SYN-ACK, {counts} counts, at {place}', second_syn_ack(service, counts, place)
    for place in (3, 4, 5, 7):
        yield f'a SYN-ACK again, at {place}', second_syn_ack(service, 0, place)
    yield 'forged, no ACK, data', with_forged(service, 0, PSH, forged, 0)
    yield 'forged, no ACK, FIN', with_forged(service, 0, FIN, b'', 0)
    yield 'forged, ACK of nothing, data', with_forged(service, 0, ACK | PSH, forged, 3000)
    yield 'forged, ACK of nothing, FIN', with_forged(service, 0, ACK | FIN, b'', 3000)
    yield 'forged, ACK of nothing, FIN with data', with_forged(service, 0, ACK | FIN, forged, 3000)
    yield 'forged, ACK of the far, data', with_forged(service, 0, ACK | PSH, forged, 1_000_000_000)
    yield 'forged by the server, no ACK', with_forged(service, 1, PSH, answer(NEW), 0)
    yield 'forged by the server, ACK of nothing', with_forged(service, 1, ACK | PSH, answer(NEW), 5000)
    yield 'forged by the server, FIN', with_forged(service, 1, ACK | FIN, b'', 5000)
    yield 'forged, far ahead', far_ahead(service, 0, forged)
    yield 'forged by the server, far ahead', far_ahead(service, 1, answer(NEW))
    for side in (0, 1):
        for place in (2, 3, 4, 5):
            yield f'a RST of {side} that was not meant, at {place}', not_meant(service, side, RST, place)
            yield f'a RST of {side} with ACK that was not meant, at {place}', not_meant(service, side, RST | ACK, place)
    yield 'a lost answer, FIN', lost_answer(service, FIN | ACK)
    yield 'a lost answer, RST', lost_answer(service, RST | ACK)
    if service in (993, 995):
        yield 'a lost answer, FIN, midway', lost_answer(service, FIN | ACK, from_syn=False)
    for padding in (b'\0\0', b'\0' * 6):
        for side in (0, 1):
            yield f'{len(padding)} bytes of padding, of {side}', padded(service, side, padding)


# ---- how they are tried ----------------------------------------------------------------------------------------------

def facts_of(event):
    return {name.removeprefix('lasthello.'): value for name, value in event.items()}


def is_met(wanted, events):
    left = [facts_of(event) for event in events]
    for facts in wanted:
        hit = next((event for event in left if all(event.get(name) == value for name, value in facts.items())), None)
        if hit is None:
            return False
        left.remove(hit)
    return not left


def halves(folder, service):
    """What a passive tap gives: a file for each direction."""
    paths, frames = [], whole(Connection(CLIENT, service=service))
    for number, name in enumerate(('rx.pcap', 'tx.pcap')):
        mine = [at for at, frame in enumerate(frames) if (frame[26:30] == CLIENT) == (number == 0)]
        paths.append(wire.write(os.path.join(folder, name), [frames[at] for at in mine], [at * 100 for at in mine]))
    return paths


def check_tap(program, folder, service):
    """Joined by --tap it is one session; without, two halves, and that is said."""
    rx, tx = halves(folder, service)
    joined = read_events(program, [], '--tap', f'{rx}+{tx}')
    apart = run(program, 'read', '-o', os.path.join(folder, f'{service}.db'), rx, tx)
    right = is_met([ESTABLISHED], joined) and b'look like two directions of one link' in apart.stderr
    if not right:
        print(f'FAIL {service}: a tap: {joined} {apart.stderr.decode()}')
    return right


def overlapping(draw):
    """Two connections between the same ports at once, each with a version of its own, reordered: (frames, versions)."""
    service, versions = draw.choice((993, 995, 143, 110)), draw.sample(list(VERSIONS), 2)
    both = [whole(Connection(CLIENT, service=service, isn=(draw.getrandbits(32), draw.getrandbits(32))), seed, version)
            for seed, version in enumerate(versions)]
    late = draw.randrange(len(both[0]))
    frames, both[0] = both[0][:late], both[0][late:]
    while any(both):
        frames.append(draw.choice([rest for rest in both if rest]).pop(0))
    places = draw.choice((0, 2, 4, 8))
    order = sorted(range(len(frames)), key=lambda at: at + draw.uniform(0, places))
    return [frames[at] for at in order], [VERSIONS[version] for version in versions]


def check_overlapping(program, folder):
    """Less may be known, but what was chosen is what this client offered."""
    truth, events = {}, collections.defaultdict(list)
    for seed in range(OVERLAPS):
        frames, versions = overlapping(random.Random(seed))
        truth[wire.write(os.path.join(folder, f'{seed}.pcap'), frames)] = versions
    for event in read_events(program, list(truth)):
        facts = facts_of(event)
        events[facts['source']].append((facts.get('offered_max'), facts.get('negotiated')))
    wrong = [(path, pairs) for path, pairs in events.items() for offered, chosen in pairs
             if {offered, chosen} - {None} and len({offered, chosen} - {None}) > 1 or {offered, chosen} - {None} - set(truth[path])]
    whole_ones = sum(sorted(map(str, events[path])) == sorted(str((v, v)) for v in versions) for path, versions in truth.items())
    for path, pairs in wrong:
        print(f'FAIL overlapping {path}: {truth[path]} became {pairs}')
    print(f'{OVERLAPS} pairs of overlapping connections, {whole_ones} of them told apart wholly')
    return not wrong and whole_ones > OVERLAPS * 9 // 10


def sessions_of(program, folder, name, *paths):
    """The rows of a reading without what names its file."""
    inventory = os.path.join(folder, name)
    run(program, 'read', '-o', inventory, *paths)
    rows = json.loads(run(program, 'report', 'sessions', '--format', 'json', inventory).stdout)
    return sorted(json.dumps({k: v for k, v in row.items() if k not in ('source', 'last_source')}, sort_keys=True) for row in rows)


def check_part_behind(program, folder):
    """A folder with a capture and a later part of it says what the capture alone says: what comes again was not last."""
    frames = merged(*(whole(Connection(wire.address(number), service=993), number) for number in range(20)))
    first, count = len(frames) // 2, len(frames) // 4
    alone = wire.write(os.path.join(folder, 'alone.pcap'), frames)
    both = os.path.join(folder, 'both')
    os.mkdir(both)
    wire.write(os.path.join(both, 'x.pcap'), frames)
    wire.write(os.path.join(both, 'x.pcap.1'), frames[first:first + count], [at * 100 for at in range(first, first + count)])
    wanted, got = sessions_of(program, folder, 'alone.db', alone), sessions_of(program, folder, 'both.db', both)
    if wanted != got:
        print(f'FAIL a part behind its capture: {got[0]} instead of {wanted[0]}')
    return wanted == got


def check_part_continues_nothing(program, folder):
    """A capture that was read beside a later part of it was not read with more than itself: who asks for more ports has all of it."""
    frames = merged(*(whole(Connection(wire.address(number), service=993), number) for number in range(20)))
    inventory, beside = os.path.join(folder, 'more.db'), os.path.join(folder, 'beside')
    os.mkdir(beside)
    path = wire.write(os.path.join(beside, 'x.pcap'), frames)
    wire.write(os.path.join(beside, 'x.pcap.1'), frames[9:60], [at * 100 for at in range(9, 60)])
    wire.write(os.path.join(beside, 'x.pcap.2'), frames[70:130], [at * 100 for at in range(70, 130)])
    run(program, 'read', '-o', inventory, beside)
    run(program, 'read', '-o', inventory, '--ports', '1993=imaps', path)
    rows = json.loads(run(program, 'report', 'coverage', '--format', 'json', inventory).stdout)
    if len(rows) != 1:
        print(f'FAIL a part beside its capture: {len(rows)} readings count: {rows}')
    return len(rows) == 1


def hasty(service):
    """A client in small segments that does not wait for the greeting: (side, bytes)."""
    if service == 1110:
        return [(0, b'STLS\r\n'), (1, b'+OK ready\r\n'), (1, b'+OK go\r\n')]
    return [(0, b'a1 STARTTLS\r\n'), (1, b'* OK ready\r\n'), (1, b'a1 OK go\r\n')]


def check_discovered_hasty(program, folder):
    """However its first command is cut up, it tells the protocol on a port that nobody named."""
    failed = 0
    for service, name in ((1110, 'pop3'), (1143, 'imap')):
        for size in (1, 2, 3, 5):
            connection = Connection(CLIENT, service=service)
            frames = connection.open()
            (_, command), (_, greeting), *rest = hasty(service)
            frames += [connection.client(command[at:at + size], ACK | PSH) for at in range(0, len(command), size)]
            frames += [connection.server(greeting, ACK | PSH, None), connection.client(), connection.server()]
            frames += said(connection, rest + handshake())
            events = read_events(program, [wire.write(os.path.join(folder, 'h.pcap'), frames)], '--discover')
            if not is_met([{**ESTABLISHED, 'service': name, 'starttls': ['requested', 'accepted', 'hello']}], events):
                failed += 1
                print(f'FAIL {service}: a hasty client in segments of {size} bytes: {events}')
    return failed


def check_discovered_midway(program, folder):
    """An answer of SMTP or LMTP, "250 STARTTLS", is no command of IMAP: client and server are not exchanged, and the TLS behind it is read."""
    connection = Connection(CLIENT, port=40000, service=2525)
    connection.open()
    lines = [(1, b'250 STARTTLS\r\n'), (0, b'STARTTLS\r\n'), (1, b'220 go\r\n')] + handshake()
    events = read_events(program, [wire.write(os.path.join(folder, 'm.pcap'), said(connection, lines))], '--discover')
    right = is_met([{**ESTABLISHED, 'service': 'tls', 'destination.port': 2525}], events)
    if not right:
        print(f'FAIL joined midway in SMTP: {events}')
    return right


def main(program):
    failed = tried = 0
    with tempfile.TemporaryDirectory() as folder:
        for service in (993, 995, 143, 110):
            tried += 1
            failed += not check_tap(program, folder, service)
            for name, (frames, wanted) in kinds(service):
                events = read_events(program, [wire.write(os.path.join(folder, 'c.pcap'), frames)])
                tried += 1
                if is_met(wanted, events):
                    continue
                failed += 1
                got = [{k: facts_of(e).get(k) for k in ('outcome', 'refused_by', 'offered_max', 'negotiated')} for e in events]
                print(f'FAIL {service}: {name}: {got}')
        failed += not check_overlapping(program, folder)
        tried += 1
        failed += not check_discovered_midway(program, folder)
        failed += check_discovered_hasty(program, folder)
        failed += not check_part_behind(program, folder)
        failed += not check_part_continues_nothing(program, folder)
    print(f'{tried} corners, {failed} differ')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
