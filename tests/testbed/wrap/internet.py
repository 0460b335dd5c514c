# SPDX-License-Identifier: BSD-2-Clause
"""IP: extension headers, options, padding, lengths and checksums that offloading leaves wrong, snapshot lengths."""
import struct

from . import files
from .bases import CERTIFICATE, SERVER_HELLO, packets_of
from .conversation import messages, records, rewritten, substitute, vector
from .links import SAME
from .packets import (ACK, DESTINATION, FRAGMENT_HEADER, HOP_BY_HOP, IPV4, IPV6, ROUTING, TCP, ethernet, frame,
                      ipv4, ipv6, tcp)
from .recipes import add, recipe, wrapped

TIMESTAMP_OPTION = b'\x44\x0c\x05\x00' + bytes(8)  # RFC 791 3.1
ROUTER_ALERT = b'\x94\x04\x00\x00'  # RFC 2113
FCS_LIKE_RECORD = b'\x15\x03\x01\x00\x02\x02\x28'  # a fatal alert, if it were payload


def v4(segment, **fields):
    packet = ipv4(segment.source, segment.destination, TCP, tcp(segment), ident=segment.ident, **fields)
    return ethernet(segment.macs, (IPV4, packet))


def v6(segment, next_header, headers):
    packet = ipv6(segment.source, segment.destination, next_header, headers + tcp(segment))
    return ethernet(segment.macs, (IPV6, packet))


