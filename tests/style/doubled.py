#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""doubled.py ROOT: no table of the code has two rows of one name: whoever looks a name up finds the first, and the second says
nothing to anybody."""
import collections
import glob
import os
import re
import sys

PLACES = ('src/**/*.[ch]', 'dissectors/*.[ch]', 'include/lasthello/*.h')
TABLE = re.compile(r'^( *)[\w *]*\b(\w+)\[[^]\n]*\] = \{\n(.*?)^\1\};', re.MULTILINE | re.DOTALL)
# a row's first text: {"name", {.name = "name", {KIND, "name"
NAME = r'^{indent}    \{{(?:\.\w+ = )?(?:[A-Z]\w*, )?"([^"\n]*)"'


def doubled_of(path):
    with open(path, encoding='utf-8') as file:
        text = file.read()
    for indent, table, rows in TABLE.findall(text):
        names = re.findall(NAME.format(indent=indent), rows, re.MULTILINE)
        yield table, names, [name for name, count in collections.Counter(names).items() if count > 1]


def main(root):
    tables, failed = 0, False
    for path in sorted(path for place in PLACES for path in glob.glob(os.path.join(root, place), recursive=True)):
        for table, names, doubled in doubled_of(path):
            tables += len(names) > 1
            failed |= bool(doubled)
            for name in doubled:
                print(f'{os.path.relpath(path, root)}: {table} has several rows of "{name}"')
    if tables < 30:
        print(f'only {tables} tables were found: are they written in another way now?')
    return failed or tables < 30


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
