# SPDX-License-Identifier: BSD-2-Clause
"""Capture files in every shape: byte orders, resolutions, interfaces, sections, compression, rotation; and what
nobody knows."""
import struct

from . import files
from .bases import packets_of
from .files import Interface, Packet, block, enhanced, interface_block, obsolete, option, pcap, pcapng, section, simple
from .links import CARRIER, SAME, cooked
from .packets import ethernet, frame, network
from .recipes import add, recipe

# 2026-03-04T05:06:07.125Z: a number of ticks in every resolution below
MOMENT_NS = 1_772_600_767_125_000_000
MOMENT = {'@timestamp': '2026-03-04T05:06:07.125000Z', 'event.end': '2026-03-04T05:06:07.125000Z'}
AT_ONE_MOMENT = 'All packets have the same time, so that what is expected does not hang on which packet counts.'


def at_one_moment(base):
    return packets_of([segment.but(time_ns=MOMENT_NS) for segment in base.segments])


def timed(name, role, why, write):
    """A file whose times must be read right."""
    def make(base):
        return write(at_one_moment(base)), [base.whole() | MOMENT]
    add(name, role, f"""{why} {AT_ONE_MOMENT}

        {SAME}`@timestamp` and `event.end` are that moment.""", make)


def resolution(**fields):
    return lambda packets: pcapng(packets, (Interface(**fields),))


TIMED = (
    ('file-pcap', 'The classic format: little-endian, microseconds.', pcap),
    ('file-pcap-nanoseconds',
     'The classic format with nanoseconds (magic a1b23c4d).', lambda p: pcap(p, nanoseconds=True)),
    ('file-pcap-big-endian', 'Written on a big-endian machine.', lambda p: pcap(p, order='>')),
    ('file-pcap-big-endian-nanoseconds', 'Written on a big-endian machine, with nanoseconds.',
     lambda p: pcap(p, order='>', nanoseconds=True)),
    ('file-pcapng', 'The newer format, as its defaults have it.', pcapng),
    ('file-pcapng-big-endian', 'pcapng of a big-endian machine.', lambda p: pcapng(p, order='>')),
    ('file-pcapng-tsresol-9', 'pcapng with `if_tsresol` 9: nanoseconds.', resolution(resolution=9)),
    ('file-pcapng-tsresol-3', 'pcapng with `if_tsresol` 3: milliseconds.', resolution(resolution=3)),
    ('file-pcapng-tsresol-1024th', 'pcapng with `if_tsresol` 2^-10: units of 1/1024 s.', resolution(resolution=0x8A)),
    ('file-pcapng-tsresol-binary',
     'pcapng with `if_tsresol` 2^-32, as network time has it.', resolution(resolution=0xA0)),
    ('file-pcapng-tsoffset',
     'pcapng with `if_tsoffset`: seconds to add to each time.', resolution(offset=1_700_000_000)),
    ('file-pcapng-obsolete-blocks', 'The Packet Block (type 2) that came before the Enhanced Packet Block.',
     lambda p: pcapng(p, packet_block=obsolete)),
)
for name, why, write in TIMED:
    timed(name, 'imaps', why, write)


@recipe('starttls')
def file_pcapng_simple_blocks(base):
    """Simple Packet Blocks have neither time nor interface.

    Expected: the session of the original; when it was is not known."""
    return pcapng(packets_of(base.segments), packet_block=simple), [base.whole()]


OTHER_BLOCKS = (
    (4, struct.pack('<HH', 1, 9) + b'\x0a\x00\x00\x01host\0\0\0\0' + bytes(4)),  # a name
    (5, struct.pack('<III', 0, 1, 2)),  # statistics
    (10, struct.pack('<II', 0x544C534B, 0)),  # secrets, none
    (0xBAD, struct.pack('<I', 32473) + b'custom data.'),
    (0x7FFF0001, bytes(32)),  # nobody's
)


@recipe('imaps')
def file_pcapng_other_blocks(base):
    """Blocks that carry no packets stand between those that do: names, statistics, decryption secrets, custom
    ones, and a type from the future. The section and the packets have options.

    Expected: the session of the original."""
    out = [section(options=option('<', 4, b'a program') + option('<', 0, b'')), interface_block('<', Interface())]
    for i, packet in enumerate(packets_of(base.segments)):
        out += [block('<', *OTHER_BLOCKS[i % len(OTHER_BLOCKS)]), commented(enhanced('<', Interface(), packet))]
    return b''.join(out), [base.whole()]


