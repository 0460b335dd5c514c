#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""failing.py PROGRAM [CALLS [SEED]]: one system call fails, whichever (strace -e inject), or the process is killed in it, while a capture
is read. It ends in time, without a crash; what it says it stored is stored; and the same command, tried again, completes it. CALLS failures,
drawn at random from all calls of a reading (40 unless told otherwise; 0: each once). Needs root and strace (exit status 77 without)."""
import collections
import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(HERE, '..', 'flows')]

import wire  # noqa: E402
from wire import Connection, address  # noqa: E402

# brk(2) of Linux has no error: where there is no memory it returns another break than it was asked for. strace's error would be taken for one.
OTHERWISE = {'brk': 'retval=0'}
BOUND = 60  # seconds, of a reading that takes one; strace slows it down
SESSIONS = 200
# Of each call, what a disk, a limit or a kernel answers.
ERRORS = {'read': 'EIO', 'pread64': 'EIO', 'write': 'ENOSPC', 'pwrite64': 'ENOSPC', 'ftruncate': 'EFBIG', 'fallocate': 'ENOSPC', 'fsync': 'EIO',
          'fdatasync': 'EIO', 'openat': 'EMFILE', 'mmap': 'ENOMEM', 'munmap': 'ENOMEM', 'mprotect': 'ENOMEM', 'clone': 'EAGAIN',
          'clone3': 'EAGAIN', 'socket': 'EMFILE', 'socketpair': 'EMFILE', 'sendmsg': 'ENOBUFS', 'sendto': 'EPIPE', 'recvmsg': 'ENOMEM',
          'recvfrom': 'ECONNRESET', 'fcntl': 'EAGAIN', 'newfstatat': 'EIO', 'lseek': 'EIO', 'prctl': 'EINVAL', 'seccomp': 'EINVAL', 'capset': 'EPERM',
          'setresuid': 'EAGAIN', 'setresgid': 'EPERM', 'setgroups': 'EPERM', 'signalfd4': 'EMFILE', 'landlock_create_ruleset': 'EOPNOTSUPP',
          'landlock_restrict_self': 'E2BIG', 'poll': 'ENOMEM', 'getrandom': 'ENOSYS'}


def read(program, inventory, *before):
    return subprocess.run([*before, program, 'read', '-o', inventory, '--events', inventory + '.events', 'a.pcap'], capture_output=True, text=True,
                          timeout=BOUND, check=False)


def facts(program, inventory):
    done = subprocess.run([program, 'report', 'sessions', '--format', 'json', inventory], capture_output=True, text=True, timeout=BOUND, check=False)
    assert done.returncode == 0, f'report: {done.stderr}'
    return sorted(json.dumps(row, sort_keys=True) for row in json.loads(done.stdout))


def calls_of(program):
    """How often each call is made by a reading."""
    read(program, 'count.db', 'strace', '-f', '-qq', '-o', 'calls', '-e', 'trace=' + ','.join([*ERRORS, *OTHERWISE]))
    with open('calls', encoding='utf-8', errors='replace') as file:
        return collections.Counter(found[1] for line in file if (found := re.match(r'\d+ +(\w+)\(', line)))


def all_failures(counts):
    for call, count in counts.items():
        for when in range(1, count + 1):
            yield call, when, OTHERWISE.get(call) or f'error={ERRORS[call]}'
            yield call, when, 'signal=SIGKILL'


def any_program_dies_of_it(inject):
    """In what the C library does before a program begins."""
    return subprocess.run([*inject, '/bin/true'], stderr=subprocess.DEVNULL, timeout=BOUND, check=False).returncode < 0


def try_failure(program, failure, expected):
    call, when, what = failure
    for name in os.listdir('.'):
        if name.startswith('i.db'):
            os.remove(name)
    inject = ('strace', '-f', '-qq', '-o', '/dev/null', '-e', f'trace={call}', '-e', f'inject={call}:{what}:when={when}')
    try:
        done = read(program, 'i.db', *inject)
    except subprocess.TimeoutExpired:
        raise AssertionError(f'has not ended after {BOUND} s') from None
    killed = what.startswith('signal')
    if 'error while loading shared libraries' in done.stderr:
        return 1 # before the program begins
    if done.returncode == -signal.SIGSEGV and any_program_dies_of_it(inject):
        return 1
    assert done.returncode in (0, 1) or killed and done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL), f'exit status {done.returncode}: {done.stderr}'
    for crash in ('signal 11', 'signal 6', 'signal 7', 'signal 31', 'stack smashing', 'Assertion'):
        assert crash not in done.stderr, done.stderr
    assert done.returncode == 0 or done.stderr or killed, 'a failure without a word'
    if done.returncode == 0:
        assert facts(program, 'i.db') == expected, 'it said that all was well'
    again = read(program, 'i.db')
    assert again.returncode == 0, f'tried again: exit status {again.returncode}: {again.stderr}'
    assert facts(program, 'i.db') == expected, 'tried again, and it is not as if read once'
    return done.returncode


def main(program, calls='40', seed=None):
    if os.geteuid() != 0 or not shutil.which('strace'):
        print('needs root and strace')
        return 77
    program, seed = os.path.abspath(program), seed or str(random.randrange(1 << 32))
    print(f'seed {seed}')
    failed = tried = noticed = 0
    with tempfile.TemporaryDirectory(prefix='lasthello-') as folder, contextlib.chdir(folder):
        os.chmod(folder, 0o755)
        wire.write('a.pcap', (frame for n in range(SESSIONS) for frame in wire.session(Connection(address(n)))))
        assert read(program, 'right.db').returncode == 0
        expected = facts(program, 'right.db')
        failures = sorted(all_failures(calls_of(program)))
        if int(calls) > 0:
            failures = random.Random(seed).sample(failures, min(int(calls), len(failures)))
        for failure in failures:
            tried += 1
            try:
                noticed += try_failure(program, failure, expected) != 0
            except AssertionError as why:
                failed += 1
                print('FAIL', *failure, str(why)[:500], flush=True)
    print(f'{tried} failing calls, {noticed} of them told as a failure, {failed} wrong')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
