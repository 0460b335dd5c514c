#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""rewrap.py [--pcaps FOLDER] all | list | NAME...: makes captures that no device at hand can make, out of those
that real clients and servers made: their packets in other headers, cut, lost, doubled, in other file formats.
Each folder gets a capture, expected.jsonl and README.md. The same bases give the same bytes."""
import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from wrap import carriers, clocks, discovered, endings, fileformats, fragments  # noqa: E402,F401
from wrap import hellos, hostile, internet, links, mirrors, names, tcp, tunnels  # noqa: E402,F401
from wrap.bases import load  # noqa: E402
from wrap.recipes import RECIPES, cook  # noqa: E402

PCAPS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'pcaps')


def check_ours(folder):
    """A folder that the testbed made must not be replaced by one that happens to have its name."""
    readme = os.path.join(folder, 'README.md')
    if os.path.exists(readme):
        with open(readme, encoding='utf-8') as file:
            if 'rewrap.py' not in file.read():
                sys.exit(f'rewrap.py: {folder} was made by something else; give the recipe another name')


def write_folder(folder, contents):
    os.makedirs(folder, exist_ok=True)
    for old in set(os.listdir(folder)) - set(contents):
        os.remove(os.path.join(folder, old))
    for name, content in contents.items():
        with open(os.path.join(folder, name), 'wb') as file:
            file.write(content)


def make(names, pcaps, out):
    total = 0
    for name in names:
        recipe = RECIPES[name]
        contents = cook(recipe, [load(pcaps, role) for role in recipe.roles])
        check_ours(os.path.join(out, name))
        write_folder(os.path.join(out, name), contents)
        total += sum(map(len, contents.values()))
    print(f'{len(names)} captures, {total} bytes')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--pcaps', default=PCAPS, help='where the bases are (default: pcaps/ of this project)')
    parser.add_argument('--out', help='where the folders are written (default: as --pcaps)')
    parser.add_argument('names', nargs='+', metavar='NAME', help='"all", "list", or names of captures')
    arguments = parser.parse_args()
    if arguments.names == ['list']:
        print('\n'.join(sorted(RECIPES)))
        return
    names = sorted(RECIPES) if arguments.names == ['all'] else arguments.names
    unknown = [name for name in names if name not in RECIPES]
    if unknown:
        sys.exit(f'rewrap.py: no recipe is named {", ".join(unknown)}; "rewrap.py list" shows them')
    make(names, arguments.pcaps, arguments.out or arguments.pcaps)


if __name__ == '__main__':
    main()