def commented(packet_block):
    """An Enhanced Packet Block with a comment after the packet."""
    return block('<', files.ENHANCED, packet_block[8:-4] + option('<', 1, b'seen') + option('<', 0, b''))


@recipe('imaps starttls')
def file_pcapng_interfaces(ethernet_base, raw_base):
    """One file with two interfaces that differ in link type, snapshot length and resolution of time, their
    packets mixed, as `dumpcap -i eth0 -i tun0` writes it. libpcap refuses such files.

    Expected: both sessions."""
    interfaces = (Interface(files.ETHERNET, 262144, 9), Interface(files.RAW, 65535))
    start = ethernet_base.segments[0].time_ns - raw_base.segments[0].time_ns
    moved = [s.but(time_ns=s.time_ns + start) for s in raw_base.segments]
    packets = packets_of(ethernet_base.segments) + packets_of(moved, lambda s: network(s)[1], 1)
    return pcapng(sorted(packets, key=lambda p: p.time_ns), interfaces), [ethernet_base.whole(), raw_base.whole()]


@recipe('starttls')
def file_pcapng_tap(base):
    """A tap has an interface for each direction; here they differ in link type (Ethernet, Linux cooked) and in
    resolution of time.

    Expected: one session, put together from both."""
    interfaces = (Interface(files.ETHERNET), Interface(files.SLL, 65535, 9))
    packets = [Packet(s.time_ns, frame(s)) if s.from_client else Packet(s.time_ns, cooked(s), None, 1)
               for s in base.segments]
    return pcapng(packets, interfaces), [base.whole()]


@recipe('imaps')
def file_pcapng_sections(base):
    """Two sections of different byte order, as `cat` of two files makes them. Numbers of interfaces begin anew
    in each; in the second the first interface has another link type. The connection goes on from one to the
    other.

    Expected: the session of the original."""
    half = base.server_hello
    first = pcapng(packets_of(base.segments[:half]))
    second = pcapng(packets_of(base.segments[half:], lambda s: network(s)[1]), (Interface(files.RAW, 65535),), '>')
    return first + second, [base.whole()]


# ---- compressed and rotated ----------------------------------------------------------------------------------

def compressed_recipe(kind, write, suffix):
    def make(base):
        return {f'capture.{suffix}.{kind}': files.compressed(kind, write(packets_of(base.segments)))}, [base.whole()]
    add(f'file-{kind}', 'imaps', f"""A capture compressed with {kind}, as rotation jobs leave it; read without
        unpacking.

        {SAME[:-2]}.""", make)


for kind, write, suffix in (('gz', pcap, 'pcap'), ('zst', pcapng, 'pcapng'), ('xz', pcap, 'pcap'),
                            ('lz4', pcapng, 'pcapng')):
    compressed_recipe(kind, write, suffix)


@recipe('starttls')
def file_rotated(base):
    """One capture in three files that continue each other; their names sort against their order in time, and
    they differ in format.

    Expected: one session: the files of a folder are read in the order of their first packets, over one table of
    connections."""
    cuts = [0, base.hello(), base.server_hello + 1, len(base.segments)]
    parts = [packets_of(base.segments[a:b]) for a, b in zip(cuts, cuts[1:])]
    return {'capture-c.pcapng': pcapng(parts[0]), 'capture-a.pcap': pcap(parts[1]),
            'capture-b.pcap.gz': files.compressed('gz', pcap(parts[2]))}, [base.whole()]


# ---- unknown -------------------------------------------------------------------------------------------------

@recipe('imaps')
def file_unknown_link_type(base):
    """A link type that nobody knows (147, for private use).

    Expected: nothing; the packets are counted under their link type, so that a zero is not believed."""
    return pcap(packets_of(base.segments), files.USER0), []


@recipe('imaps')
def file_unknown_ethertype(base):
    """Frames with an ethertype for local experiments (88b5) before the IP packet.

    Expected: nothing; the packets are counted under their ethertype."""
    return pcap(packets_of(base.segments, lambda s: ethernet(CARRIER, (0x88B5, network(s)[1])))), []
