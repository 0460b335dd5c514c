# SPDX-License-Identifier: BSD-2-Clause
"""TCP: what is lost, repeated, contradicted, probed, kept alive, reused, and said where it is not expected."""
from . import files
from .bases import packets_of
from .conversation import Talk, distance, record, renumbered, replaced, split, split_all, turned
from .links import SAME
from .packets import ACK, FIN, PSH, RST, SYN
from .recipes import add, recipe

PROTOCOL_VERSION, DECODE_ERROR = 70, 50


def same(name, role, text, change):
    """The base's segments changed in a way that must change nothing."""
    def make(base):
        return files.pcap(packets_of(change(base))), [base.whole()]
    add(name, role, f"""{text}

        {SAME[:-2]}.""", make)


def without(base, at):
    return files.pcap(packets_of(base.segments[:at] + base.segments[at + 1:]))


def inserted(segments, at, *others):
    return segments[:at] + list(others) + segments[at:]


# ---- lost --------------------------------------------------------------------------------------------------

same('tcp-lost-syn', 'imaps',
     'The capture missed both SYNs: where the stream begins is known from its first bytes only.',
     lambda base: [s for s in base.segments if not s.flags & SYN])


@recipe('imaps')
def tcp_lost_client_hello(base):
    """The segment with the ClientHello was not captured; the server acknowledges it.

    Expected: the ServerHello tells the version, and protected records of both sides follow: `established`. What
    was offered is not known, so that nobody can be blamed by name."""
    return without(base, base.hello()), [base.offer_unseen()]


def lost_server_hello(base):
    return without(base, base.server_hello), [base.part(
        lasthello__negotiated=base.by_records, lasthello__evidence='records', lasthello__outcome='midstream',
        lasthello__offered_max=base.offered, lasthello__cause=base.expected.get('lasthello.cause'))]


LOST_SERVER_HELLO = """The segment with the ServerHello was not captured; the client acknowledges it.

        Expected: never a guess from the hello. The records after the gap chain, and their headers tell the
        version: `{}` by `records`. What the client offered is known."""
add('tcp-lost-server-hello', 'imaps', LOST_SERVER_HELLO.format('TLS 1.0'), lost_server_hello)
add('tcp-lost-server-hello-tls13', 'modern',
    LOST_SERVER_HELLO.format('TLS 1.2+') + ' 1.3 writes 0303 there, as 1.2 does.',
    lost_server_hello)


def server_data(base):
    return next(i for i, s in enumerate(base.segments)
                if i > base.after_handshake() and not s.from_client and s.payload)


same('tcp-lost-server-data', 'imaps',
     'A segment of the server was lost after the handshake, among protected records.',
     lambda base: replaced(base.segments, server_data(base)))


# ---- said twice, and differently ---------------------------------------------------------------------------

def forged(segment):
    """The hello's version and its record's say TLS 1.2 (RFC 5246 7.4.1.3)."""
    payload = segment.payload
    return payload[:1] + b'\x03\x03' + payload[3:9] + b'\x03\x03' + payload[11:]


def later(segment):
    return segment.but(time_ns=segment.time_ns + 2000)


def contradicted_hello(base):
    hello = base.segments[base.server_hello]
    again = hello.but(payload=forged(hello), time_ns=hello.time_ns + 1000)
    return inserted(base.segments, base.server_hello + 1, again)


def contradicted_halves(base):
    """First 60 bytes, then junk over the first 50 and beyond them the truth, then all of it forged."""
    hello = base.segments[base.server_hello]
    halves = split(hello, 60)
    over = hello.but(payload=bytes(50) + hello.payload[50:60] + hello.payload[60:120], time_ns=hello.time_ns + 500)
    again = hello.but(payload=forged(hello), time_ns=hello.time_ns + 2000)
    return replaced(base.segments, base.server_hello, halves[0], over, again, halves[1])


same('tcp-overlap-disagrees', 'imaps',
     'The ServerHello comes a second time and says TLS 1.2: a retransmission never changes what was '
     'said. The first copy wins.', contradicted_hello)
