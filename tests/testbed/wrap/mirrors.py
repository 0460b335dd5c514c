# SPDX-License-Identifier: BSD-2-Clause
"""Mirrors of several ports: the same packet more than once, by other ways, in another order."""
import random

from . import files
from .bases import packets_of
from .links import CARRIER, SAME
from .packets import ethernet, frame, network, vlan
from .recipes import recipe, wrapped

ROUTER = bytes.fromhex('02005e0000f1' '02005e0000f2')
LATER_NS = 3000
PLACES = 4  # a packet moves by less than so many


def with_copies(segments, first, second):
    """Each packet twice."""
    packets = []
    for segment in segments:
        packets.append(files.Packet(segment.time_ns, first(segment)))
        packets.append(files.Packet(segment.time_ns + LATER_NS, second(segment)))
    return packets


def tagged(number):
    return lambda segment: ethernet(segment.macs, vlan(number, network(segment)))


def routed(segment):
    """Behind a router: other stations, one hop less, another VLAN."""
    return ethernet(ROUTER, vlan(200, network(segment.but(ttl=segment.ttl - 1))))


@recipe('imaps')
def mirror_two_vlans(base):
    """Two ports of one switch are mirrored: each packet is seen as it enters and as it leaves, in VLAN 100 and
    VLAN 200.

    Expected: one session, with the VLAN of the first copy, which is the lower number as well. The second copies
    are duplicates: no retransmission trouble, no session."""
    packets = with_copies(base.segments, tagged(100), tagged(200))
    return files.pcap(packets), [base.whole(**base.macs(), network__vlan__id='100')]


@recipe('imaps')
def mirror_before_and_after_routing(base):
    """The mirror shows each packet before and after a router: other stations, another VLAN, a smaller TTL.

    Expected: one session, by one of the two ways: the first copy's, which has the lower numbers as well."""
    packets = with_copies(base.segments, tagged(100), routed)
    return files.pcap(packets), [base.whole(**base.macs(), network__vlan__id='100')]


@recipe('starttls')
def mirror_copies_late(base):
    """The second copies of all packets come after the first copies of all packets: two buffers were written one
    after the other.

    Expected: one session; a second SYN with the same number is no new connection."""
    copies = [files.Packet(s.time_ns + LATER_NS, routed(s)) for s in base.segments]
    return files.pcap(packets_of(base.segments) + copies), [base.whole(**base.macs())]


def shuffled(packets, seed):
    """Each moves by less than PLACES; times stay with the places, as a mirror would stamp them."""
    order = random.Random(seed)
    keys = sorted(range(len(packets)), key=lambda i: i + order.uniform(0, PLACES))
    return [files.Packet(place.time_ns, packets[i].data) for place, i in zip(packets, keys)]


@recipe('starttls')
def mirror_shuffled(base):
    """A mirror with several queues lets packets out in another order: each moves by less than four places.

    Expected: the session of the original, STARTTLS included, where the order of the two sides matters."""
    return files.pcap(shuffled(packets_of(base.segments), 'shuffled')), [base.whole()]


@recipe('imaps')
def mirror_doubled_and_shuffled(base):
    """Two ports are mirrored, and the copies are let out in another order.

    Expected: one session, as of the original."""
    doubled = with_copies(base.segments, frame, frame)
    return files.pcap(shuffled(doubled, 'doubled')), [base.whole(**base.macs())]


wrapped('mirror-other-stations', 'imaps', f"""The two directions pass by different routers: requests and answers
        have unrelated stations.

        {SAME}stations are no part of what makes a connection.""",
        lambda s: ethernet(s.macs if s.from_client else CARRIER, network(s)))
