#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""page.py PROGRAM PCAPS: the page as a file: it may run and show only what it was made with; -o writes it whole or not at all.
Each test is a function; its name is the promise."""
import base64
import gzip
import hashlib
import os
import re
import subprocess
import sys

from program import captures, run
from promises import in_folders, promises_of, try_all

PROGRAM, PCAPS = sys.argv[1], sys.argv[2]


def inventory(folder):
    files = next(files for name, files in captures(PCAPS) if 'refused' in name and len(files) == 1)
    run(PROGRAM, 'read', '-o', f'{folder}/i.db', files[0])
    return f'{folder}/i.db'


def report(*arguments, **options):
    return subprocess.run([PROGRAM, 'report', *arguments], capture_output=True, timeout=60, **options)


def the_hashes_are_those_of_what_stands_in_the_page(folder):
    page = report('--format', 'html', inventory(folder)).stdout.decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    for element, directive in (('style', 'style-src'), ('script', 'script-src')):
        text, = re.findall(f'<{element}>(.*?)</{element}>', page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy, policy
    assert not re.search(r'\sstyle=|\son[a-z]+=', page), 'an attribute that this policy forbids'


def the_page_carries_all_rows_as_csv(folder):
    page = report('--format', 'html', inventory(folder)).stdout.decode()
    packed = re.search(r'href="data:application/gzip;base64,([A-Za-z0-9+/=]*)"', page)[1]
    assert gzip.decompress(base64.b64decode(packed, validate=True)) == report('clients', '--format', 'csv', f'{folder}/i.db').stdout


def a_file_has_what_standard_output_would_have(folder):
    path = inventory(folder)
    for form in ('table', 'csv', 'json', 'html'):
        done = report('--format', form, '-o', f'{folder}/out', path)
        assert (done.returncode, done.stdout) == (0, b''), done
        with open(f'{folder}/out', 'rb') as file:
            assert file.read() == report('--format', form, path).stdout
    assert sorted(os.listdir(folder)) == ['i.db', 'i.db-shm', 'i.db-wal', 'out'], os.listdir(folder)


def a_report_that_fails_leaves_the_one_of_before(folder):
    with open(f'{folder}/out', 'w') as file:
        file.write('yesterday')
    for wrong in (f'{folder}/nonesuch.db', folder):
        assert report('-o', f'{folder}/out', wrong).returncode == 1
    with open(f'{folder}/out') as file:
        assert file.read() == 'yesterday'
    assert os.listdir(folder) == ['out'], os.listdir(folder)


def what_is_no_file_of_ones_own_is_refused(folder):
    path = inventory(folder)
    for target in ('/dev/null', folder, f'{folder}/none/out'):
        done = report('-o', target, path)
        assert done.returncode == 1 and done.stderr.startswith(f'lasthello: {target}: '.encode()), done
    if os.getuid() == 0:
        os.symlink(f'{folder}/out', f'{folder}/link')
        os.lchown(f'{folder}/link', 65534, 65534)
        assert b'somebody else' in report('-o', f'{folder}/link', path).stderr


def a_verdict_that_is_found_is_told_by_the_exit_status_all_the_same(folder):
    done = report('--fail-on', 'legacy', '-o', f'{folder}/out', inventory(folder))
    assert done.returncode == 3 and os.path.getsize(f'{folder}/out') > 0, done
    assert done.returncode == report('--fail-on', 'legacy', f'{folder}/i.db').returncode


if __name__ == '__main__':
    sys.exit(try_all(in_folders(promises_of(globals(), 'folder', helpers=[inventory]))))