same('tcp-overlap-disagrees-in-part', 'imaps',
     'Segments overlap in part, and disagree where bytes were seen before; the first copy of '
     'each byte wins, and new bytes are used.', contradicted_halves)
same('tcp-retransmissions', 'imaps',
     'Each segment with payload comes a second time, as where acknowledgements are lost.',
     lambda base: [copy for s in base.segments for copy in ([s, later(s)] if s.payload else [s])])
same('tcp-small-segments', 'starttls',
     'No segment holds more than seven bytes: lines, record headers and messages are all cut.',
     lambda base: split_all(base.segments, 7))


# ---- probes ------------------------------------------------------------------------------------------------

def keep_alives(base):
    """RFC 9293 3.8.4: one byte before the window, of any content; once before the first payload, once before
    the ServerHello."""
    out = []
    for i, segment in enumerate(base.segments):
        if i in (base.hello(), base.server_hello):
            sender = next(s for s in base.segments[i - 1::-1] if s.from_client)
            probe = sender.but(sequence=sender.end - 1, payload=b'\x2a', flags=ACK, time_ns=segment.time_ns - 2000)
            out += [probe, turned(probe).but(acknowledgement=sender.end, time_ns=segment.time_ns - 1000)]
        out.append(segment)
    return out


def zero_window(base):
    """The server closes its window; the client probes with the first byte of what it wants to say, twice, then
    sends it all."""
    hello = base.segments[base.hello()]
    probe = hello.but(payload=hello.payload[:1], flags=ACK)
    shut = turned(probe, window=0).but(acknowledgement=hello.sequence)
    sequence = [shut, probe, shut, probe, shut.but(window=64000), hello]
    timed = [s.but(time_ns=hello.time_ns + 100 * i) for i, s in enumerate(sequence)]
    return replaced(base.segments, base.hello(), *timed)


same('tcp-keep-alive-garbage', 'imaps',
     'Keep-alives with a garbage byte, as some stacks send them, one byte before what comes next.',
     keep_alives)
same('tcp-zero-window-probe', 'imaps',
     'The server has no window; the client probes with one byte of its hello.', zero_window)


# ---- flags with data, and numbers ----------------------------------------------------------------------------

def syn_with_data(base):
    syn, answer = base.segments[0], base.segments[1]
    hello = base.segments[base.hello()]
    rest = [s for i, s in enumerate(base.segments) if i > 1 and i != base.hello()]
    return [syn.but(payload=hello.payload), answer.but(acknowledgement=hello.end)] + \
        [s.but(sequence=hello.end) if s.from_client and s.sequence == hello.sequence else s for s in rest]


def fin_with_data(base):
    """Each side's last payload and its FIN in one segment."""
    segments = list(base.segments)
    for side in (True, False):
        fin = next(s for s in segments if s.from_client == side and s.flags & FIN)
        last = next(i for i in range(len(segments) - 1, 0, -1)
                    if segments[i].from_client == side and segments[i].payload and segments[i].end == fin.sequence)
        segments[last] = segments[last].but(flags=segments[last].flags | FIN)
        segments.remove(fin)
    return segments


