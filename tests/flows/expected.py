#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""expected.py PROGRAM PCAPS [N]: every capture, or every Nth, gives the sessions that its maker knows of, and no others; and so
counts the last line of `read`."""
import json
import os
import re
import sys
import tempfile

from compare import complaints, read_lines
from program import captures, run


def is_counted(last_line, events):
    """too_new is a cause, too, but not of old TLS."""
    told = [json.loads(line) for line in open(events)]
    sessions = sum(event['lasthello.outcome'] != 'foreign' for event in told)
    old = sum(event.get('lasthello.cause', 'too_new') != 'too_new' for event in told)
    counted = re.search(r': ([0-9,]+) sessions?, ([0-9,]+) with TLS 1.1 or older', last_line)
    if counted is None:
        return sessions == 0 and 'no mail session was seen' in last_line
    return counted.groups() == (f'{sessions:,}', f'{old:,}')


def check_capture(program, name, files, folder):
    expected = os.path.join(os.path.dirname(files[0]), 'expected.jsonl')
    events = os.path.join(folder, name + '.jsonl')
    options = os.path.join(os.path.dirname(files[0]), 'options')
    read = run(program, 'read', *(open(options).read().split() if os.path.exists(options) else []),
        '-o', os.path.join(folder, name + '.db'), '--events', events,
        os.path.dirname(files[0]) if len(files) > 1 else files[0])
    wrong = list(complaints(read_lines(expected), read_lines(events)))
    is_right = not wrong and is_counted(read.stderr.decode(), events)
    print('ok  ' if is_right else 'FAIL', name)
    if not is_right:
        print('\n'.join(wrong), read.stderr.decode())
    return is_right


def main(program, pcaps, every=1):
    chosen = list(captures(pcaps))[::int(every)]
    with tempfile.TemporaryDirectory() as folder:
        results = [check_capture(program, name, files, folder) for name, files in chosen]
    print(f'{sum(results)} passed, {len(results) - sum(results)} failed')
    return 0 if results and all(results) else 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
