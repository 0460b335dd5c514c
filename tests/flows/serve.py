#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""serve.py PROGRAM PCAPS: `lasthello serve` as a client on this machine meets it. Each test is a function; its name is the promise."""
import collections
import concurrent.futures
import contextlib
import http.client
import json
import os
import re
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import time

import wire
from program import captures, run
from promises import in_folders, promises_of, try_all

PROGRAM, PCAPS = sys.argv[1], sys.argv[2]
PATIENCE_S = 60  # of a busy machine; nothing here is timed


def capture(word):
    return next(files for name, files in captures(PCAPS) if word in name and len(files) == 1)[0]


def free_port():
    with socket.socket() as sock:
        sock.bind(('127.0.0.1', 0))
        return sock.getsockname()[1]


class Server:
    """A server of an inventory with one capture in it, until the block ends."""

    def __init__(self, folder, *arguments, listen=None):
        self.folder, self.port = folder, free_port()
        run(PROGRAM, 'read', '-o', f'{folder}/i.db', capture('refused'))
        self.listen = listen or f'127.0.0.1:{self.port}'
        self.child = subprocess.Popen([PROGRAM, 'serve', '--listen', self.listen, *arguments, f'{folder}/i.db'], stderr=subprocess.PIPE)
        self.said = self.child.stderr.readline().decode()

    def __enter__(self):
        assert 'is served at' in self.said, self.said
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            assert self.child.wait(PATIENCE_S) == 0
        self.child.stderr.close()

    def ask(self, path, method='GET', host=None, **headers):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=PATIENCE_S)
        headers['Host'] = host or f'127.0.0.1:{self.port}'
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer, text


def the_api_says_what_the_report_says(folder):
    with Server(folder) as server:
        for question in ('summary', 'clients', 'verdicts', 'servers', 'suites', 'sessions', 'coverage', 'changes', 'trend'):
            answer, text = server.ask(f'/api/{question}')
            assert answer.status == 200 and answer.getheader('Content-Type') == 'application/json'
            said = run(PROGRAM, 'report', question, '--format', 'json', f'{folder}/i.db').stdout
            assert json.loads(text) == json.loads(said), question


def metrics_have_the_clients_of_the_report_by_verdict_and_the_days_of_policies(folder):
    with Server(folder, '--policy', f'{PCAPS}/../data/policies') as server:
        answer, text = server.ask('/metrics')
        assert answer.status == 200 and answer.getheader('Content-Type').startswith('text/plain; version=0.0.4'), answer.status
        clients = {row['client']: row['verdict'] for row in reversed(json.loads(server.ask('/api/clients')[1]))}  # the worst comes last
        counted = {verdict: int(number) for verdict, number in re.findall(r'^lasthello_clients{verdict="([^"]*)"} (\d+)$', text.decode(), re.MULTILINE)}
        assert {verdict: number for verdict, number in counted.items() if number > 0} == collections.Counter(clients.values()), (counted, clients)
        assert b'lasthello_policy_deadline_timestamp_seconds{policy="exchange-online"} 1798761600\n' in text, text  # 2027-01-01T00:00:00Z
        assert b'10.1.' not in text  # no label names a host


def a_parameter_filters_as_the_option_does_and_a_wrong_one_is_a_sentence(folder):
    with Server(folder) as server:
        _, text = server.ask('/api/clients?cause=server')
        assert json.loads(text) == json.loads(run(PROGRAM, 'report', 'clients', '--cause', 'server', '--format', 'json', f'{folder}/i.db').stdout)
        answer, text = server.ask('/?network=nonsense')
        assert answer.status == 400 and b'--network takes' in text, text
        answer, _ = server.ask('/api/clients?cause=' + 'x' * 300)
        assert answer.status == 400


def nothing_but_reading_is_answered(folder):
    with Server(folder) as server:
        for method in ('POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'):
            answer, _ = server.ask('/', method)
            assert answer.status == 405 and answer.getheader('Allow') == 'GET, HEAD', (method, answer.status)
        answer, text = server.ask('/', 'HEAD')
        assert answer.status == 200 and text == b''
        assert server.ask('/nonesuch')[0].status == 404
        assert server.ask('/../../etc/passwd')[0].status == 404


def a_name_of_somebody_else_is_refused(folder):
    with Server(folder, '--allow-host', 'sensor.example.org') as server:
        assert server.ask('/', host='rebound.example')[0].status == 421
        assert server.ask('/', host='localhost.example')[0].status == 421
        assert server.ask('/', host='sensor.example.org')[0].status == 200
        assert server.ask('/', host=f'localhost:{server.port}')[0].status == 200


