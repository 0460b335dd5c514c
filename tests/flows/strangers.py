#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""strangers.py PROGRAM: what somebody can do who may send to a server, hand over a file, or read the inventory: nothing to others.
Each test is a function; its name is the promise."""
import bz2
import contextlib
import fcntl
import json
import resource
import struct
import subprocess
import sys

import wire
from promises import in_folders, promises_of, try_all
from wire import ACK, RST, Connection, address

PROGRAM = sys.argv[1]
PEER, OTHER, VICTIM = '10.64.0.1', '10.64.0.2', '10.99.0.9' # PEER is address(1)
HEADER = f'PROXY TCP4 {VICTIM} 10.9.0.3 4000 993\r\n'.encode()
BOMB_BYTES = 200 << 20


def read(folder, *words):
    return subprocess.run([PROGRAM, 'read', '-o', f'{folder}/i.db', *words], capture_output=True, text=True, timeout=300, check=False)


def sessions(folder):
    done = subprocess.run([PROGRAM, 'report', 'sessions', '--format', 'json', f'{folder}/i.db'], capture_output=True, check=True, timeout=60)
    return json.loads(done.stdout)


def with_header(folder, *ends):
    """A client that says for whom it comes, and an old hello; how the server ends that."""
    c = Connection(address(1))
    return wire.write(f'{folder}/p.pcap', [*c.open(), c.client(HEADER + wire.client_hello()), *(c.server(text, flags) for text, flags in ends)])


def who(folder, *options):
    assert read(folder, *options, f'{folder}/p.pcap').returncode == 0
    return {(row['client'], row.get('proxy')) for row in sessions(folder)}


def a_server_that_refuses_does_not_believe_a_proxy_header(folder):
    with_header(folder, (b'', RST | ACK))
    assert who(folder) == {(PEER, None)}, sessions(folder)


def a_server_that_goes_on_believes_it_and_the_peer_stands_beside(folder):
    with_header(folder, (wire.server_hello(0x0301) + wire.SERVER_DONE, ACK))
    assert who(folder) == {(VICTIM, PEER)}, sessions(folder)


def a_named_proxy_is_believed_where_the_server_refuses(folder):
    with_header(folder, (b'', RST | ACK))
    assert who(folder, '--proxy', f'{PEER}/32') == {(VICTIM, PEER)}, sessions(folder)


def another_proxy_that_is_named_says_nothing_of_this_peer(folder):
    with_header(folder, (b'', RST | ACK))
    assert who(folder, '--proxy', f'{OTHER}/32') == {(PEER, None)}, sessions(folder)


def a_file_that_unpacks_without_end_is_given_up(folder):
    """Packets of no bytes, packed ten thousand times smaller."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(f'{folder}/bomb.pcap.bz2', 'wb') as file:
        file.write(bz2.compress(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1) + bytes(BOMB_BYTES), 9))
    done = read(folder, f'{folder}/bomb.pcap.bz2')
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 1 and 'bomb.pcap.bz2' in done.stderr and 'unpack' in done.stderr, done
    assert used.ru_utime - before.ru_utime < 20, used


def a_reader_that_locks_the_inventory_silences_nobody(folder):
    for name, first in (('a', 1), ('b', 100)):
        wire.write(f'{folder}/{name}.pcap', (frame for n in range(20) for frame in wire.session(Connection(address(first + n)))))
    assert read(folder, f'{folder}/a.pcap').returncode == 0
    with contextlib.ExitStack() as held:
        for name in ('i.db', 'i.db-wal', 'i.db-shm'):
            with contextlib.suppress(FileNotFoundError):
                if name != 'i.db-shm': # its locks are SQLite's own
                    fcntl.lockf(held.enter_context(open(f'{folder}/{name}', 'rb')), fcntl.LOCK_SH)
        done = read(folder, f'{folder}/b.pcap')
    assert done.returncode == 0, done
    assert sum(row['sessions'] for row in sessions(folder)) == 40, done


if __name__ == '__main__':
    sys.exit(try_all(in_folders(promises_of(globals(), 'folder', helpers=[sessions]))))
