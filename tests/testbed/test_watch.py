#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""test_watch.py PROGRAM: `watch` as a service: systemd is told, the events file is rotated, the bulk of a known session is held
back by the kernel and still counted. On the loopback interface of a network namespace of this process's own."""
import contextlib
import ctypes
import json
import os
import re
import select
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from frames import ethernet, ipv4, ipv6, tag, tcp, udp

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'flows'))
import corners # pylint: disable=wrong-import-position
import wire # pylint: disable=wrong-import-position

PROGRAM = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else 'lasthello'
CLONE_NEWNET, CLONE_NEWNS = 0x40000000, 0x20000
BULK = 4 << 20
PATIENCE = 30 # for what comes in a moment, on a busy machine


def enter_namespace():
    if os.geteuid() != 0 or ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET | CLONE_NEWNS) != 0:
        print('needs root, for namespaces of its own')
        sys.exit(77)
    subprocess.run(['mount', '--make-rprivate', '/'], check=True) # what is mounted here is nobody else's
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)


def wait_until(is_so, what):
    end = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError(f'{what}: not within {PATIENCE} s')
        time.sleep(0.05)


class Mail:
    """A server on port 993 that sends as much as it is asked for, and a client with an open connection to it."""

    def __init__(self, folder):
        certificate = os.path.join(folder, 'certificate.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj',
                        '/CN=mail.example', '-keyout', certificate, '-out', certificate + '.crt'], check=True,
                       stderr=subprocess.DEVNULL)
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server.load_cert_chain(certificate + '.crt', certificate)
        self.listener = socket.create_server(('127.0.0.1', 993))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            with contextlib.suppress(OSError), self.server.wrap_socket(connection, server_side=True) as tls:
                while wanted := tls.recv(16):
                    tls.sendall(bytes(int(wanted)))

    def connect(self):
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
        return client.wrap_socket(socket.create_connection(('127.0.0.1', 993)), server_hostname='mail.example')


def fetch(client, size):
    client.sendall(b'%d' % size)
    while size > 0:
        size -= len(client.recv(65536))


class Watch:
    def __init__(self, folder, *options, interface='lo', events='events'):
        self.events, self.inventory = os.path.join(folder, events), os.path.join(folder, 'inventory.db')
        self.news = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.news.bind(os.path.join(folder, 'notify'))
        self.news.settimeout(PATIENCE)
        self.process = subprocess.Popen(
            [PROGRAM, 'watch', *(('-i', interface) if interface else ()), '-o', self.inventory, '--events', self.events, *options], stderr=subprocess.PIPE,
            env=os.environ | {'NOTIFY_SOCKET': os.path.join(folder, 'notify'), 'WATCHDOG_USEC': '1000000'}, text=True)

    def told(self):
        return self.news.recv(64).decode()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        _, self.messages = self.process.communicate(timeout=PATIENCE)
        self.news.close()
        return self.process.returncode

    def lines(self, path):
        with contextlib.suppress(FileNotFoundError), open(path, encoding='utf-8') as file:
            return [json.loads(line) for line in file]
        return []

    def ask(self, question):
        with contextlib.closing(sqlite3.connect(self.inventory)) as db:
            return db.execute(question).fetchone()


def ip(*words):
    subprocess.run(['ip', *words], check=True)


class Link:
    """A pair of interfaces: `late`, which is down, and `far`, from which frames come."""

    def __enter__(self):
        ip('link', 'add', 'late', 'type', 'veth', 'peer', 'name', 'far')
        return self

    def __exit__(self, *_):
        ip('link', 'del', 'late')

    def up(self, *names):
        for name in names:
            ip('link', 'set', 'dev', name, 'up')

    def down(self, name):
        ip('link', 'set', name, 'down')

    def send(self, *frames):
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
            wire.bind(('far', 0))
            for frame in frames:
                wire.send(frame)