def the_page_may_load_from_here_alone_and_nobody_may_frame_it(folder):
    with Server(folder) as server:
        answer, text = server.ask('/')
        policy = answer.getheader('Content-Security-Policy')
        for word in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"):
            assert word in policy, policy
        assert 'unsafe' not in policy and answer.getheader('X-Content-Type-Options') == 'nosniff'
        assert answer.getheader('Set-Cookie') is None and answer.getheader('Access-Control-Allow-Origin') is None
        assert b'<style>' not in text and b'src="/page.js"' in text


def what_is_new_is_told_and_a_reader_that_comes_back_learns_what_it_missed(folder):
    with Server(folder) as server:
        revision = int(server.ask('/healthz')[1].split()[-1])
        connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=PATIENCE_S)
        connection.request('GET', '/changes')
        stream = connection.getresponse()
        assert stream.readline() == b': here\n'
        run(PROGRAM, 'read', '-o', f'{folder}/i.db', capture('starttls'))
        lines = iter(stream.readline, b'')
        assert any(line == b'event: changed\n' for line in lines)
        assert int(next(lines).split()[1]) > revision
        connection.close()
        connection.request('GET', '/changes', headers={'Last-Event-ID': str(revision)})
        assert connection.getresponse().readline() == b'event: changed\n'
        connection.close()


def a_page_learns_what_was_stored_since_it_was_made(folder):
    with Server(folder) as server:
        connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=PATIENCE_S)
        made = server.ask('/')[1].split(b'data-live="')[1].split(b'"')[0].decode()
        for revision, first in ((made, b': here\n'), ('x', b': here\n'), (str(int(made) - 1), b'event: changed\n')):
            connection.request('GET', f'/changes?revision={revision}')
            assert connection.getresponse().readline() == first, revision
            connection.close()
        run(PROGRAM, 'read', '-o', f'{folder}/i.db', capture('refused'))
        connection.request('GET', f'/changes?revision={made}')
        assert connection.getresponse().readline() == b'event: changed\n'
        connection.close()


def a_thousand_connections_that_say_half_a_request_leave_room_for_others(folder):
    with Server(folder) as server, contextlib.ExitStack() as stack:
        for _ in range(1000):
            sock = stack.enter_context(socket.create_connection(('127.0.0.1', server.port), timeout=PATIENCE_S))
            with contextlib.suppress(OSError):
                sock.sendall(b'GET / HTTP/1.1\r\nHost: localhost\r\n')
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                assert server.ask('/healthz')[0].status == 200
                break
        else:
            raise AssertionError('no answer')


def a_head_that_does_not_end_is_given_up(folder):
    with Server(folder) as server, socket.create_connection(('127.0.0.1', server.port), timeout=PATIENCE_S) as sock:
        with contextlib.suppress(OSError):
            for i in range(1000):
                sock.sendall(f'X-Header-{i}: {"x" * 1000}\r\n'.encode() if i else b'GET / HTTP/1.1\r\n')
        with contextlib.suppress(OSError):
            assert sock.recv(100).split()[1:2] != [b'200']
        assert server.ask('/healthz')[0].status == 200


def it_listens_at_this_machine_alone(folder):
    for where in ('0.0.0.0:8993', '192.0.2.1:8993', '[::]:8993', ':8993', '8993', 'unix:', '127.0.0.1:0', '127.0.0.1:99999'):
        done = subprocess.run([PROGRAM, 'serve', '--listen', where, f'{folder}/i.db'], capture_output=True, timeout=PATIENCE_S)
        assert done.returncode == 1 and b'and nowhere else' in done.stderr, (where, done)


