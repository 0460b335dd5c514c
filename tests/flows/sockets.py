#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""sockets.py PROGRAM PCAPS: `--events unix:PATH`: whole lines to who listens at a socket; who reads slowly is waited for where files are
read, and nothing is said to the socket of a stranger."""
import os
import socket
import sys
import tempfile
import threading

from program import captures, read_events, run

PROGRAM, PCAPS = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
FILES = [file for _, files in captures(PCAPS) for file in files]


def listen(path, got):
    """A server that takes all that one client says."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(path)
    server.listen(1)

    def serve():
        connection, _ = server.accept()
        with connection:
            while part := connection.recv(4096):
                got.append(part)
        server.close()
    thread = threading.Thread(target=serve)
    thread.start()
    return thread


def what_is_said_is_what_standard_output_has(folder):
    got = []
    thread = listen(f'{folder}/s', got)
    run(PROGRAM, 'read', '-o', f'{folder}/i.db', '--events', f'unix:{folder}/s', *FILES, check=False)
    thread.join(30)
    lines = b''.join(got).decode().splitlines()
    assert len(lines) == len(read_events(PROGRAM, FILES, check=False)) > 300, len(lines)
    assert all(line.startswith('{') and line.endswith('}') for line in lines)


def what_is_no_socket_is_refused(folder):
    with open(f'{folder}/file', 'w'):
        pass
    done = run(PROGRAM, 'read', '-o', f'{folder}/j.db', '--events', f'unix:{folder}/file', FILES[0], check=False)
    assert done.returncode == 1 and b'unix:' in done.stderr, done


def the_socket_of_a_stranger_is_not_spoken_to(folder):
    if os.geteuid() != 0:
        return
    got = []
    thread = listen(f'{folder}/t', got)
    os.chown(f'{folder}/t', 12345, 12345)
    done = run(PROGRAM, 'read', '-o', f'{folder}/k.db', '--events', f'unix:{folder}/t', FILES[0], check=False)
    os.chown(f'{folder}/t', 0, 0)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as end:
        end.connect(f'{folder}/t')
    thread.join(30)
    assert done.returncode == 1 and not got, (done, got)


with tempfile.TemporaryDirectory() as work:
    for promise in (what_is_said_is_what_standard_output_has, what_is_no_socket_is_refused, the_socket_of_a_stranger_is_not_spoken_to):
        promise(work)
        print('ok', promise.__name__)
