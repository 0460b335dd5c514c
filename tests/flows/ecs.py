#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""ecs.py PROGRAM PCAPS: each key of an event is one of ECS 8.11 with the kind of value that it has there, or begins with lasthello.; and
the index template for Elasticsearch gives each of them a type that takes its values."""
import json
import os
import re
import sys

from program import captures, read_events

PROGRAM, PCAPS = sys.argv[1], sys.argv[2]
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, '..', '..')
TEMPLATE = os.path.join(ROOT, 'packaging', 'feeds', 'elastic-index-template.json')
KINDS = {'text': (str,), 'number': (int, float), 'flag': (bool,), 'list': (list, str)}
TAKES = {'keyword': (str,), 'ip': (str,), 'date': (str,), 'long': (int,), 'boolean': (bool,)}
ECS_TYPES = {'text': {'keyword', 'ip', 'date'}, 'number': {'long'}, 'flag': {'boolean'}, 'list': {'keyword'}}


def schema():
    with open(os.path.join(HERE, 'ecs-8.11.txt')) as file:
        return dict(line.split() for line in file if not line.startswith('#'))


def documented():
    """The keys of events that docs/fields.md names."""
    with open(os.path.join(ROOT, 'docs', 'fields.md')) as file:
        return set(re.findall(r'\| `((?:[a-z_]+\.)+[a-z_0-9]+)` \|', file.read()))


def mapped(properties, before=''):
    """Dotted names and types of the template."""
    for name, row in properties.items():
        if 'properties' in row:
            yield from mapped(row['properties'], f'{before}{name}.')
        else:
            yield before + name, row['type']


def is_of(value, kinds):
    return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))


ECS = schema()
with open(TEMPLATE) as opened:
    template = json.load(opened)
TYPES = dict(mapped(template['template']['mappings']['properties']))
events = read_events(PROGRAM, [file for _, files in captures(PCAPS) for file in files], check=False)
keys = documented() | {key for event in events for key in event}
faults = []
for key in sorted(keys):
    if not key.startswith('lasthello.') and key not in ECS:
        faults.append(f'{key}: is not in ECS 8.11')
    if key not in TYPES:
        faults.append(f'{key}: is not in the index template')
    elif key in ECS and TYPES[key] not in ECS_TYPES[ECS[key]]:
        faults.append(f'{key}: {TYPES[key]} in the template, {ECS[key]} in ECS')
for event in events:
    for key, value in event.items():
        if key in ECS and not is_of(value, KINDS[ECS[key]]):
            faults.append(f'{key}: {value!r} is no {ECS[key]}')
        for one in value if isinstance(value, list) else [value]:
            if key in TYPES and not is_of(one, TAKES[TYPES[key]]):
                faults.append(f'{key}: {one!r} cannot be a {TYPES[key]}')
print('\n'.join(sorted(set(faults))[:40]))
print(f'{len(events)} events, {len(keys)} keys, {len(set(faults))} faults')
sys.exit(0 if len(events) > 300 and len(keys) > 60 and not faults else 1)
