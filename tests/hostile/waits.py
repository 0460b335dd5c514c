#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""waits.py PROGRAM [NAME...]: whatever it waits for, it ends within five seconds of SIGTERM. A function here is a row of the table of
waits in docs/architecture.md. Those of `watch` need root, and a network namespace of their own (exit status 77 without)."""
import contextlib
import fcntl
import gzip
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import termios
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(HERE, '..', 'testbed'), os.path.join(HERE, '..', 'flows')]

import wire  # noqa: E402
import wires  # noqa: E402
from wire import Connection, address  # noqa: E402

BOUND = 5.0
BUSY = 30  # for what has to happen first, on a busy machine


def wait_until(is_so, what):
    end = time.monotonic() + BUSY
    while not is_so():
        assert time.monotonic() < end, f'{what}: not within {BUSY} s'
        time.sleep(0.05)


def children(pid):
    try:
        with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as file:
            return [int(word) for word in file.read().split()]
    except FileNotFoundError:
        return []


def is_there(pid):
    try:
        with open(f'/proc/{pid}/stat', encoding='ascii') as file:
            return file.read().rsplit(')', 1)[1].split()[0] not in 'ZX'
    except FileNotFoundError:
        return False


class Bed:
    """A folder, a capture in it, and a program that is started there."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        wire.write('good.pcap', (frame for n in range(20) for frame in wire.session(Connection(address(n)))))
        wire.write('many.pcap', (frame for n in range(9000) for frame in wire.session(Connection(address(n)))))

    @contextlib.contextmanager
    def start(self, *words, **options):
        with open('said', 'ab') as said:
            process = subprocess.Popen([self.program, *words], stdin=options.pop('stdin', subprocess.DEVNULL), stdout=options.pop('stdout', said),
                                       stderr=options.pop('stderr', said), start_new_session=True, **options)
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def said(self):
        with open('said', encoding='utf-8', errors='replace') as file:
            return file.read()

    def watch(self, *words, **options):
        return self.start('watch', '-i', wires.SENSOR, '-o', 'i.db', *words, **options)

    def captures(self, process):
        """Said also where standard error says nothing: a packet socket is open."""
        def has_socket():
            with open(f'/proc/{process.pid}/net/packet', encoding='ascii') as file:
                return len(file.readlines()) > 1
        wait_until(has_socket, 'it captures')
        time.sleep(1)

    def clients(self):
        with contextlib.closing(sqlite3.connect('i.db')) as db:
            return db.execute("SELECT count(DISTINCT client) FROM observation").fetchone()[0]


def ends(process, by=signal.SIGTERM):
    """It and its sensor are gone in time, and the inventory is whole."""
    sensors = children(process.pid)
    assert process.poll() is None, 'it ended by itself'
    process.send_signal(by)
    began = time.monotonic()
    try:
        process.wait(BOUND)
    except subprocess.TimeoutExpired:
        raise AssertionError(f'still there {BOUND} s after {by.name}') from None
    while any(map(is_there, sensors)):
        assert time.monotonic() - began < BOUND, f'its sensor is still there {BOUND} s after {by.name}'
        time.sleep(0.05)
    if os.path.exists('i.db') and os.path.getsize('i.db'):
        with contextlib.closing(sqlite3.connect('i.db')) as db:
            assert db.execute('PRAGMA integrity_check').fetchone() == ('ok',), 'the inventory is damaged'
    return process.returncode


def silent_pipe(first=b''):
    reader, writer = os.pipe()
    os.write(writer, first)
    return reader, writer


# ---- read: what is not there yet --------------------------------------------------------------------

def standard_input_is_silent(bed):
    reader, _ = silent_pipe()
    with bed.start('read', '-o', 'i.db', '-', stdin=reader) as process:
        time.sleep(1)
        ends(process)


def standard_input_stops_in_a_compressed_head(bed):
    with open('good.pcap', 'rb') as file:
        packed = gzip.compress(file.read())
    for size in (1, 7, 30):
        reader, _ = silent_pipe(packed[:size])
        with bed.start('read', '-o', 'i.db', '-', stdin=reader) as process:
            time.sleep(1)
            ends(process)


