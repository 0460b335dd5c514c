#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""test_live_capture.py PROBE: threads that share an interface, the kernel's filter and the shunt, on a pair of virtual
interfaces in a network namespace of this process's own, which ends with it."""
import contextlib
import ctypes
import os
import queue
import random
import socket
import subprocess
import sys
import threading
import time
import unittest

from frames import ACK, CLIENT, FIN, PSH, RST, SERVER, SYN, carriers, ethernet, ipv4, strangers, tag, tcp

PROBE = sys.argv[1] if len(sys.argv) > 1 else 'live_probe'
CLONE_NEWNET = 0x40000000
QUIET_SECONDS = 1.5 # a busy machine may be a second late


def enter_namespace():
    if os.geteuid() != 0 or ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        print('needs root, for a network namespace of its own')
        sys.exit(77)


def ip(*words):
    subprocess.run(['ip', *words], check=True)


class Probe:
    def __init__(self, threads=1, *words, interface='sensor'):
        self.child = subprocess.Popen([PROBE, interface, str(threads), *words], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=lambda: [self.lines.put(line.split()) for line in self.child.stdout], daemon=True)
        self.reader.start()
        lines = self.until('ready')
        self.greeting_packets = [(bytes.fromhex(line[2])[-8:], int(line[1])) for line in lines if line[0] == 'packet']

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.child.stdin.closed:
            self.child.stdin.close()
        self.child.wait(30)
        self.reader.join()
        self.child.stdout.close()
        self.child.stderr.close()

    def until(self, word):
        lines = []
        while not lines or lines[-1][0] != word:
            lines.append(self.lines.get(timeout=30))
        return lines

    def say(self, command, word):
        self.child.stdin.write(command + '\n')
        self.child.stdin.flush()
        return self.until(word)

    def shunt(self, verb='shunt', port=40000):
        return self.say(f'{verb} {CLIENT} {port} {SERVER} 993', 'done')

    def packets(self):
        """[(text of a frame, thread)] of those that came through, until no more do."""
        came = []
        with contextlib.suppress(queue.Empty):
            while True:
                _, thread, data = self.lines.get(timeout=QUIET_SECONDS)
                came.append((bytes.fromhex(data)[-8:], int(thread)))
        return came

    def send(self, *frames):
        send(*frames)
        return dict(self.packets())


def send(*frames, pause=0):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind(('mirror', 0))
        for frame in frames:
            wire.send(frame)
            time.sleep(pause)


def text(number):
    return b'#%06d#' % number


class Filter(unittest.TestCase):
    def check(self, *words):
        with Probe(1, *words) as probe:
            names = list(carriers(b''))
            came = probe.send(*[carriers(text(i))[name] for i, name in enumerate(names)])
            self.assertEqual([], [name for i, name in enumerate(names) if text(i) not in came])
            self.assertEqual({}, probe.send(*strangers(text(2)).values()))

    def test_mail_comes_through_whatever_carries_it(self):
        self.check('noshunt')

    def test_the_shunt_lets_the_same_through(self):
        self.check()


class Fanout(unittest.TestCase):
    def test_both_directions_and_all_sessions_of_two_hosts_meet_in_one_thread(self):
        with Probe(3) as probe:
            frames = []
            for host in range(64):
                client = f'10.1.{host}.{host * 3 % 256}'
                frames += [ethernet(tcp(text(host * 10), client, SERVER, 40000, 993)),
                           ethernet(tcp(text(host * 10 + 1), SERVER, client, 993, 40000)),
                           tag(ethernet(tcp(text(host * 10 + 2), client, SERVER, 40001, 143))),
                           tag(tag(ethernet(tcp(text(host * 10 + 3), client, SERVER, 40001, 143)))),
                           ethernet(ipv4(text(host * 10 + 4), 6, client, SERVER, fragment=3))]
            came = probe.send(*frames)
            self.assertEqual(len(frames), len(came))
            for host in range(64):
                self.assertEqual(1, len({came[text(host * 10 + i)] for i in range(5)}))
            self.assertEqual({0, 1, 2}, set(came.values()))

    def test_no_packet_comes_twice_or_is_lost_while_the_threads_join(self):
        frames = [ethernet(tcp(text(i), f'10.1.{i % 256}.1')) for i in range(4000)]
        sender = threading.Thread(target=send, args=frames, kwargs={'pause': 0.0002})
        sender.start()
        with Probe(4) as probe:
            sender.join()
            came = [number for number, _ in probe.greeting_packets + probe.packets()]
        self.assertEqual(len(came), len(set(came)))
        self.assertEqual({text(i) for i in range(int(min(came)[1:7]), 4000)}, set(came))

    def test_what_is_in_tunnels_meets_in_one_thread(self):
        with Probe(3) as probe:
            frames = carriers(b'')
            names = ('vxlan', 'geneve', 'gre', 'erspan', 'ip in ip', 'mpls', 'pppoe')
            came = probe.send(*[frames[name] + text(i) for i, name in enumerate(names)])
            self.assertEqual(len(names), len(came))
            self.assertEqual(1, len(set(came.values())))


