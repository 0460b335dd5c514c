# SPDX-License-Identifier: BSD-2-Clause
"""A recipe makes one folder of pcaps/: its name, the bases it is derived from, why it exists, and how it is made."""
import inspect
import json
import textwrap
from typing import Callable, NamedTuple

from . import files
from .bases import ROLES, packets_of


class Recipe(NamedTuple):
    name: str
    roles: tuple
    text: str  # of README.md: why, how, what is expected and on what grounds
    make: Callable  # bases -> (capture as bytes, or {file name: bytes}; [expected session])


RECIPES = {}


def add(name, roles, text, make):
    assert name not in RECIPES, name
    RECIPES[name] = Recipe(name, roles.split(), inspect.cleandoc(text), make)


def recipe(roles=''):
    """Registers a function under its name; its docstring is the README."""
    def register(make):
        add(make.__name__.replace('_', '-'), roles, make.__doc__, make)
        return make
    return register


def wrapped(name, role, text, wrap, link_type=files.ETHERNET, **facts):
    """The commonest recipe: each segment of the base in other headers, the same session. A fact may be a
    function of the base."""
    def make(base):
        said = {key: value(base) if callable(value) else value for key, value in facts.items()}
        inner = base.macs() if said.pop('macs', False) else {}
        return files.pcap(packets_of(base.segments, wrap), link_type), [base.whole(**inner, **said)]
    add(name, role, text, make)


def suffix(content):
    if content[:4] == b'\x0a\x0d\x0d\x0a':
        return 'pcapng'
    return 'pcap'


def filled(paragraph):
    return textwrap.fill(' '.join(paragraph.split()), 110, break_long_words=False, break_on_hyphens=False)


def readme(made):
    origin = ', '.join(f'pcaps/{ROLES[role]}' for role in made.roles)
    source = f'derived from {origin} (real client, real server)' if origin else 'written by hand, no server took part'
    made_by = f'Made by `tests/testbed/rewrap.py {made.name}`, {source}.'
    paragraphs = [f'# {made.name}', *made.text.split('\n\n'), made_by]
    return '\n\n'.join(map(filled, paragraphs)) + '\n'


def cook(made, bases):
    """{file name: bytes} of the whole folder."""
    content, sessions = made.make(*bases)
    folder = dict(content) if isinstance(content, dict) else {f'capture.{suffix(content)}': content}
    lines = [json.dumps(dict(sorted(session.items())), ensure_ascii=True) + '\n' for session in sessions]
    folder['expected.jsonl'] = ''.join(lines).encode()
    folder['README.md'] = readme(made).encode()
    return folder