def standard_input_stops_in_a_packet(bed):
    with open('good.pcap', 'rb') as file:
        reader, _ = silent_pipe(file.read(1000))
    with bed.start('read', '-o', 'i.db', '-', stdin=reader) as process:
        time.sleep(1)
        ends(process)


def a_named_pipe_has_no_writer(bed):
    os.mkfifo('pipe')
    with bed.start('read', '-o', 'i.db', 'pipe') as process:
        time.sleep(1)
        ends(process)


def a_silent_pipe_behind_a_good_file(bed):
    os.mkfifo('pipe')
    for jobs in ('1', '2'):
        with bed.start('read', '-o', 'i.db', '--jobs', jobs, 'good.pcap', 'pipe') as process:
            time.sleep(1.5)
            ends(process)
        assert bed.clients() == 20, f'{bed.clients()} clients of the file before it are stored'


# ---- events -----------------------------------------------------------------------------------------

def nobody_reads_the_events_of_files(bed):
    os.mkfifo('events')
    with bed.start('read', '-o', 'i.db', '--events', 'events', 'good.pcap') as process:
        time.sleep(1)
        ends(process)
    assert 'waiting for somebody who reads' in bed.said(), bed.said()


def the_reader_of_events_of_files_stands_still(bed):
    os.mkfifo('events')
    reader = os.open('events', os.O_RDONLY | os.O_NONBLOCK)
    with bed.start('read', '-o', 'i.db', '--events', 'events', 'many.pcap') as process:
        time.sleep(3)
        ends(process)
    os.close(reader)
    assert 'events lost' in bed.said(), bed.said()


def the_reader_of_events_stands_still(bed):
    os.mkfifo('events')
    reader = os.open('events', os.O_RDONLY | os.O_NONBLOCK)
    with bed.watch('--events', 'events') as process:
        bed.captures(process)
        with wires.sending() as send:
            for n in range(200):
                for frame in wire.session(Connection(address(n))):
                    send(frame)
        wait_until(lambda: bed.clients() == 200, 'all sessions are stored')
        assert ends(process) == 1
    with os.fdopen(reader, 'rb') as file:
        lost = 200 - file.read().count(b'\n')
    assert lost > 0 and f'events lost: {lost} ' in bed.said(), f'{lost} lost: {bed.said()}'


def a_hangup_while_nobody_reads_events(bed):
    os.mkfifo('events')
    reader = os.open('events', os.O_RDONLY | os.O_NONBLOCK)
    with bed.watch('--events', 'events') as process:
        bed.captures(process)
        os.close(reader)
        process.send_signal(signal.SIGHUP)
        time.sleep(1)
        ends(process)


@contextlib.contextmanager
def stopped_terminal():
    """As after Ctrl-S."""
    other, terminal = os.openpty()
    termios.tcflow(terminal, termios.TCOOFF)
    try:
        yield terminal
    finally:
        os.close(other)
        os.close(terminal)


def events_go_to_a_stopped_terminal(bed):
    with stopped_terminal() as terminal, bed.watch('--events', '-', stdout=terminal) as process:
        bed.captures(process)
        with wires.sending() as send:
            for frame in wire.session(Connection(address(1))):
                send(frame)
        wait_until(lambda: bed.clients() == 1, 'the session is stored')
        ends(process)


# ---- standard error -----------------------------------------------------------------------------------

def messages_go_to_a_stopped_terminal(bed):
    with stopped_terminal() as terminal, bed.watch(stderr=terminal) as process:
        bed.captures(process)
        for _ in range(3):
            process.send_signal(signal.SIGUSR1)
            time.sleep(0.3)
        ends(process)


@contextlib.contextmanager
def full_pipe():
    """Where nothing can be written any more."""
    reader, writer = os.pipe()
    os.write(writer, bytes(fcntl.fcntl(writer, 1032))) # F_GETPIPE_SZ
    try:
        yield writer
    finally:
        os.close(reader)
        os.close(writer)


def messages_go_to_a_full_pipe(bed):
    with full_pipe() as writer, bed.watch(stderr=writer) as process:
        bed.captures(process)
        process.send_signal(signal.SIGUSR1)
        time.sleep(0.5)
        ends(process)


