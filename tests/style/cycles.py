#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""tests/style/cycles.py BUILD: do files call each other in a circle? An arrow leads from a file of a room to the one that
defines what it calls, as the linker sees it. Largest circle: 1, or each is named and the exit status is 1."""
import collections
import glob
import os
import subprocess
import sys


def symbols(archive, defined):
    """(object, symbol) of a static library."""
    option = '--defined-only' if defined else '--undefined-only'
    listed = subprocess.run(['nm', '-A', '-g', option, archive], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        place, _, rest = line.rpartition(':')
        yield os.path.basename(place.rpartition(':')[2]).removesuffix('.o'), rest.split()[-1]


def arrows(archive):
    home = {symbol: name for name, symbol in symbols(archive, defined=True)}
    calls = collections.defaultdict(set)
    for name, symbol in symbols(archive, defined=False):
        if home.get(symbol, name) != name:
            calls[name].add(home[symbol])
    return calls


def reaches(calls, start):
    """All files that a file calls, directly or not."""
    seen, waiting = set(), list(calls[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += calls[name]
    return seen


def circles(calls):
    reached = {name: reaches(calls, name) for name in list(calls)}
    found = {frozenset(other for other in reached[name] if name in reached.get(other, ())) for name in reached if name in reached[name]}
    return sorted(sorted(circle) for circle in found)


def main():
    build = sys.argv[1]
    archives = sorted(glob.glob(os.path.join(build, 'src', '*', 'lib*.a')) + glob.glob(os.path.join(build, 'dissectors', 'lib*.a')))
    bad = 0
    for archive in archives:
        for circle in circles(arrows(archive)):
            bad += 1
            print(f'{os.path.basename(archive)}: these call each other in a circle: {", ".join(circle)}')
    print(f'{len(archives)} rooms, {bad} circles')
    return 1 if bad or not archives else 0


if __name__ == '__main__':
    sys.exit(main())
