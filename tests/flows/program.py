# SPDX-License-Identifier: BSD-2-Clause
"""The program under test, run as a user would; its events as a list."""
import json
import os
import subprocess
import sys
import tempfile

os.environ['LASTHELLO_CONF'] = ''  # not what this machine is set to


def run(program, *arguments, timeout=300, check=True, **options):
    done = subprocess.run([program, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=timeout, **options)
    if check and done.returncode != 0:
        sys.exit(f'{program} {" ".join(map(str, arguments))}: exit {done.returncode}\n{done.stderr.decode()}')
    return done


def read_events(program, paths, *options, inventory=None, check=True):
    """All events of `lasthello read` over the paths."""
    with tempfile.TemporaryDirectory() as folder:
        inventory = inventory or os.path.join(folder, 'inventory.db')
        done = run(program, 'read', '-o', inventory, '--events', '-', *options, *paths, check=check)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def captures(pcaps):
    """The capture of each folder of pcaps/."""
    for name in sorted(os.listdir(pcaps)):
        folder = os.path.join(pcaps, name)
        files = [f for f in sorted(os.listdir(folder)) if f.startswith('capture')] if os.path.isdir(folder) else []
        if files:
            yield name, [os.path.join(folder, f) for f in files]