class Tap:
    """A passive tap: what the client says comes from `rx`, what the server says from `tx`."""
    NAMES = 'rx', 'tx'

    def __enter__(self):
        for name in self.NAMES:
            ip('link', 'add', 'name', name, 'type', 'veth', 'peer', 'name', 'far-' + name) # "tx" alone is a word of ip's
            for end in (name, 'far-' + name):
                with open(f'/proc/sys/net/ipv6/conf/{end}/disable_ipv6', 'w', encoding='ascii') as file:
                    file.write('1') # nothing comes by itself
            ip('link', 'set', 'far-' + name, 'up')
            ip('link', 'set', 'dev', name, 'up')
        self.wires = [socket.socket(socket.AF_PACKET, socket.SOCK_RAW) for _ in self.NAMES]
        for wire_, name in zip(self.wires, self.NAMES):
            wire_.bind(('far-' + name, 0))
        return self

    def __exit__(self, *_):
        for wire_, name in zip(self.wires, self.NAMES):
            wire_.close()
            ip('link', 'del', 'dev', name)

    def send(self, connections):
        """Whole sessions, one frame of each after the other, as they would come; how many frames."""
        sessions = [corners.whole(connection, seed) for seed, connection in enumerate(connections)]
        for frames in zip(*sessions):
            for frame in frames:
                self.wires[frame[26:30] != corners.CLIENT].send(frame)
        return sum(map(len, sessions))