def a_socket_in_the_file_system_is_its_groups_and_is_used_again(folder):
    path = f'{folder}/page.sock'
    for _ in range(2):
        with Server(folder, listen=f'unix:{path}'):
            assert os.stat(path).st_mode & 0o777 == 0o660
            with socket.socket(socket.AF_UNIX) as sock:
                sock.settimeout(PATIENCE_S)
                sock.connect(path)
                sock.sendall(b'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
                assert sock.recv(100).startswith(b'HTTP/1.1 200')


def a_head_of_more_than_16_kib_is_refused(folder):
    with Server(folder) as server:
        for pad, status in ((15_000, 200), (17_000, 431), (40_000, 431)):
            answer, said = server.ask('/healthz', pad='x' * pad)
            assert answer.status == status, (pad, answer.status, said)


def a_second_one_at_the_same_port_is_a_sentence(folder):
    with Server(folder) as server:
        done = subprocess.run([PROGRAM, 'serve', '--listen', server.listen, f'{folder}/i.db'], capture_output=True, timeout=PATIENCE_S)
        assert done.returncode == 1 and b'another program listens there' in done.stderr, done


def wait_until(holds):
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, 'waited in vain'
        time.sleep(0.05)


def an_inventory_that_is_moved_away_is_still_shown_and_that_is_said(folder):
    with Server(folder) as server:
        os.rename(f'{folder}/i.db', f'{folder}/old.db')
        wait_until(lambda: server.ask('/healthz')[0].status == 500)
        assert b'was moved away or deleted' in server.ask('/healthz')[1]
        answer, text = server.ask('/')
        assert answer.status == 200 and b'was moved away or deleted' in text and b'10.' in text


def an_inventory_that_another_file_took_the_place_of_ends_it_with_a_sentence(folder):
    with Server(folder) as server:
        run(PROGRAM, 'read', '-o', f'{folder}/new.db', capture('starttls'))
        os.rename(f'{folder}/new.db', f'{folder}/i.db')
        assert server.child.wait(PATIENCE_S) == 1
        assert b'is another file than the one that is served; start serve again' in server.child.stderr.read()


def a_copy_that_somebody_begins_to_write_to_ends_it_with_a_sentence(folder):
    """Such a writer makes a log that serve has not opened, and can open no more."""
    run(PROGRAM, 'read', '-o', f'{folder}/first.db', capture('refused'))
    with open(f'{folder}/first.db', 'rb') as whole, open(f'{folder}/i.db', 'wb') as copy:
        copy.write(whole.read())
    command = [PROGRAM, 'serve', '--listen', f'127.0.0.1:{free_port()}', f'{folder}/i.db']
    child = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert b'is served at' in child.stderr.readline()
    child.send_signal(signal.SIGTERM)
    assert (child.wait(PATIENCE_S), child.stderr.read()) == (0, b'')
    child.stderr.close()
    child = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert b'is served at' in child.stderr.readline()
    run(PROGRAM, 'read', '-o', f'{folder}/i.db', capture('starttls'))
    assert child.wait(PATIENCE_S) == 1
    assert b'began after serve had opened it; start serve again' in child.stderr.read()
    child.stderr.close()


def a_writer_that_holds_the_inventory_or_empties_its_log_does_not_stop_it(folder):
    with Server(folder) as server, contextlib.closing(sqlite3.connect(f'{folder}/i.db', isolation_level=None)) as db:
        db.execute('BEGIN EXCLUSIVE')
        assert server.ask('/')[0].status == 200
        db.execute('ROLLBACK')
        revision = int(server.ask('/healthz')[1].split()[-1])
        run(PROGRAM, 'read', '-o', f'{folder}/i.db', capture('starttls'))
        assert db.execute('PRAGMA wal_checkpoint(TRUNCATE)').fetchone()[0] == 0
        assert int(server.ask('/healthz')[1].split()[-1]) > revision
        assert server.ask('/')[0].status == 200


def is_answered(sock):
    with contextlib.suppress(ConnectionResetError):
        return sock.recv(100).startswith(b'HTTP/1.1 200')
    return False


def a_sign_of_life_and_metrics_wait_for_no_page_and_SIGTERM_for_no_answer(folder):
    wire.write(f'{folder}/many.pcap', (frame for n in range(3000) for frame in wire.session(wire.Connection(wire.address(n)))))
    run(PROGRAM, 'read', '-o', f'{folder}/i.db', f'{folder}/many.pcap')
    with Server(folder) as server, contextlib.ExitStack() as stack:
        pages = [stack.enter_context(socket.create_connection(('127.0.0.1', server.port), timeout=PATIENCE_S)) for _ in range(60)]
        for page in pages:
            page.sendall(b'GET /table?sort=client HTTP/1.1\r\nHost: localhost\r\n\r\n')
        assert is_answered(pages[0])  # the others wait behind it
        assert server.ask('/healthz')[0].status == 200 and server.ask('/metrics')[0].status == 200
        answered = len(select.select(pages, [], [], 0)[0])
        assert answered < len(pages), 'every page was there first'
        server.child.send_signal(signal.SIGTERM)
        assert server.child.wait(PATIENCE_S) == 0
        assert not all(is_answered(page) for page in pages[1:]), 'it has waited for every page'


def several_are_answered_at_once_and_each_gets_what_it_asked_for(folder):
    with Server(folder) as server, concurrent.futures.ThreadPoolExecutor(8) as pool:
        paths = ('/', '/api/clients', '/api/servers', '/api/sessions', '/clients.csv', '/metrics', '/table?sort=-due', '/host/10.1.0.0%2F16')
        alone = {path: server.ask(path)[1] for path in paths}
        asked = paths * 10
        for path, (answer, text) in zip(asked, pool.map(server.ask, asked)):
            assert answer.status == 200 and text == alone[path], path


if __name__ == '__main__':
    sys.exit(try_all(in_folders(promises_of(globals(), 'folder'))))
