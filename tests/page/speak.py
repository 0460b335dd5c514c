#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""speak.py FIRST COUNT: sessions of so many clients, in TLS 1.0 over imaps, into the mirror port of the network namespace that this runs
in: 10.64.0.FIRST and so on."""
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'testbed'), os.path.join(HERE, '..', 'flows')]

import wire  # noqa: E402
import wires  # noqa: E402

first, count = map(int, sys.argv[1:])
with wires.sending() as send:
    for number in range(first, first + count):
        for frame in wire.session(wire.Connection(wire.address(number))):
            send(frame)