class Service(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mail = Mail(cls.enterClassContext(tempfile.TemporaryDirectory()))

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory()) # root's alone: the sensor could open nothing in it

    def watch(self, *options, state='capturing', **more):
        watch = Watch(self.folder, *options, **more)
        self.addCleanup(watch.process.stderr.close)
        self.addCleanup(watch.process.kill)
        self.assertEqual(f'READY=1\nSTATUS={state}', watch.told())
        return watch

    def report(self, watch, *words):
        return subprocess.run([PROGRAM, 'report', *words, watch.inventory], check=True, stdout=subprocess.PIPE, text=True).stdout

    def fetch_bulk(self, watch):
        """One session, known before its bulk begins."""
        with self.mail.connect() as client:
            fetch(client, 1000)
            wait_until(lambda: watch.lines(watch.events), 'the session is told')
            for _ in range(2):
                fetch(client, BULK)
                time.sleep(1.2) # counters are brought up to date once a second
            watch.process.send_signal(signal.SIGUSR1)
            time.sleep(0.5)

    def test_systemd_hears_of_the_beginning_the_life_and_the_end(self):
        watch = self.watch()
        self.assertEqual('WATCHDOG=1', watch.told())
        self.assertEqual(0, watch.stop())

    def test_a_stopping_service_says_so(self):
        watch = self.watch()
        watch.process.send_signal(signal.SIGTERM)
        while (news := watch.told()) == 'WATCHDOG=1':
            pass
        self.assertEqual('STOPPING=1', news)
        watch.stop()

    def test_a_signal_is_a_quiet_end_however_soon(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            for wait in range(30):
                watch = Watch(self.folder)
                time.sleep(wait / 600)
                watch.process.send_signal(number)
                _, said = watch.process.communicate(timeout=PATIENCE)
                watch.news.close()
                os.remove(os.path.join(self.folder, 'notify'))
                # by itself where it comes before the program has looked at signals
                self.assertIn(watch.process.returncode, (0, -number) if said == '' else (0,), said)
                self.assertNotIn('signal', said)

    def wait_for(self, watch, state):
        while (news := watch.told()) == 'WATCHDOG=1':
            pass
        self.assertIn(f'STATUS={state}', news.split('\n'))

    def check_late(self, watch, link):
        """A packet that comes now is seen; what was said until the end."""
        wait_until(lambda: (link.send(ethernet(tcp(b'* OK hello'))), time.sleep(1.1), watch.ask("SELECT max(packets) FROM source WHERE name = 'late'"))[2][0],
                   'a packet is captured')
        self.assertEqual(0, watch.stop())
        return watch.messages.splitlines()

    def test_an_interface_that_is_down_at_the_start_is_waited_for(self):
        with Link() as link:
            watch = self.watch(interface='late', state='waiting for late')
            time.sleep(1.5) # one look at it, at least
            link.up('far', 'late')
            self.wait_for(watch, 'capturing')
            said = self.check_late(watch, link)
        self.assertIn('late: interface is down; ip link set late up; trying again every second', said[0])
        self.assertTrue(any('late: capturing' in line for line in said[1:]), said)

    def test_what_is_waited_for_stands_in_the_status(self):
        with Link() as link:
            link.up('far', 'late')
            watch = self.watch(interface='late')
            link.down('late')
            self.wait_for(watch, 'waiting for late')
            link.up('late')
            self.wait_for(watch, 'capturing')
            self.check_late(watch, link)

    def blind(self, watch):
        """Of `late`, by the view: packets, seconds and minutes in which it was down."""
        return watch.ask("SELECT sum(packets), sum(down_seconds), sum(blind_minutes) FROM coverage WHERE name = 'late'")

    def check_blind(self, began, least, seconds, minutes):
        """At least so long, and no longer than everything took since then, however busy the machine is."""
        took = time.monotonic() - began
        self.assertLessEqual(least, seconds)
        self.assertLessEqual(seconds, took + 1)
        self.assertLessEqual(1, minutes)
        self.assertLessEqual(minutes, took / 60 + 2)

    def test_who_waits_for_an_interface_from_the_start_is_a_source_and_blind(self):
        began = time.monotonic()
        with Link():
            watch = self.watch(interface='late', state='waiting for late')
            wait_until(lambda: (self.blind(watch)[1] or 0) >= 2, 'the inventory knows while it lasts')
            self.assertEqual(0, watch.stop())
        packets, seconds, minutes = self.blind(watch)
        self.assertEqual(0, packets)
        self.check_blind(began, 2, seconds, minutes)
        self.assertIn(f'\n An interface was down, or had no carrier, for {seconds} s in all;', self.report(watch))

    def test_an_interface_that_was_down_in_between_leaves_blind_minutes(self):
        began = time.monotonic()
        with Link() as link:
            link.up('far', 'late')
            watch = self.watch(interface='late', *('--threads', '2'))
            link.down('late')
            self.wait_for(watch, 'waiting for late')
            time.sleep(2.5)
            link.up('late')
            self.wait_for(watch, 'capturing')
            self.assertEqual(0, watch.stop())
        rows = json.loads(self.report(watch, 'coverage', '--format', 'json'))
        self.assertEqual(['late#1', 'late#2'], [row['source'] for row in rows])
        self.check_blind(began, 2, rows[0]['down_seconds'], rows[0]['blind_minutes'])
        self.assertEqual(0, rows[1]['down_seconds']) # what holds for the interface, its first thread answers for
        trust = json.loads(self.report(watch, '--format', 'json'))['trust']
        self.assertEqual(rows[0]['down_seconds'], trust['down_seconds'])

    def test_the_time_between_two_runs_is_told_and_a_quiet_run_is_none_of_it(self):
        with Link() as link:
            for name in ('far', 'late'): # else they speak of their IPv6 addresses
                ip('link', 'set', name, 'addrgenmode', 'none')
            link.up('far', 'late')
            watch = self.watch(interface='late')
            time.sleep(3.5) # nothing comes
            self.assertEqual(0, watch.stop())
            self.assertEqual((0,), watch.ask('SELECT sum(packets) FROM source'))
            ended = time.monotonic()
            time.sleep(2)
            os.remove(os.path.join(self.folder, 'notify'))
            again = self.watch(interface='late')
            took = time.monotonic() - ended
            self.assertEqual(0, again.stop())
        trust = json.loads(self.report(watch, '--format', 'json'))['trust']
        self.assertLessEqual(2, trust['unwatched_seconds'])
        self.assertLessEqual(trust['unwatched_seconds'], took + 2) # `ended` moves once a second
        self.assertIn(f"nobody watched for {trust['unwatched_seconds']} s in all", self.report(watch))

    def test_one_interface_that_is_down_does_not_hold_up_another(self):
        with Link():
            watch = self.watch('-i', 'late', state='waiting for late')
            with self.mail.connect() as client:
                fetch(client, 1000)
                wait_until(lambda: watch.lines(watch.events), 'the session is told')
            self.assertEqual(0, watch.stop())

    def test_a_link_without_a_carrier_is_told_and_captured(self):
        with Link() as link:
            link.up('late')
            watch = self.watch(interface='late')
            wait_until(lambda: (self.blind(watch)[1] or 0) >= 2, 'it counts as blind')
            link.up('far')
            said = self.check_late(watch, link)
        self.assertIn('late: the link has no carrier', said[0])
        self.assertEqual(['no carrier', 'its carrier'], [line.split('the link has ')[1][:11].rstrip(',') for line in said if 'carrier' in line])

    def test_tunnels_that_are_not_opened_are_counted(self):
        wireguard, chat = b'\4\0\0\0' + bytes(60), b'\4chat' + bytes(60)
        sealed = [ethernet(ipv4(bytes(40), 50))] * 30 + [ethernet(ipv4(udp(bytes(60), 4500, 4500), 17))] * 20 + [tag(ethernet(ipv4(bytes(40), 50)))] * 3
        sealed += [ethernet(ipv6(bytes(40), 50), 0x86dd)] * 5 + [ethernet(ipv4(udp(wireguard, 51820), 17))] * 7
        others = [ethernet(ipv4(udp(chat, 51820), 17)), ethernet(ipv4(udp(bytes(60), 40001), 17)), ethernet(ipv4(bytes(60), 1))]
        with Link() as link, socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as far:
            link.up('far', 'late')
            watch = self.watch(interface='late')
            far.bind(('far', 0))
            for frame in sealed + 10 * others:
                far.send(frame)
            wait_until(lambda: watch.ask("SELECT sum(packets) FROM unknown WHERE kind = 'sealed tunnels'") == (len(sealed),), 'each is counted')
            time.sleep(1.5)
            self.assertEqual(0, watch.stop())
        self.assertEqual((len(sealed),), watch.ask("SELECT sum(packets) FROM unknown WHERE kind = 'sealed tunnels'"))
        self.assertIn(f'sealed tunnels others (ESP WireGuard OpenVPN and others): {len(sealed)}', self.report(watch, 'coverage', '--format', 'csv'))

    def test_an_interface_that_does_not_exist_is_an_error(self):
        watch = Watch(self.folder, interface='nowhere')
        self.assertEqual(1, watch.process.wait(PATIENCE))
        watch.stop()
        self.assertEqual(1, watch.messages.count('\n'), watch.messages)
        self.assertIn('nowhere: no such interface; this machine has lo', watch.messages)

    def check(self, *moments):
        """What `check` says of `late`, where so many frames came (carried and not mail) while it looked with and without the filter."""
        with Link() as link:
            for name in ('late', 'far'):
                with open(f'/proc/sys/net/ipv6/conf/{name}/disable_ipv6', 'w', encoding='ascii') as file:
                    file.write('1') # nothing comes by itself
            link.up('far', 'late')
            looking = subprocess.Popen([PROGRAM, 'check', '-i', 'late', '--seconds', '2'], stdout=subprocess.PIPE, text=True)
            self.addCleanup(looking.stdout.close)
            self.addCleanup(looking.kill)
            said = ''
            for word, frames in zip(('looking at it', 'passed the filter'), moments):
                while word not in said:
                    said += looking.stdout.readline()
                time.sleep(0.5)
                link.send(*frames)
            return said + looking.communicate(timeout=PATIENCE)[0]

    def test_check_counts_once(self):
        fragment = ethernet(ipv4(b'a fragment, of whatever', 6, fragment=3)) # the filter has to let it through
        said = self.check([fragment] * 4, [])
        self.assertIn('OK    no packet was dropped in 2 s, 4 passed the filter\n', said)
        self.assertIn('WARN  4 packets came, but no mail among them', said)
        self.assertNotIn('no packet at all came', said)

    def test_check_says_that_nothing_came(self):
        self.assertIn('FAIL  no packet came:', self.check([], []))

    def test_check_sees_mail_that_comes_late(self):
        said = self.check([], [ethernet(tcp(b'* OK hello'))])
        self.assertNotIn('no mail among them', said)
        self.assertIn("only clients' packets are seen in mail", said)

    def take_away(self, take):
        """What comes after the inventory was taken away is in the one that stands there then."""
        watch = self.watch()
        def sessions():
            with contextlib.suppress(sqlite3.Error):
                return watch.ask('SELECT sum(sessions) FROM observation')[0] or 0
            return 0
        with self.mail.connect() as client:
            fetch(client, 1000)
            wait_until(sessions, 'the session is stored')
        take(watch.inventory)
        self.wait_for(watch, 'capturing')
        before = sessions()
        with self.mail.connect() as client:
            fetch(client, 1000)
            wait_until(lambda: sessions() > before, 'what came later is stored')
        self.assertEqual(0, watch.stop())
        self.assertEqual(1, watch.messages.count('was deleted, moved, replaced or cut short while it was written to; beginning a new one'), watch.messages)
        os.remove(os.path.join(self.folder, 'notify'))

    def test_an_inventory_that_is_taken_away_is_told_and_begun_anew(self):
        def delete(path):
            for end in ('', '-wal', '-shm'):
                os.remove(path + end)
        def replace(path):
            with contextlib.closing(sqlite3.connect(path)) as db, contextlib.closing(sqlite3.connect(path + '.copy')) as copy:
                db.backup(copy)
            os.replace(path + '.copy', path)
        for take in (delete, lambda path: os.rename(path, path + '.1'), replace, lambda path: os.remove(path + '-wal')):
            self.take_away(take)

    def test_an_inventory_that_is_cut_short_is_told(self):
        """What stands there then is for SQLite to judge: a new one is begun, or the end is a failure."""
        self.watch().stop() # it had bytes when it was opened
        self.cut_short(lambda bytes: 0)

    def test_an_inventory_that_is_cut_to_its_half_is_told(self):
        """SQLite may have the other half in the -wal."""
        self.watch().stop()
        self.cut_short(lambda bytes: bytes // 2)

    def cut_short(self, length):
        os.remove(os.path.join(self.folder, 'notify'))
        watch = self.watch()
        def sensor():
            with open(f'/proc/{watch.process.pid}/task/{watch.process.pid}/children', encoding='ascii') as file:
                return file.read().split()
        first = sensor()
        os.truncate(watch.inventory, length(os.path.getsize(watch.inventory)))
        wait_until(lambda: watch.process.poll() is not None or sensor() not in ([], first), 'the sensor ends')
        watch.stop()
        self.assertIn('replaced or cut short while it was written to', watch.messages)

    def test_a_reader_of_messages_that_goes_away_ends_nothing(self):
        watch = self.watch()
        watch.process.send_signal(signal.SIGPIPE)
        with self.mail.connect() as client:
            fetch(client, 1000)
            wait_until(lambda: watch.ask('SELECT sum(sessions) FROM observation')[0], 'the session is stored')
        self.assertEqual(0, watch.stop())

    def test_only_who_sits_at_a_terminal_is_told_of_ctrl_c(self):
        watch = self.watch()
        watch.stop()
        self.assertRegex(watch.messages, r'^lasthello: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ lo: capturing\n')
        terminal, other = os.openpty()
        with subprocess.Popen([PROGRAM, 'watch', '-i', 'lo', '-o', watch.inventory], stderr=other) as seen:
            os.close(other)
            self.assertIn(b'lo: capturing; Ctrl-C ends it\r\n', os.read(terminal, 4096))
            seen.terminate()
        os.close(terminal)

    def test_the_sensor_keeps_no_rights(self):
        watch = self.watch()
        with open(f'/proc/{watch.process.pid}/task/{watch.process.pid}/children', encoding='ascii') as file:
            sensor = int(file.read().split()[0])
        for task in os.listdir(f'/proc/{sensor}/task'):
            with open(f'/proc/{sensor}/task/{task}/status', encoding='ascii') as file:
                status = dict(line.rstrip('\n').split(':\t', 1) for line in file if ':\t' in line)
            for rights in ('CapEff', 'CapPrm', 'CapInh', 'CapAmb', 'CapBnd'):
                self.assertEqual(0, int(status[rights], 16), f'{rights} of task {task}')
            self.assertEqual('1', status['NoNewPrivs'])
            self.assertEqual('2', status['Seccomp']) # a filter
            self.assertNotIn('0', status['Uid'].split() + status['Gid'].split() + status['Groups'].split())
        watch.stop()

    def test_a_rotated_events_file_loses_no_line(self):
        watch = self.watch()
        old = watch.events + '.1'
        with self.mail.connect() as client:
            fetch(client, 10)
        wait_until(lambda: watch.lines(watch.events), 'the first session is told')
        os.rename(watch.events, old)
        watch.process.send_signal(signal.SIGHUP)
        wait_until(lambda: os.path.exists(watch.events), 'a new file')
        with self.mail.connect() as client:
            fetch(client, 10)
        self.assertEqual(0, watch.stop())
        self.assertEqual([1, 1], [len(watch.lines(old)), len(watch.lines(watch.events))])

    def small_disk(self):
        disk = os.path.join(self.folder, 'disk')
        os.mkdir(disk)
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', disk], check=True)
        self.addCleanup(subprocess.run, ['umount', '-l', disk], check=True)
        return disk

    def hear(self, watch, words):
        heard = ''
        while words not in heard:
            self.assertTrue(select.select([watch.process.stderr], [], [], PATIENCE)[0], heard)
            heard += (more := os.read(watch.process.stderr.fileno(), 4096).decode())
            self.assertTrue(more, heard)

    def sessions(self, count):
        for _ in range(count):
            with self.mail.connect() as client:
                fetch(client, 10)

    def test_a_full_disk_of_events_is_told_at_once_and_leaves_no_torn_line(self):
        ballast = os.path.join(self.small_disk(), 'ballast')
        watch = self.watch(events='disk/events')
        with open(ballast, 'wb') as file, contextlib.suppress(OSError):
            file.write(bytes(60 << 10)) # a page is left
        self.sessions(12)
        self.hear(watch, 'No space left on device; events are lost until it can be written again')
        wait_until(lambda: watch.ask('SELECT sum(sessions) FROM observation') == (12,), 'the inventory has them')
        time.sleep(0.5)
        os.remove(ballast)
        self.sessions(1)
        self.hear(watch, 'can be written again; events lost so far: ')
        self.assertEqual(1, watch.stop())
        lost = int(re.search('events lost: ([0-9]+) ', watch.messages)[1])
        self.assertIn(lost, range(6, 12))
        self.assertEqual(13 - lost, len(watch.lines(watch.events))) # each of them whole

    def test_steady_traffic_keeps_no_session_waiting(self):
        watch = self.watch()
        with self.mail.connect() as client:
            for _ in range(60):
                fetch(client, 10)
                time.sleep(0.05)
            self.assertEqual(1, len(watch.lines(watch.events)))
        watch.stop()

    def check_bulk(self, *options):
        watch = self.watch(*options)
        self.fetch_bulk(watch)
        self.assertEqual(0, watch.stop())
        self.assertEqual((1,), watch.ask('SELECT sum(sessions) FROM observation'))
        packets, fates, size = watch.ask('SELECT sum(packets), (SELECT sum(packets) FROM fate), sum(bytes) FROM source')
        self.assertEqual(packets, fates)
        self.assertGreater(size, 2 * BULK)
        return watch

    def held_back(self, watch):
        self.assertIn(' packets seen, ', watch.messages)
        told = re.search('([0-9,]+) of them in sessions offloaded', watch.messages) # where there were any
        return int(told[1].replace(',', '')) if told else 0

    def tap(self, *options, **more):
        return self.watch('--tap', 'rx+tx', *options, interface=None, **more)

    def source(self, watch, name='rx+tx'):
        return watch.ask(f"SELECT packets, dropped + interface_dropped, down_seconds FROM coverage WHERE name = '{name}'")

    def check_sessions(self, watch, count):
        wait_until(lambda: len(watch.lines(watch.events)) >= count, 'the sessions are told')
        self.assertEqual(0, watch.stop())
        events = watch.lines(watch.events)
        self.assertEqual(count, len(events)) # each once
        for event in events:
            for name, value in corners.ESTABLISHED.items():
                self.assertEqual(value, event['lasthello.' + name])

    def test_a_tap_gives_whole_sessions(self):
        with Tap() as tap:
            watch = self.tap()
            frames = 0
            for service in (993, 143, 995, 110):
                frames += tap.send([wire.Connection(corners.CLIENT, 40000 + number, service=service) for number in range(20)])
                time.sleep(0.15)
            self.check_sessions(watch, 80)
            self.assertEqual((frames, 0, 0), self.source(watch))
            self.assertNotIn('directions of one link', watch.messages)

    def test_two_halves_that_are_watched_apart_are_told(self):
        with Tap() as tap:
            watch = self.watch('-i', 'tx', interface='rx')
            tap.send([wire.Connection(corners.CLIENT)])
            wait_until(lambda: watch.ask('SELECT count(*) FROM source WHERE packets > 0') == (2,), 'packets of each')
            self.assertEqual(0, watch.stop())
        self.assertRegex(watch.messages, r'(?s)look like two directions of one link: .* watch them with --tap (rx\+tx|tx\+rx)\n')

    def test_of_a_tap_one_interface_is_captured_while_the_other_is_down(self):
        with Tap() as tap:
            ip('link', 'set', 'dev', 'tx', 'down')
            watch = self.tap(state='waiting for tx')
            tap.wires[0].send(ethernet(tcp(b'')))
            wait_until(lambda: (self.source(watch) or [0])[0] == 1, 'a packet of the other')
            ip('link', 'set', 'dev', 'tx', 'up') # another sensor opens it
            self.wait_for(watch, 'capturing')
            ip('link', 'set', 'dev', 'rx', 'down') # and this one is kept
            self.wait_for(watch, 'waiting for rx')
            tap.wires[1].send(ethernet(tcp(b'')))
            wait_until(lambda: watch.ask("SELECT sum(packets) FROM source WHERE name = 'rx+tx'") == (2,), 'a packet of the other')
            ip('link', 'set', 'dev', 'rx', 'up')
            self.wait_for(watch, 'capturing')
            tap.send([wire.Connection(corners.CLIENT, 41000)])
            wait_until(lambda: any(event['lasthello.outcome'] == 'established' for event in watch.lines(watch.events)), 'a whole session')
            self.assertEqual(0, watch.stop())
        for sentence in ('tx: interface is down; ip link set tx up; trying again every second', 'rx: capturing again',
                         'rx: the interface went down; ip link set rx up; trying again every second'):
            self.assertEqual(1, watch.messages.count(sentence), watch.messages)

    def test_what_both_interfaces_of_a_tap_dropped_is_counted(self):
        with Tap() as tap:
            watch = self.tap('--buffer', '1')
            with open(f'/proc/{watch.process.pid}/task/{watch.process.pid}/children', encoding='ascii') as file:
                sensor = int(file.read().split()[0])
            dropped = [0]
            for wire_ in tap.wires:
                os.kill(sensor, signal.SIGSTOP)
                for _ in range(4000):
                    wire_.send(ethernet(tcp(bytes(1000))))
                os.kill(sensor, signal.SIGCONT)
                wait_until(lambda: (self.source(watch) or (0, 0))[1] > dropped[-1], 'more is dropped')
                time.sleep(2.2) # counters are brought up to date once a second
                dropped.append(self.source(watch)[1])
            self.assertEqual(0, watch.stop())
            packets, lost, _ = self.source(watch)
            self.assertEqual(8000, packets + lost)

    def test_a_tap_is_one_thread_of_two_other_interfaces(self):
        for options, words in ((('--tap', 'rx+tx', '--threads', '2'), '--tap joins two interfaces in one thread'),
                               (('--threads', '2', '--tap', 'rx+tx'), '--tap joins two interfaces in one thread'),
                               (('--tap', 'rx'), '--tap rx: name two interfaces with a + between them'),
                               (('--tap', '+tx'), '--tap +tx: name two'), (('--tap', 'rx+'), '--tap rx+: name two'),
                               (('--tap', 'rx+rx'), 'rx is named twice'), (('-i', 'tx', '--tap', 'rx+tx'), 'tx is named twice')):
            done = subprocess.run([PROGRAM, 'watch', '-o', os.path.join(self.folder, 'inventory.db'), *options], stderr=subprocess.PIPE,
                                  text=True, check=False, timeout=PATIENCE)
            self.assertEqual(2, done.returncode, options)
            self.assertIn(words, done.stderr)

    def test_a_tap_with_an_interface_that_does_not_exist_is_an_error(self):
        with Tap():
            watch = Watch(self.folder, '--tap', 'rx+nowhere', interface=None)
            self.assertEqual(1, watch.process.wait(PATIENCE))
            watch.stop()
        self.assertEqual(1, watch.messages.count('\n'), watch.messages)
        self.assertIn('nowhere: no such interface', watch.messages)

    def test_bulk_is_held_back_and_counted(self):
        self.assertGreater(self.held_back(self.check_bulk()), BULK // 65536)

    def test_bulk_is_counted_without_the_shunt(self):
        self.assertEqual(0, self.held_back(self.check_bulk('--no-shunt')))

    def test_threads_see_whole_sessions(self):
        watch = self.check_bulk('--threads', '3')
        self.assertEqual((3,), watch.ask("SELECT count(*) FROM source WHERE name IN ('lo#1', 'lo#2', 'lo#3')"))


if __name__ == '__main__':
    enter_namespace()
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
