#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""forged.py PROGRAM PCAPS: segments in another host's name, of somebody who sees no answer to them: in whatever order, number and wrapping
they come, and whatever the server and the host really answer to such (a SYN-ACK, a RST, an acknowledgement of its own numbers), nothing that
they say counts: each session is unconfirmed. Who sees an answer and acknowledges it, counts."""
import os
import random
import struct
import sys
import tempfile

import wire
from program import read_events
from wire import ACK, FIN, PSH, RST, SYN

VICTIM, DATA = wire.address(5), ACK | PSH
AT, GUESS, REAL = 5000, 77, 900_000_000  # the forger's number, the one it guesses of the server, and what that really is
SSL_2 = bytes.fromhex('801c 01 0301 0003 0000 0010 00002f') + bytes(16)
HELLOS = {'TLS 1.0': wire.client_hello(b'mail.example'), 'TLS 1.2': wire.client_hello(b'mail.example', version=0x0303), 'SSL 2.0': SSL_2}
BEFORE = {993: b'', 143: b'a STARTTLS\r\n', 110: b'STLS\r\n', 587: b'EHLO x\r\nSTARTTLS\r\n'}
LOGINS = {143: b'a LOGIN {1}\r\nx {1}\r\ny\r\n', 110: b'USER x\r\nPASS y\r\n', 587: b'EHLO x\r\nAUTH PLAIN AGEAYg==\r\n'}
ANSWERS = {'alert': wire.record(21, b'\2\x46'), 'ServerHello': wire.server_hello() + wire.SERVER_DONE}
PORTS = ('--ports', '110=pop3,143=imap,993=imaps,587=smtp')


def of_client(port, sequence, acknowledgement, flags, text=b''):
    return wire.tcp(VICTIM, wire.SERVER, (40000, port), sequence, acknowledgement, flags, text)


def of_server(port, sequence, acknowledgement, flags, text=b''):
    return wire.tcp(wire.SERVER, VICTIM, (port, 40000), sequence, acknowledgement, flags, text)


def pieces(port, text, size):
    return [of_client(port, AT + at, GUESS, DATA, text[at:at + size]) for at in range(0, len(text), size)]


def as_client(port, text):
    """What is sent in a client's name, and what comes of it."""
    syn, said = of_client(port, AT - 1, 0, SYN), of_client(port, AT, GUESS, DATA, text)
    third, syn_ack = of_client(port, AT, GUESS, ACK), of_server(port, REAL, AT, SYN | ACK)
    reset, challenge = of_server(port, GUESS, 0, RST), of_server(port, REAL, 123_456_789, ACK)
    yield from ([said], [said, said], [syn, said], [syn, third, said], pieces(port, text, 20), [said, reset], [said, challenge], [said, challenge] * 3)
    yield [syn, said, of_client(port, AT + len(text), GUESS, FIN | ACK)]
    yield [syn, said, of_client(port, AT + len(text), GUESS, RST)]
    yield [said, of_server(port, GUESS, AT + len(text), RST | ACK)]
    yield from ([syn, syn_ack, said, reset], [said, syn, syn_ack, reset], [syn, said, syn_ack, syn_ack, syn_ack, reset])
    yield [syn, syn_ack, of_client(port, AT, 0, RST), said, said, reset, reset] # the host whose address it is resets
    yield from ([of_client(port, AT - 1, 0, SYN, text)], [of_client(port, AT - 1, 0, SYN, text), syn_ack])
    yield [said, of_server(port, 123_456_789, 987_654_321, DATA, ANSWERS['ServerHello'])]


def as_server(port, text):
    said, reset = of_server(port, AT, GUESS, DATA, text), of_client(port, GUESS, 0, RST)
    syn_ack = of_server(port, AT - 1, GUESS, SYN | ACK)
    yield from ([said], [said, reset], [syn_ack, said], [syn_ack, reset, said, reset], [said, of_server(port, AT + len(text), GUESS, FIN | ACK)])


def all_forged():
    for port, before in BEFORE.items():
        for hello in HELLOS.values():
            yield from as_client(port, before + hello)
    for port, login in LOGINS.items():
        yield from as_client(port, login)
    for answer in ANSWERS.values():
        yield from as_server(993, answer)


def honest():
    """One side alone, whose acknowledgements move; and both, of a connection that goes no further than the hello."""
    for port, before in BEFORE.items():
        text = before + HELLOS['TLS 1.0']
        yield [of_client(port, AT - 1, 0, SYN), of_client(port, AT, GUESS, DATA, text), of_client(port, AT + len(text), GUESS + 9, ACK)]
        yield [of_client(port, AT - 1, 0, SYN), of_server(port, GUESS - 1, AT, SYN | ACK), of_client(port, AT, GUESS, DATA, text)]
        yield [of_client(port, AT, GUESS, DATA, text), of_server(port, GUESS, AT + len(text), ACK)]
    yield [of_server(993, AT - 1, GUESS, SYN | ACK), of_server(993, AT, GUESS + 90, DATA, ANSWERS['ServerHello'])]


def in_ipv6(frame):
    addresses = [struct.pack('>HH12s', 0x2001, 0xdb8, bytes(8) + frame[at:at + 4]) for at in (26, 30)]
    return frame[:12] + b'\x86\xdd' + struct.pack('>IHBB', 0x60000000, len(frame) - 34, 6, 64) + b''.join(addresses) + frame[34:]


def in_vlan(frame):
    return frame[:12] + b'\x81\0\0\x0a' + frame[12:]


WRAPPINGS = {'as it is': list, 'doubled': lambda frames: [frame for frame in frames for _ in (0, 1)], 'reversed': lambda frames: frames[::-1],
             'shuffled': lambda frames: random.Random(len(frames)).sample(frames, len(frames)),
             'IPv6': lambda frames: list(map(in_ipv6, frames)), 'VLAN': lambda frames: list(map(in_vlan, frames))}


def wrong_of(program, folder, kind, wrap, is_honest):
    """Sessions that count and should not, or the other way round."""
    names = {}
    for number, frames in enumerate(honest() if is_honest else all_forged()):
        names[wire.write(os.path.join(folder, f'{number}.pcap'), wrap(list(frames)))] = number
    events = read_events(program, list(names), *PORTS)
    wrong = [event for event in events if event.get('lasthello.unconfirmed', False) == is_honest]
    for event in wrong[:5]:
        print(f'FAIL {kind}, {"honest" if is_honest else "forged"}: {event}')
    if is_honest and len(events) != len(names):
        print(f'FAIL {kind}: {len(events)} honest sessions of {len(names)}')
    return len(names), len(wrong) + (is_honest and len(events) != len(names))


def main(program):
    tried = failed = 0
    for kind, wrap in WRAPPINGS.items():
        for is_honest in (False, True):
            with tempfile.TemporaryDirectory() as folder:
                count, wrong = wrong_of(program, folder, kind, wrap, is_honest)
            tried, failed = tried + count, failed + wrong
    print(f'{tried} connections, {failed} wrong')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
