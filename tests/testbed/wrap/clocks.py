# SPDX-License-Identifier: BSD-2-Clause
"""Times that no clock should show: backwards, years ahead, all the same."""
from . import files
from .bases import packets_of
from .recipes import recipe

YEAR_NS = 365 * 86400 * 10**9
MS_NS = 10**6


@recipe('starttls')
def clock_runs_backwards(base):
    """Each packet is stamped a millisecond before the one that came before it in the file.

    Expected: the session of the original, in the order of the file; time is never trusted to grow."""
    last = base.segments[-1].time_ns
    segments = [s.but(time_ns=last - i * MS_NS) for i, s in enumerate(base.segments)]
    return files.pcap(packets_of(segments)), [base.whole()]


@recipe('imaps')
def clock_jumps_for_one_packet(base):
    """A clock was wrong for a moment: the ServerHello is stamped three years ahead, what follows is right again.

    Expected: the session of the original: one packet's time ends no connection."""
    at = base.server_hello
    segments = [s.but(time_ns=s.time_ns + 3 * YEAR_NS) if i == at else s for i, s in enumerate(base.segments)]
    return files.pcap(packets_of(segments)), [base.whole()]


@recipe('imaps starttls')
def clock_jumps_years(base, later):
    """Two connections, and between them the clock is set: ten years ahead.

    Expected: both sessions."""
    start = base.segments[-1].time_ns + 10 * YEAR_NS
    moved = [s.but(time_ns=start + s.time_ns - later.segments[0].time_ns) for s in later.segments]
    return files.pcap(packets_of(base.segments + moved)), [base.whole(), later.whole()]


@recipe('imaps starttls')
def clock_is_set_back(base, later):
    """Two connections, and between them the clock is set back by ten years.

    Expected: both sessions."""
    start = base.segments[-1].time_ns - 10 * YEAR_NS
    moved = [s.but(time_ns=start + s.time_ns - later.segments[0].time_ns) for s in later.segments]
    return files.pcap(packets_of(base.segments + moved)), [base.whole(), later.whole()]


@recipe('imaps')
def clock_at_zero(base):
    """A sensor without a clock: every packet is stamped 1970-01-01 00:00:00.

    Expected: the session of the original."""
    return files.pcap(packets_of([s.but(time_ns=0) for s in base.segments])), [base.whole()]


@recipe('imaps6')
def clock_beyond_2038(base):
    """Times after 2038-01-19, where a signed number of 32 bits ends; pcap has unsigned ones.

    Expected: the session of the original, in the year 2040."""
    at = 2_208_988_800 * 10**9
    segments = [s.but(time_ns=at) for s in base.segments]
    return files.pcap(packets_of(segments)), [base.whole() | {'@timestamp': '2040-01-01T00:00:00.000000Z'}]