def wrapping(base):
    """Both sides' numbers pass 2^32 in the middle of the hellos."""
    firsts = []
    for begun, at in zip(base.segments, (base.hello(), base.server_hello)):
        hello = base.segments[at]
        firsts.append(-(distance(hello.sequence, begun.sequence) + len(hello.payload) // 2))
    return renumbered(base.segments, *firsts)


def stray_rst(base):
    """Three resets far outside of the window, as if of the server: RFC 9293 3.10.7.4 drops them (RFC 5961 3)."""
    hello = base.segments[base.hello()]
    reset = turned(hello).but(flags=RST)
    strays = [reset.but(sequence=reset.sequence + distance_, time_ns=hello.time_ns + 1000) for distance_ in
              (0x20000000, 0x7FFFFFFF, -100000)]
    return inserted(base.segments, base.hello() + 1, *strays)


def data_after_fin(base):
    """The server goes on beyond its own FIN, with what looks like a handshake."""
    fin = next(i for i, s in enumerate(base.segments) if not s.from_client and s.flags & FIN)
    late = base.segments[fin].but(sequence=base.segments[fin].end, flags=PSH | ACK,
                                  payload=record(22, b'\x02' + bytes(80), 0x0303))
    return inserted(base.segments, fin + 1, late)


same('tcp-syn-with-data', 'imaps', 'The SYN carries the ClientHello (TCP Fast Open, RFC 7413).', syn_with_data)
same('tcp-fin-with-data', 'imaps', 'Each side\'s FIN comes with its last bytes.', fin_with_data)
same('tcp-sequence-wraps', 'imaps', 'The sequence numbers of both sides wrap around inside the hellos.', wrapping)
same('tcp-rst-out-of-window', 'imaps',
     'Resets that are far out of the window, between the hellos, end nothing.', stray_rst)
same('tcp-data-after-fin', 'imaps', 'Bytes that come after the server\'s FIN are nobody\'s.', data_after_fin)


# ---- one port, two sessions ----------------------------------------------------------------------------------

def moved_to(segments, ends, start_ns):
    """Another connection's packets between the ends of this one."""
    first, out = segments[0], []
    for s in segments:
        like = ends if s.from_client else turned(ends)
        out.append(s.but(time_ns=start_ns + s.time_ns - first.time_ns, macs=like.macs, source=like.source,
                         destination=like.destination, source_port=like.source_port,
                         destination_port=like.destination_port))
    return out


@recipe('imaps better')
def tcp_reused_port(base, better):
    """A client goes away without a word, and uses the same port again 90 seconds later with new sequence
    numbers: a new SYN, a new session, with a better version.

    Expected: two sessions between the same ends, each with its own version."""
    over = next(i for i, s in enumerate(base.segments) if s.flags & (FIN | RST))
    first = base.segments[:over]
    begun = base.segments[0]
    second = renumbered(better.segments, begun.sequence + 0x30000000, base.segments[1].sequence + 0x50000000)
    segments = first + moved_to(second, begun, first[-1].time_ns + 90 * 10**9)
    ends = {key: base.expected[key] for key in ('source.ip', 'source.port', 'destination.ip', 'destination.port')}
    return files.pcap(packets_of(segments)), [base.whole(), better.whole() | ends]


# ---- refused in an uncommon way ------------------------------------------------------------------------------

def refused(base, talk, **facts):
    return files.pcap(talk.packets()), [base.part(
        lasthello__outcome='refused', lasthello__negotiated=None, lasthello__offered_max=base.offered,
        lasthello__cause='client', **facts)]


@recipe('imaps')
def tcp_alert_with_fin(base):
    """The server's fatal alert shares a segment with its FIN.

    Expected: refused by the alert, not by the FIN that came with it; the client, which offered no more than TLS
    1.0, is to blame."""
    talk = Talk.like(base).open().client(base.segments[base.hello()].payload)
    talk.server(record(21, bytes([2, PROTOCOL_VERSION])), FIN | PSH | ACK).send(True, flags=FIN | ACK).send(False)
    return refused(base, talk, lasthello__refused_by='alert 70')


@recipe('imaps')
def tcp_alert_after_fin(base):
    """The server answers the ClientHello with a FIN and no alert, as Dovecot does; then it is the client that
    complains: decode_error.

    Expected: refused by `fin`. An alert after the other side has ended the connection explains nothing."""
    talk = Talk.like(base).open().client(base.segments[base.hello()].payload)
    talk.send(False, flags=FIN | ACK).client(record(21, bytes([2, DECODE_ERROR])))
    talk.send(True, flags=FIN | ACK).send(False)
    return refused(base, talk, lasthello__refused_by='fin')


@recipe('imaps')
def tcp_hello_then_rst(base):
    """The server answers the ClientHello with a reset.

    Expected: refused by `rst`."""
    talk = Talk.like(base).open().send(True, base.segments[base.hello()].payload, PSH | ACK)
    talk.send(False, flags=RST | ACK)
    return refused(base, talk, lasthello__refused_by='rst')
