#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""secrets.py PROGRAM PCAPS: no login name or password of the testbed is found in any inventory, event file or message, in clear or
as SASL would encode it; and they are in the captures, or the test would prove nothing."""
import base64
import os
import sys
import tempfile

from program import captures, run

HERE = os.path.dirname(os.path.abspath(__file__))


def needles():
    words = [w.strip() for w in open(os.path.join(HERE, '..', 'testbed', 'secrets.txt')) if w.strip() and not w.startswith('#')]
    encoded = {base64.b64encode(shift + w.encode())[4 if shift else 0:-4] for w in words for shift in (b'', b'\0\0\0')}
    return [w.encode() for w in words] + [e for e in encoded if len(e) > 6]


def main(program, pcaps):
    secrets, found, present = needles(), 0, 0
    files = [path for _, paths in captures(pcaps) for path in paths]
    present = sum(1 for path in files if any(s in open(path, 'rb').read() for s in secrets))
    with tempfile.TemporaryDirectory() as folder:
        done = run(program, 'read', '--discover', '-o', f'{folder}/i.db', '--events', f'{folder}/e.jsonl', *files, check=False)
        outputs = {name: open(f'{folder}/{name}', 'rb').read() for name in os.listdir(folder)}
    outputs['messages'] = done.stdout + done.stderr
    for name, content in outputs.items():
        for secret in secrets:
            if secret in content:
                found += 1
                print('FAIL', name, 'holds', secret)
    print(f'{present} captures hold a secret in clear; {len(outputs)} outputs searched, {found} findings')
    return 0 if present and not found and outputs['e.jsonl'] else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2]))