# ---- the inventory ------------------------------------------------------------------------------------

@contextlib.contextmanager
def locked_inventory():
    with contextlib.closing(sqlite3.connect('i.db', isolation_level=None)) as db:
        db.execute('BEGIN IMMEDIATE')
        yield


def the_inventory_is_locked_at_the_start(bed):
    subprocess.run([bed.program, 'read', '-o', 'i.db', 'good.pcap'], check=True, stderr=subprocess.DEVNULL)
    with bed.start('read', '-o', 'i.db', 'many.pcap') as process:
        with locked_inventory():
            time.sleep(0.5)
            if process.poll() is None:
                ends(process)


def the_inventory_is_locked_while_it_watches(bed):
    with bed.watch() as process:
        bed.captures(process)
        with locked_inventory():
            with wires.sending() as send:
                for frame in wire.session(Connection(address(1))):
                    send(frame)
            time.sleep(2)
            ends(process)


def many_pages_are_asked_for(bed):
    subprocess.run([bed.program, 'read', '-o', 'i.db', 'many.pcap'], check=True, stderr=subprocess.DEVNULL)
    with bed.start('serve', '--listen', 'unix:page.sock', 'i.db') as process, contextlib.ExitStack() as stack:
        wait_until(lambda: 'is served at' in bed.said(), 'it is served')
        pages = [stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(200)]
        for page in pages:
            page.connect('page.sock')
            page.settimeout(BUSY)
            page.sendall(b'GET /table?sort=client HTTP/1.1\r\nHost: localhost\r\n\r\n')
        assert pages[0].recv(100).startswith(b'HTTP/1.1 200'), 'no answer'
        assert ends(process) == 0


def a_copy(bed):
    """An inventory without a log of changes, which others can lock whole."""
    subprocess.run([bed.program, 'read', '-o', 'first.db', 'good.pcap'], check=True, stderr=subprocess.DEVNULL)
    with contextlib.closing(sqlite3.connect('first.db')) as db:
        db.execute("VACUUM INTO 'copy.db'")


@contextlib.contextmanager
def exclusive(path):
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        assert db.execute('PRAGMA journal_mode').fetchone() == ('delete',)
        db.execute('BEGIN EXCLUSIVE')
        yield


