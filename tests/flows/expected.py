#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""expected.py PROGRAM PCAPS: every capture gives the sessions that its maker knows of, and no others."""
import os
import subprocess
import sys
import tempfile

from program import captures, run

COMPARE = os.path.join(os.path.dirname(__file__), 'compare.py')


def check_capture(program, name, files, folder):
    expected = os.path.join(os.path.dirname(files[0]), 'expected.jsonl')
    events = os.path.join(folder, name + '.jsonl')
    options = os.path.join(os.path.dirname(files[0]), 'options')
    run(program, 'read', *(open(options).read().split() if os.path.exists(options) else []),
        '-o', os.path.join(folder, name + '.db'), '--events', events,
        os.path.dirname(files[0]) if len(files) > 1 else files[0])
    done = subprocess.run([sys.executable, COMPARE, expected, events], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print('ok  ' if done.returncode == 0 else 'FAIL', name)
    if done.returncode != 0:
        print(done.stdout.decode())
    return done.returncode == 0


def main(program, pcaps):
    with tempfile.TemporaryDirectory() as folder:
        results = [check_capture(program, name, files, folder) for name, files in captures(pcaps)]
    print(f'{sum(results)} passed, {len(results) - sum(results)} failed')
    return 0 if results and all(results) else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2]))
