# SPDX-License-Identifier: BSD-2-Clause
"""What attackers and broken machines send: claims without end, garbage, floods."""
import random
import struct

from . import files
from .bases import CERTIFICATE, packets_of, stations
from .conversation import START_NS, Talk, message, record, records
from .packets import ACK, PSH, RST, SYN, Segment
from .recipes import recipe

HUGE = 0xFFFFFE  # the longest that a handshake message can claim to be, nearly


def gzipped(talk):
    return {'capture.pcap.gz': files.compressed('gz', files.pcap(talk.packets()))}


@recipe()
def hostile_half_hello(base=None):
    """A ClientHello that claims 16 MB and never ends: 40 KB of it come, in good records.

    Expected: a session without version and without offer: what is not whole says nothing. Memory is bounded."""
    begun = record(22, b'\1' + HUGE.to_bytes(3, 'big') + b'\3\1' + bytes(32))
    talk = Talk(993).open().client(begun + 5 * record(22, bytes(8192)))
    return gzipped(talk), [talk.facts(
        'imaps', lasthello__negotiated=None, lasthello__offered_max=None, lasthello__evidence='none')]


@recipe()
def hostile_record_lengths(base=None):
    """Both sides send record headers that claim 65,535 bytes, more than any record may have (2^14 + 2048).

    Expected: no version: this is not believed to be TLS."""
    talk = Talk(993).open().client(b'\x16\x03\x01\xff\xff\x01' + bytes(200))
    talk.server(b'\x17\x03\x03\xff\xff' + bytes(200)).close()
    return files.pcap(talk.packets()), [talk.facts('imaps', lasthello__negotiated=None, lasthello__offered_max=None)]


@recipe()
def hostile_endless_line(base=None):
    """The greeting of an IMAP server is a line of 100,000 bytes without end.

    Expected: a session without TLS. No more is kept of a line than is needed, and memory is bounded."""
    talk = Talk(143).open().server(b'* OK ' + b'A' * 100_000)
    return gzipped(talk), [talk.facts('imap', lasthello__negotiated=None, lasthello__login=None)]


@recipe('imaps')
def hostile_certificate_16mb(base):
    """After a true ServerHello the server begins a Certificate message that claims 16 MB; 20 KB of it come,
    then the client resets.

    Expected: the version of the ServerHello; `rejected`, for the client broke off after it; no certificate."""
    kind, version, fragment = next(records(base.segments[base.server_hello].payload))
    claim = bytes([CERTIFICATE]) + HUGE.to_bytes(3, 'big') + (HUGE - 3).to_bytes(3, 'big') + b'\x00\x40\x00'
    claim += bytes(10_000)
    talk = Talk.like(base).open().client(base.segments[base.hello()].payload)
    talk.server(record(kind, fragment, version) + record(22, claim, version) + record(22, bytes(10_000), version))
    talk.send(True, flags=RST | ACK)
    return gzipped(talk), [base.part(
        lasthello__negotiated=base.version, lasthello__evidence='handshake', lasthello__outcome='rejected',
        lasthello__offered_max=base.offered, tls__server__hash__sha256=None)]


@recipe()
def hostile_literals(base=None):
    """IMAP literals of 2^63 and of 2^64 + 9 bytes: a counter that wraps would believe that nine bytes follow,
    and take what comes after them for a command.

    Expected: two sessions without TLS; what stands in the literals is not followed."""
    talks = []
    for port, length in ((51001, 2**63), (51002, 2**64 + 9)):
        talk = Talk(143, client_port=port).open().server(b'* OK [CAPABILITY IMAP4rev1] ready\r\n')
        talk.client(b'a1 LOGIN {%d}\r\n' % length).server(b'+ go on\r\n').client(b'something a2 NOOP\r\n').close()
        talks.append(talk)
    packets = [packet for talk in talks for packet in talk.packets()]
    facts = {'lasthello__negotiated': None, 'lasthello__offered_max': None}
    return files.pcap(packets), [talk.facts('imap', **facts) for talk in talks]


@recipe()
def hostile_garbage(base=None):
    """Random bytes in both directions on port 993.

    Expected: `foreign`: neither mail nor TLS; no version."""
    source = random.Random('garbage on 993')
    talk = Talk(993).open()
    for _ in range(6):
        talk.client(b'\xf0' + source.randbytes(300)).server(b'\xf1' + source.randbytes(300))
    talk.close()
    return files.pcap(talk.packets()), [talk.facts('imaps', lasthello__negotiated=None, lasthello__outcome='foreign')]


@recipe('imaps')
def hostile_syns(base):
    """Before and amid a session stand 120 SYNs to its server and port from addresses that differ in few bits,
    as someone would send them who aims at a hash table.

    Expected: the one session. A SYN without payload is no session and leaves no state but a row in a table of
    fixed size."""
    packets, (server, port) = [], (base.segments[0].destination, base.expected['destination.port'])
    syns = [Segment(0, True, stations(True), bytes([198, 51, 100, i]), server, 1024 + 512 * i, port, i << 24, 0, SYN,
                    1024, b'', b'') for i in range(120)]
    for i, segment in enumerate(base.segments):
        share = syns[i * 120 // len(base.segments):(i + 1) * 120 // len(base.segments)]
        packets += packets_of([syn.but(time_ns=segment.time_ns - 100) for syn in share] + [segment])
    return files.pcap(packets), [base.whole()]


@recipe()
def hostile_half_hellos(base=None):
    """Thirty connections from thirty ports, each with the first hundred bytes of a ClientHello and nothing after.

    Expected: thirty sessions without version; the server never answered, the hellos are not whole."""
    source, packets, sessions = random.Random('half hellos'), [], []
    for i in range(30):
        talk = Talk(993, client_port=20000 + 7 * i, start_ns=START_NS + i * 10**7).open()
        hello = record(22, message(1, b'\x03\x01' + source.randbytes(510)))
        talk.send(True, hello[:100], PSH | ACK)
        packets += talk.packets()
        sessions.append(talk.facts(
            'imaps', lasthello__negotiated=None, lasthello__offered_max=None, lasthello__refused_by=None))
    return files.pcap(packets), sessions


@recipe('imaps')
def hostile_headers(base):
    """Headers that break their own lengths stand between the packets of a session: IPv4 and TCP header lengths
    below 20 bytes, a version that is not the ethertype's, total lengths that end inside the headers, an IPv6
    payload that is too long, empty and cut Ethernet frames.

    Expected: the session of the original; the others are counted as malformed."""
    good = packets_of(base.segments)
    frame_, wrong = good[base.hello()].data, []
    for at, values in ((14, b'\x40\x44\x4f\x05\x95\x65'), (46, b'\x00\x40')):  # version and IHL; data offset
        wrong += [frame_[:at] + bytes([value]) + frame_[at + 1:] for value in values]
    wrong += [frame_[:16] + struct.pack('>H', length) + frame_[18:] for length in (1, 19, 21, 39)]
    wrong += [frame_[:length] for length in (0, 1, 13, 14, 15, 33)]
    wrong.append(frame_[:12] + b'\x86\xdd\x60\0\0\0\xff\xff\x06\x40' + frame_[22:])
    packets = []
    for i, packet in enumerate(good):
        packets.append(packet)
        packets += [files.Packet(packet.time_ns, data) for data in wrong[i::len(good)]]
    return files.pcap(packets), [base.whole()]