def the_inventory_is_locked_while_it_is_served(bed):
    """The main thread waits, and so does whoever answers."""
    a_copy(bed)
    with bed.start('serve', '--listen', 'unix:page.sock', 'copy.db') as process:
        wait_until(lambda: 'is served at' in bed.said(), 'it is served')
        with exclusive('copy.db'), socket.socket(socket.AF_UNIX) as page:
            page.connect('page.sock')
            page.sendall(b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
            time.sleep(1)
            assert ends(process) == 0, bed.said()


# ---- what is asked once ------------------------------------------------------------------------------

def is_held_up(process):
    """It neither ran nor is about to, for half a second."""
    def used():
        with open(f'/proc/{process.pid}/stat', encoding='ascii') as file:
            fields = file.read().rsplit(')', 1)[1].split()
        return fields[0], fields[11:13]
    before = used()
    time.sleep(0.5)
    return before[0] == 'S' and used() == before


def nobody_reads_a_report(bed):
    subprocess.run([bed.program, 'read', '-o', 'i.db', 'good.pcap'], check=True, stderr=subprocess.DEVNULL)
    with full_pipe() as writer, bed.start('report', 'sessions', '--format', 'json', 'i.db', stdout=writer) as process:
        wait_until(lambda: is_held_up(process), 'it cannot write')
        ends(process)


def the_inventory_is_locked_while_it_is_asked(bed):
    """Alone, or with another one, with which it is merged first."""
    a_copy(bed)
    for names in (['copy.db'], ['first.db', 'copy.db']):
        with exclusive('copy.db'), bed.start('report', *names) as process:
            time.sleep(1)
            ends(process)


def the_inventory_is_locked_while_it_is_merged(bed):
    """What is made in the meantime is gone, too."""
    a_copy(bed)
    with exclusive('copy.db'), bed.start('merge', 'first.db', 'copy.db', '-o', 'all.db') as process:
        wait_until(lambda: os.path.exists('all.db.merging'), 'it merges')
        time.sleep(1)
        ends(process)
    assert not [name for name in os.listdir('.') if name.startswith('all.db')], os.listdir('.')


def nobody_reads_a_checkup(bed):
    with full_pipe() as writer, bed.start('check', '-i', wires.SENSOR, '--seconds', '1', stdout=writer) as process:
        time.sleep(2)
        wait_until(lambda: is_held_up(process), 'it cannot write')
        ends(process)


def a_checkup_that_looks_long(bed):
    with bed.start('check', '-i', wires.SENSOR, '--seconds', '3600') as process:
        bed.captures(process)
        ends(process)


# ---- interfaces and processes --------------------------------------------------------------------------

def no_packet_comes(bed):
    with bed.watch() as process:
        bed.captures(process)
        assert ends(process) == 0


def an_interface_that_is_down(bed):
    subprocess.run(['ip', 'link', 'set', wires.SENSOR, 'down'], check=True)
    try:
        with bed.watch() as process:
            time.sleep(2)
            assert ends(process) == 0
    finally:
        subprocess.run(['ip', 'link', 'set', wires.SENSOR, 'up'], check=True)


def the_sensor_stands_still(bed):
    with bed.watch() as process:
        bed.captures(process)
        os.kill(children(process.pid)[0], signal.SIGSTOP)
        assert ends(process) == 1
    assert 'did not end within 4 seconds' in bed.said(), bed.said()


def the_monitor_is_killed(bed):
    for wait in (0.01, 0.02, 0.05, 0.1, 0.2, 2):
        with bed.watch() as process:
            wait_until(lambda p=process: children(p.pid) or p.poll() is not None, 'a sensor')
            time.sleep(wait)
            ends(process, signal.SIGKILL)


def the_service_manager_does_not_listen(bed):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind('manager')
        environment = os.environ | {'NOTIFY_SOCKET': os.path.abspath('manager'), 'WATCHDOG_USEC': '1000'}
        with bed.watch(env=environment) as process:
            bed.captures(process)
            time.sleep(2)
            ends(process)


OF_FILES = (standard_input_is_silent, standard_input_stops_in_a_compressed_head, standard_input_stops_in_a_packet, a_named_pipe_has_no_writer,
            a_silent_pipe_behind_a_good_file, nobody_reads_the_events_of_files, the_reader_of_events_of_files_stands_still,
            the_inventory_is_locked_at_the_start, many_pages_are_asked_for,
            the_inventory_is_locked_while_it_is_served, nobody_reads_a_report, the_inventory_is_locked_while_it_is_asked,
            the_inventory_is_locked_while_it_is_merged)
LIVE = (the_reader_of_events_stands_still, a_hangup_while_nobody_reads_events, events_go_to_a_stopped_terminal, messages_go_to_a_stopped_terminal,
        messages_go_to_a_full_pipe, the_inventory_is_locked_while_it_watches, no_packet_comes, an_interface_that_is_down, the_sensor_stands_still,
        the_monitor_is_killed, the_service_manager_does_not_listen, nobody_reads_a_checkup, a_checkup_that_looks_long)


def run(program, waits):
    failed = 0
    for wait in waits:
        with tempfile.TemporaryDirectory(prefix='lasthello-') as folder, contextlib.chdir(folder):
            os.chmod(folder, 0o755)
            try:
                wait(Bed(program, folder))
                print('ok  ', wait.__name__.replace('_', ' '), flush=True)
            except AssertionError as why:
                failed += 1
                print('FAIL', wait.__name__.replace('_', ' ') + ':', why, flush=True)
    return failed


def main(program, *names):
    program = os.path.abspath(program)
    chosen = [wait for wait in OF_FILES + LIVE if not names or wait.__name__ in names]
    if any(wait in LIVE for wait in chosen):
        wires.enter()
    failed = run(program, chosen)
    print(f'{len(chosen) - failed} waits end, {failed} do not')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
