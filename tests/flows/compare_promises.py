#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What compare.py promises: a comparison that lets anything pass would make every capture's test worthless."""
import functools
import sys

import compare
from promises import try_all

HERE = dict(zip(compare.ENDPOINTS, ('10.1.0.1', 40001, '10.9.0.1', 143)))
THERE = HERE | {'source.port': 40002}

# promise, expected, events, how the first complaint begins; None: there is none
ROWS = (
    ('nothing is nothing', [], [], None),
    ('keys that are not named may be anything', [HERE | {'a': 1}], [HERE | {'a': 1, 'b': 2}], None),
    ('a value must be equal', [HERE | {'a': 1}], [HERE | {'a': 2}], 'different'),
    ('a list must be equal in order', [HERE | {'a': ['x', 'y']}], [HERE | {'a': ['y', 'x']}], 'different'),
    ('null is absent', [HERE | {'a': None}], [HERE], None),
    ('null is not present', [HERE | {'a': None}], [HERE | {'a': 1}], 'different'),
    ('a session must be there', [HERE], [], 'missing'),
    ('another connection does not do', [HERE], [THERE], 'missing'),
    ('no session may come on top', [], [HERE], 'surplus'),
    ('one expected session is one event', [HERE], [HERE, HERE], 'surplus'),
    ('one event is one session', [HERE, HERE], [HERE], 'missing'),
    ('a general row takes no event that a specific one needs',
     [HERE, HERE | {'a': 1}], [HERE | {'a': 1}, HERE | {'a': 2}], None),
)


def check(expected, events, start):
    found = list(compare.complaints(expected, events))
    assert not found if start is None else found and found[0].startswith(start), found


if __name__ == '__main__':
    sys.exit(try_all([(promise, functools.partial(check, *row)) for promise, *row in ROWS]))