class Shunt(unittest.TestCase):
    def setUp(self):
        self.probe = self.enterContext(Probe(2))
        self.probe.shunt()

    def passes(self, frame):
        return len(self.probe.send(frame)) == 1

    def data(self, **changes):
        return ethernet(tcp(text(1), **changes))

    def test_the_kernel_holds_back_both_directions_and_counts(self):
        sent = [self.data(), self.data(source=SERVER, destination=CLIENT, sport=993, dport=40000), tag(self.data())]
        self.assertEqual({}, self.probe.send(*sent))
        self.assertEqual(3, sum(int(line[4]) for line in self.probe.say('count', 'count') + self.probe.until('count')))

    def test_other_sessions_come(self):
        self.assertTrue(self.passes(self.data(sport=40001)))

    def test_an_end_comes_and_ends_the_shunt(self):
        for flags in (FIN | ACK, RST, SYN, SYN | ACK):
            with self.subTest(flags):
                self.probe.shunt()
                self.assertFalse(self.passes(self.data()))
                self.assertTrue(self.passes(self.data(flags=flags)))
                self.assertTrue(self.passes(self.data(flags=PSH | ACK)))

    def test_it_can_be_taken_back(self):
        self.probe.shunt('unshunt')
        self.assertTrue(self.passes(self.data()))

    def test_a_walk_tells_what_was_held_since_the_last_one(self):
        self.assertEqual([['walked']], self.probe.say('walk', 'walked'))
        self.probe.send(self.data(), self.data())
        self.assertEqual([['held', '4711', '2'], ['walked']], self.probe.say('walk', 'walked'))
        self.assertEqual([['walked']], self.probe.say('walk', 'walked'))

    def test_a_walk_sees_every_session(self):
        for port in range(20000, 23000):
            self.probe.shunt(port=port)
        self.probe.send(*[self.data(sport=port) for port in range(20000, 23000)])
        self.assertEqual(3001, len(self.probe.say('walk', 'walked')))


class Tap(unittest.TestCase):
    def setUp(self):
        make_interfaces('far', 'other')
        self.addCleanup(ip, 'link', 'del', 'far')
        self.wires = []
        for name in ('mirror', 'far'):
            self.wires.append(wire := socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
            self.addCleanup(wire.close)
            wire.bind((name, 0))

    def check(self, draw, pause, count):
        """Frames that go into either side come out in the order in which they went in."""
        sent = [text(number) for number in range(count)]
        with Probe(1, interface='sensor+other') as probe:
            for words in sent:
                draw.choice(self.wires).send(ethernet(tcp(words)))
                time.sleep(pause)
            self.assertEqual(sent, [words for words, _ in probe.packets()])
            counts = probe.say('count', 'count')[-1]
        self.assertEqual(['0', str(count), '0', '0'], counts[1:])

    def test_packets_come_by_time(self):
        self.check(random.Random(1), 0, 3000)

    def test_packets_that_come_slowly_come_by_time(self):
        self.check(random.Random(2), 0.004, 300)


class Interface(unittest.TestCase):
    def test_what_came_just_before_the_end_is_read(self):
        for words in (('link', 'set', 'sensor', 'down'), ('link', 'del', 'mirror')):
            with self.subTest(words), Probe() as probe:
                send(ethernet(tcp(text(1))))
                ip(*words)
                self.assertEqual([(text(1), 0)], probe.packets())
            subprocess.run(['ip', 'link', 'del', 'mirror'], check=False, stderr=subprocess.DEVNULL)
            make_interfaces()

    def test_going_down_is_said(self):
        try:
            with Probe(2) as probe:
                ip('link', 'set', 'sensor', 'down')
                said = [probe.child.stderr.readline() for _ in range(2)]
            self.assertEqual(['sensor: the interface went down; ip link set sensor up\n'] * 2, said)
        finally:
            ip('link', 'set', 'sensor', 'up')

    def test_going_away_is_said_and_a_new_one_can_be_captured(self):
        try:
            with Probe(2) as probe:
                ip('link', 'del', 'mirror')
                said = [probe.child.stderr.readline() for _ in range(2)]
            self.assertEqual(['sensor: the interface is gone; capture goes on when it is back\n'] * 2, said)
        finally:
            make_interfaces()
        with Probe(2) as probe:
            self.assertEqual(1, len(probe.send(ethernet(tcp(text(1))))))


def make_interfaces(mirror='mirror', sensor='sensor'):
    ip('link', 'add', mirror, 'type', 'veth', 'peer', 'name', sensor)
    for name in (mirror, sensor):
        with open(f'/proc/sys/net/ipv6/conf/{name}/disable_ipv6', 'w', encoding='ascii') as file:
            file.write('1')
        ip('link', 'set', name, 'up')


def main():
    enter_namespace()
    make_interfaces()
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)


if __name__ == '__main__':
    main()
