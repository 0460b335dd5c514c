#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""packages.py ROOT BUILD: what the Debian packages say, held against what meson builds and installs: the short form of tests/long/packages. Each
installed file has its package, each line of debian/ something to install, versions and build dependencies agree, and systemd takes the units."""
import fnmatch
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT, BUILD = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
DEBIAN = os.path.join(ROOT, 'packaging', 'debian')
PREFIX = '/usr'  # dh_auto_configure's; other folders than those below it are debhelper's own
faults = []


def lines(path):
    with open(path) as file:
        return [line.strip() for line in file if line.strip() and not line.startswith('#')]


def introspect(what):
    return json.loads(subprocess.run(['meson', 'introspect', '--' + what, BUILD], check=True, stdout=subprocess.PIPE).stdout)


def installed():
    """Paths below the prefix of this build, as if that were Debian's; of a folder what is in it."""
    prefix = next(option['value'] for option in introspect('buildoptions') if option['name'] == 'prefix')
    for source, target in introspect('installed').items():
        target = PREFIX + target[len(prefix):] if target.startswith(prefix + '/') else target
        inside = [os.path.relpath(path, source) for path in glob.glob(f'{source}/**', recursive=True) if os.path.isfile(path)] if os.path.isdir(source) else ['']
        yield from (os.path.join(target, name).rstrip('/') for name in inside)


def is_under(path, pattern):
    return fnmatch.fnmatch(path, pattern) or fnmatch.fnmatch(path, pattern + '/*')


def files_have_their_package():
    files = sorted(set(installed()))
    assert len(files) > 30, files
    patterns = {pattern.split()[0]: os.path.basename(name) for name in [*glob.glob(f'{DEBIAN}/*.install'), f'{DEBIAN}/not-installed'] for pattern in lines(name)}
    for path in files:
        if not any(is_under(path.lstrip('/'), pattern) for pattern in patterns):
            faults.append(f'{path}: no package has it, and debian/not-installed neither')
    for pattern, name in patterns.items():
        if not any(is_under(path.lstrip('/'), pattern) for path in files) and not os.path.exists(os.path.join(ROOT, pattern)):
            faults.append(f'debian/{name}: nothing installs {pattern}')


def versions_agree():
    with open(f'{DEBIAN}/changelog') as file:
        version = re.match(r'lasthello \(([^)]+)\)', file.readline()).group(1)
    if version != introspect('projectinfo')['version']:
        faults.append(f'debian/changelog: {version}; meson.build has another version')


def build_packages_are_build_dependencies():
    with open(f'{DEBIAN}/control') as file:
        depends = set(re.findall(r'^ ([a-z0-9.+-]+)', file.read().split('Build-Depends:')[1].split('\n\n')[0], re.MULTILINE))
    for package in ' '.join(lines(f'{ROOT}/packaging/build-packages')).split():
        if package.startswith('lib') and package not in depends | {'libc6-dev'}:
            faults.append(f'debian/control: {package} of packaging/build-packages is no build dependency')


def scripts_are_shell():
    for script in [path for path in glob.glob(f'{DEBIAN}/*') if re.search(r'\.(postinst|postrm|prerm|config)$', path)]:
        done = subprocess.run(['sh', '-n', script], stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            faults.append(done.stderr.strip())


def systemd_takes_the_units():
    if shutil.which('systemd-analyze') is None:
        print('note: there is no systemd-analyze: units were not verified')
        return
    units = [path for path in [*glob.glob(f'{BUILD}/packaging/*.service'), *glob.glob(f'{ROOT}/packaging/*.timer')]]
    assert len(units) > 5, units
    with tempfile.TemporaryDirectory() as folder:
        for path in units:
            with open(path) as file:
                text = re.sub(r'^(Exec\w+=[-+]?)\S+/(lasthello|weekly-report)\b', r'\1/bin/true', file.read(), flags=re.MULTILINE)  # not installed here
            with open(os.path.join(folder, os.path.basename(path).replace('@.', '@eth1.')), 'w') as file:
                file.write(text)
        names = sorted(glob.glob(f'{folder}/*'))
        done = subprocess.run(['systemd-analyze', 'verify', '--man=no', *names], capture_output=True, text=True,
                              env={**os.environ, 'SYSTEMD_LOG_LEVEL': 'warning'})
        told = [line for line in done.stderr.splitlines() if 'lasthello' in line]
        if told:
            faults.extend(told)


for promise in (files_have_their_package, versions_agree, build_packages_are_build_dependencies, scripts_are_shell, systemd_takes_the_units):
    promise()
for fault in faults:
    print(fault)
print(f'{len(faults)} faults')
sys.exit(bool(faults))