def extension(next_header, body=bytes(6)):
    """Hop-by-hop or destination options: next header, length in eights less one, padding."""
    return struct.pack('>BB', next_header, (len(body) + 2) // 8 - 1) + body


PADDING = b'\x01\x04' + bytes(4)  # PadN
ROUTING_SEGMENTS_LEFT_0 = extension(DESTINATION, b'\x04\x00' + bytes(4) + bytes(16))


def all_extensions(segment):
    return v6(segment, HOP_BY_HOP, extension(ROUTING, PADDING) + ROUTING_SEGMENTS_LEFT_0 + extension(TCP, PADDING))


def atomic_fragment(segment):
    return v6(segment, FRAGMENT_HEADER, struct.pack('>BBHI', TCP, 0, 0, 0xABCD0123))


def padded_frame(segment):
    return (frame(segment) + b'\x16\x03\x01\x00\x02' * 13)[:max(64, len(frame(segment)))]


def length_beyond_frame(segment):
    return v4(segment, total_length=4136) if not segment.payload else frame(segment)


def padding_counted(segment):
    """46 bytes of IP: what a card fills the smallest frame with, counted as if it were sent."""
    return frame(segment.but(options=b'', payload=bytes(6)) if is_bare_ack(segment) else segment)


def is_bare_ack(segment):
    return segment.flags == ACK and not segment.payload


ROWS = (  # name, role, why, wrapping
    ('internet-length-beyond-frame', 'imaps',
     'The IP header of each segment without payload, SYN and SYN-ACK among them, claims 4,136 bytes, and the frame '
     'ends after the TCP header. The snapshot length cut nothing, so that nothing is missing.', length_beyond_frame),
    ('internet-padding-counted', 'imaps',
     'The padding of the smallest Ethernet frame, six zeros, is counted into the IP length of each bare '
     'acknowledgement. It is no payload, and must not stand in the place of the hellos.', padding_counted),
    ('internet-options', 'imaps', 'IPv4 options: a header of more than 20 bytes.',
     lambda s: v4(s, options=TIMESTAMP_OPTION + ROUTER_ALERT)),
    ('internet-extension-headers', 'imaps6',
     'IPv6 with hop-by-hop options, a routing header and destination options before TCP '
     '(RFC 8200 4.1).', all_extensions),
    ('internet-atomic-fragments', 'imaps6',
     'IPv6 packets with a fragment header that are no fragments (RFC 6946): offset 0, no more. '
     'All have the same identification, and must not wait for each other.', atomic_fragment),
    ('internet-padding', 'imaps',
     'Short frames are padded to 60 bytes (here 64), and not always with zeros: the padding comes after the '
     'end that the IP header tells and is no payload.', padded_frame),
    ('internet-trailer', 'imaps',
     'Taps and switches append trailers: a checksum, a time, a port number. Here one looks like a fatal '
     'alert of TLS.', lambda s: frame(s) + FCS_LIKE_RECORD),
    ('internet-wrong-checksums', 'imaps',
     'The network card fills in checksums after the mirror: both are wrong in every packet.',
     lambda s: ethernet(s.macs, (IPV4, ipv4(s.source, s.destination, TCP, tcp(s, True), wrong_checksum=True)))),
    ('internet-total-length-0', 'imaps',
     'A packet captured before segmentation offload: IPv4 total length 0, its end is the '
     "frame's end.", lambda s: v4(s, total_length=0)),
)
for name, role, why, wrap in ROWS:
    wrapped(name, role, f"""{why}

            {SAME[:-2]}.""", wrap)


# ---- one segment as long as IP allows -------------------------------------------------------------------------

CHAIN_LEN = 50_000
CERTIFICATE_STATUS = 22  # RFC 6066 8


def long_chain(body):
    """More certificates after the server's own: noise in the clothes of DER."""
    return vector(body[3:] + vector(b'\x30\x82' + bytes(1500), 3) * (CHAIN_LEN // 1505), 3)


def super_segments(base):
    """The base with a chain of certificates and a status so long that the server's flight fills one IPv4 packet."""
    at = base.server_hello
    flight = base.segments[at].payload

    def longer(pairs, status_len=0):
        out = [(kind, long_chain(body) if kind == CERTIFICATE else body) for kind, body in pairs]
        return out[:2] + [(CERTIFICATE_STATUS, bytes(status_len))] + out[2:]

    payload_max = 65535 - 20 - 20 - len(base.segments[at].options)
    missing = payload_max - len(rewritten(flight, longer))
    return substitute(base.segments, at, rewritten(flight, lambda pairs: longer(pairs, missing)))


def super_recipe(name, why, total_length):
    def make(base):
        segments = super_segments(base)
        data = files.pcap(packets_of(segments, lambda s: v4(s, total_length=total_length)))
        return {'capture.pcap.xz': files.compressed('xz', data)}, [base.whole()]
    add(name, 'imaps', f"""{why} The server's chain of certificates was lengthened for it, and a
        status was added; its own certificate is the first.

        {SAME}certificate included.""", make)


super_recipe('internet-super-segment',
             'Receive offload joins segments: one IPv4 packet of 65,535 bytes, the longest there is.', None)
super_recipe('internet-super-segment-length-0',
             'Segmentation offload leaves the total length of a packet of 64 KiB unset: 0.', 0)


# ---- snapshot lengths -----------------------------------------------------------------------------------------

def seen_of(segment, snaplen):
    """Bytes of payload that a snapshot length leaves of an IPv4 frame."""
    return segment.payload[:max(0, snaplen - 14 - 20 - 20 - len(segment.options))]


def sees_hello(segment, kind, snaplen):
    """Is the first message, the hello, whole?"""
    payload = seen_of(segment, snaplen)
    length = struct.unpack('>H', segment.payload[3:5])[0]
    whole = list(records(payload)) or [(22, 0, payload[5:5 + length])]
    return any(number == kind and len(body) >= int.from_bytes(whole[0][2][1:4], 'big')
               for number, body in messages(whole[0][2]))


def snapped(segments, snaplen):
    return files.pcap([packet.cut(snaplen) for packet in packets_of(segments)], snaplen=snaplen)


@recipe('imaps')
def internet_snaplen_64(base):
    """Captured with `-s 64`: the frame is cut inside the options of the TCP header, and nothing of any payload
    was captured.

    Expected: a session that is known to have been, without version: what was not seen is never safe."""
    return snapped(base.segments, 64), [base.part(
        lasthello__negotiated=None, lasthello__offered_max=None, lasthello__evidence='none',
        lasthello__outcome='midstream')]


def barely_recipe(name, role, snaplen):
    def make(base):
        return snapped(base.segments, snaplen), [base.part(
            lasthello__negotiated=None, lasthello__offered_max=None, lasthello__evidence='none',
            lasthello__outcome='midstream')]
    add(name, role, f"""Captured with `-s {snaplen}`, near what was the default of old: the headers are whole, and {snaplen - 66}
        bytes are left of each payload.

        Expected: bytes that were cut prove nothing about what they were. `midstream` without evidence: not captured is
        not the same as no TLS.""", make)


for length in (66, 68, 71):
    barely_recipe(f'internet-snaplen-{length}', 'imaps', length)
barely_recipe('internet-snaplen-68-starttls', 'starttls', 68)


def snap_recipe(snaplen):
    def make(base):
        client, server = base.segments[base.hello()], base.segments[base.server_hello]
        facts = {}
        if sees_hello(server, SERVER_HELLO, snaplen):
            facts |= {'lasthello__negotiated': base.version, 'lasthello__evidence': 'handshake'}
        facts['lasthello__offered_max'] = base.offered if sees_hello(client, 1, snaplen) else None
        return snapped(base.segments, snaplen), [base.part(**facts, tls__server__hash__sha256=None)]
    add(f'internet-snaplen-{snaplen}', 'imaps', f"""Captured with `-s {snaplen}`: headers are whole, messages
        are cut.

        Expected: what is whole within {snaplen} bytes of frame. A hello that is cut says nothing, a ServerHello
        that is whole gives the version, the certificate behind it is cut and unknown. The outcome is not
        promised.""", make)


snap_recipe(96)
snap_recipe(200)


@recipe('imaps')
def internet_snaplen_1500(base):
    """Captured with `-s 1500` where offload joins segments: the server's flight of 64 KiB is cut after its
    first 1,434 bytes.

    Expected: hellos and version as in the original; the Certificate message is cut, so the certificate is
    unknown."""
    segments = super_segments(base)
    return snapped(segments, 1500), [base.part(
        lasthello__negotiated=base.version, lasthello__evidence='handshake', lasthello__offered_max=base.offered,
        lasthello__cause=base.expected.get('lasthello.cause'), tls__server__hash__sha256=None)]
