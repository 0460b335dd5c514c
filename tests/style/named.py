#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""named.py ROOT: each file, folder and function that a page for people names is there: `src/flow/flow_table.c:flow_table_hear`, a
path from the top, or a file's name alone after one that gives its folder; and each name in `backticks` that is written as in code stands there.
Links lead to pages, and headings, that are there; dissectors/README.md names all dissectors."""
import glob
import os
import re
import sys

PAGES = ('README.md', 'CONTRIBUTING.md', 'docs/*.md', '*/README.md', 'tests/*/README.md')
TOPS = 'src|dissectors|include|tests|docs|data|bench|packaging|pcaps'
# a path in the text, not a part of a URL or of a path elsewhere on the machine, and what stands behind a colon
NAMED = re.compile(rf'(?<![\w/.~-])((?:{TOPS})/[\w./-]*\w|\w[\w-]*\.(?:c|h|sql|py|sh))(?::`?(\w+))?(?![\w*<{{/])')
# made by a build; a word for any name; the example of dissectors/README.md, a protocol that is still to be written
NOT_THERE = re.compile(r'(^|/)build[\w-]*\b|[A-Z]{3,}|\b(test_)?sieve\.c')
NAME = re.compile(r'`(?:struct |enum )?([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`')
LINK = re.compile(r'\]\(([^)#\s:]*)(?:#([^)\s]*))?\)')
CODE = ('.c', '.h', '.sql', '.py', '.sh', '.build', '.csv', '.js')


def words_of(files):
    """All that are written in code."""
    words = set()
    for path in (path for paths in files.values() for path in paths if path.endswith(CODE)):
        with open(path, encoding='utf-8', errors='replace') as file:
            words.update(re.findall(r'\w+', file.read()))
    return words


def files_of(root):
    found = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(('.git', 'build', '.'))]
        for name in names:
            found.setdefault(name, []).append(os.path.join(folder, name))
    return found


def says(path, function):
    with open(path, encoding='utf-8') as file:
        return re.search(rf'\b{function}\b', file.read()) is not None


def complaints(root, page, files, words):
    with open(page, encoding='utf-8') as file:
        text = file.read()
    for name in NAME.findall(text):
        if name not in words:
            yield f'{page}: no code has {name}'
    for named, function in NAMED.findall(text):
        if NOT_THERE.search(named):
            continue
        paths = [os.path.join(root, named)] if '/' in named else files.get(named, [])
        paths = [path for path in paths if os.path.exists(path) or os.path.exists(path + '.c')]  # a program's source
        if not paths:
            yield f'{page}: {named} is not there'
        elif function and os.path.isfile(paths[0]) and not function.isdigit() and not any(says(path, function) for path in paths):
            yield f'{page}: {named} does not have {function}'


def anchors_of(page):
    """As GitHub makes them of headings."""
    with open(page, encoding='utf-8') as file:
        headings = re.findall(r'^#+ (.*)$', file.read(), re.MULTILINE)
    return {re.sub(r'[^\w -]', '', heading.lower()).replace(' ', '-') for heading in headings}


def dead_links(page):
    with open(page, encoding='utf-8') as file:
        links = LINK.findall(file.read())
    for path, anchor in links:
        target = os.path.join(os.path.dirname(page), path) if path else page
        if not os.path.exists(target):
            yield f'{page}: {path} is not there'
        elif anchor and anchor not in anchors_of(target):
            yield f'{page}: {path} has no heading #{anchor}'


def unnamed_dissectors(root):
    page = os.path.join(root, 'dissectors', 'README.md')
    with open(page, encoding='utf-8') as file:
        text = file.read()
    for path in sorted(glob.glob(os.path.join(root, 'dissectors', '*.c'))):
        if f'`{os.path.basename(path)}`' not in text:
            yield f'{page}: {os.path.basename(path)} is not in the table'


def main(root):
    pages = sorted({page for pattern in PAGES for page in glob.glob(os.path.join(root, pattern)) if '/build' not in page})
    files = files_of(root)
    words = words_of(files)
    found = [complaint for page in pages for complaint in (*complaints(root, page, files, words), *dead_links(page))]
    found += unnamed_dissectors(root)
    print('\n'.join(found) or f'{len(pages)} pages name what is there')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else '.'))
