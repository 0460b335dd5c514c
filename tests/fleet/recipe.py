#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""recipe.py PROGRAM PCAPS: the commands of docs/fleet.md that lead to a centre, each as it stands there, over TCP with TLS and passwords. What is of
another machine there stands for what is here: its name, its paths, and systemd, which runs what the unit says."""
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

from centre import Centre

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = f'{HERE}/../..'
COMMANDS = 10
# sudo -u postgres psql is psql by the socket of this centre; the unit has one round of what its ExecStart has
STUBS = {
    'sudo': '[ "$1" != -u ] || shift 2\nexec "$@"\n',
    'systemctl': '[ "$*" = "enable --now lasthello-sync" ] && exec lasthello sync --once inventory.db\n',
    'lasthello': 'exec {program} "$@"\n',
}


def commands():
    with open(f'{ROOT}/docs/fleet.md', encoding='utf-8') as file:
        section = file.read().split('## A centre\n')[1].split('\n## ')[0]
    return re.findall(r'^    \$ (.*)$', section, re.MULTILINE)


def prepare(program, pcaps, folder, centre):
    os.mkdir(f'{folder}/bin')
    os.mkdir(f'{folder}/etc')
    for name, text in STUBS.items():
        with open(f'{folder}/bin/{name}', 'w') as file:
            file.write('#!/bin/sh\n' + text.format(program=program))
        os.chmod(f'{folder}/bin/{name}', 0o755)
    with open(f'{ROOT}/packaging/lasthello.conf') as one, open(f'{folder}/etc/lasthello.conf', 'w') as other:
        other.write(one.read())
    subprocess.run([program, 'read', '-o', f'{folder}/inventory.db', f'{pcaps}/refused-alert-70', f'{pcaps}/imaps-tls10-ipv4'], check=True,
                   env=os.environ | {'LASTHELLO_CONF': ''}, stderr=subprocess.DEVNULL, timeout=120)
    centre.run_psql('DROP DATABASE lasthello', url=centre.url().replace('/lasthello?', '/postgres?'))
    return {**os.environ, 'PATH': f'{folder}/bin:{centre.bin}:{os.environ["PATH"]}', 'PGHOST': centre.folder, 'PGPORT': str(centre.port), 'PGUSER': 'postgres',
            'LASTHELLO_CONF': f'{folder}/etc/lasthello.conf', 'LASTHELLO_POLICY': f'{ROOT}/data/policies', 'PGPASSFILE': centre.passfile('anna', 'another one')}


def as_here(command, folder, centre):
    for there, here in (('db.example:5432', f'localhost:{centre.port}'), ('db.example/', f'localhost:{centre.port}/'),
                        ('/etc/ssl/certs/ca-certificates.crt', centre.tls.ca), ('/etc/lasthello/', f'{folder}/etc/'), (' -o lasthello ', ' ')):
        command = command.replace(there, here)
    return command


def main():
    program, pcaps = map(os.path.abspath, sys.argv[1:3])
    found = commands()
    assert len(found) == COMMANDS, f'{len(found)} commands'
    with tempfile.TemporaryDirectory() as folder, Centre(tls=True) as centre:
        environment = prepare(program, pcaps, folder, centre)
        # the paths that lasthello.conf has as it is installed
        with open(f'{folder}/etc/lasthello.conf') as file:
            text = as_here(file.read(), folder, centre)
        with open(f'{folder}/etc/lasthello.conf', 'w') as file:
            file.write(text)
        for command in found:
            done = subprocess.run(['bash', '-o', 'pipefail', '-c', as_here(command, folder, centre)], cwd=folder, env=environment, capture_output=True,
                                  stdin=subprocess.DEVNULL, text=True, timeout=120, check=False)
            assert done.returncode == 0, f'{command}: {done.returncode}\n{done.stdout}{done.stderr}'
        here, there = (sqlite3.connect(f'{folder}/{name}.db').execute('SELECT * FROM session_facts').fetchall() for name in ('inventory', 'all'))
        assert here and sorted(map(repr, here)) == sorted(map(repr, there)), f'{len(here)} rows at the sensor, {len(there)} in the file'
        assert int(centre.psql('SELECT count(*) FROM lasthello.verdicts')) > 0, 'nothing is judged at the centre'
    print(f'{COMMANDS} commands led to a centre')


main()
