#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""test_rewrap.py: the tool's own tests. A tool that makes evidence must not be the one that is wrong. Bases are
made here, from nothing, so that no capture is needed; the last test holds what lies in pcaps/ against what the
recipes make."""
import json
import os
import struct
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'flows')]
import rewrap  # noqa: E402
from capture_file import read_bytes  # noqa: E402
from wrap import bases, conversation, files, fragments, internet, names, packets, recipes, tcp, tunnels  # noqa: E402
from wrap.conversation import Talk, message, record  # noqa: E402

PCAPS = os.path.join(HERE, '..', '..', 'pcaps')
LEAF = names.certificate(b'mail.example', b'an issuer')
SERVICES = {'imaps': 993, 'pop3s': 995, 'imap': 143}
CODES = {'TLS 1.0': 0x0301, 'TLS 1.2': 0x0303, 'TLS 1.3': 0x0303}


def client_hello(version):
    code = struct.pack('>H', CODES[version])
    suites, extensions = conversation.vector(b'\xc0\x14\x00\x2f', 2), conversation.vector(bytes(4) + b'\0\x23\0\0', 2)
    body = code + bytes(32) + b'\0' + suites + b'\1\0' + extensions
    return record(22, message(1, body))


def server_flight(version):
    code = struct.pack('>H', CODES[version])
    hello = code + bytes(range(32)) + b'\0\xc0\x14\0' + conversation.vector(b'', 2)
    parts = (2, hello), (11, conversation.vector(conversation.vector(LEAF, 3), 3)), (12, bytes(300)), (14, b'')
    return b''.join(record(22, message(*part), CODES[version]) for part in parts)


def talk_like(service, version, is_v6):
    """A session as the testbed has them, its protected parts all zeros."""
    client, server = ('fd00::7', 'fd00::3') if is_v6 else ('10.1.0.7', '10.9.0.3')
    talk, code = Talk(SERVICES[service], client, server).open(), CODES[version]
    if service == 'imap':
        talk.server(b'* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n')
        talk.client(b'a STARTTLS\r\n').server(b'a OK go on\r\n')
    protected = record(20, b'\1', code) + record(22, bytes(48), code)
    talk.client(client_hello(version)).server(server_flight(version))
    talk.client(record(22, message(16, bytes(66)), code) + protected).server(protected)
    for _ in range(2):
        talk.server(record(23, bytes(64), code)).client(record(23, bytes(48), code))
    return talk.close()


def write_base(pcaps, role):
    """As the testbed would, told by the folder's name."""
    folder = bases.ROLES[role]
    service = folder.split('-')[0]
    version = 'TLS 1.' + folder.split('-tls1')[1][0]
    talk = talk_like(service, version, folder.endswith('ipv6'))
    facts = talk.facts(service, lasthello__outcome='established', lasthello__negotiated=version,
                       lasthello__offered_max=version, lasthello__evidence='handshake', lasthello__cause='client',
                       tls__server__hash__sha256='00', lasthello__first_packet=4)
    rewrap.write_folder(os.path.join(pcaps, folder), {
        'capture.pcapng': files.pcapng(talk.packets()), 'expected.jsonl': json.dumps(facts).encode() + b'\n'})


class Fixture(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        bases.load.cache_clear()
        cls.folder = tempfile.TemporaryDirectory()
        for role in bases.ROLES:
            write_base(cls.folder.name, role)
        cls.base = bases.load(cls.folder.name, 'imaps')

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()
        bases.load.cache_clear()

    def stream(self, segments, from_client):
        """One direction's bytes: the first copy of each wins."""
        start = next(s.sequence for s in segments if s.from_client == from_client and s.flags & packets.SYN) + 1
        seen = {}
        for segment in segments:
            if segment.from_client == from_client:
                at = conversation.distance(segment.sequence + bool(segment.flags & packets.SYN), start)
                for i, byte in enumerate(segment.payload):
                    seen.setdefault(at + i, byte)
        return bytes(seen[i] for i in range(len(seen)))

    def streams(self, segments):
        return self.stream(segments, True), self.stream(segments, False)


class Packets(Fixture):
    def test_checksum_is_that_of_rfc_1071(self):
        self.assertEqual(packets.checksum(bytes.fromhex('0001f203f4f5f6f7')), 0xFFFF ^ 0xDDF2)
        self.assertEqual(packets.checksum(b'\xff'), 0x00FF)

    def test_headers_check_out(self):
        for role in ('imaps', 'imaps6'):
            segment = bases.load(self.folder.name, role).segments[3]
            body = packets.tcp(segment)
            pseudo = packets.pseudo_header(segment.source, segment.destination, 6, len(body))
            self.assertEqual(packets.checksum(pseudo + body), 0)
        self.assertEqual(packets.checksum(packets.network(self.base.segments[3])[1][:20]), 0)
        self.assertNotEqual(packets.checksum(pseudo + packets.tcp(segment, wrong_checksum=True)), 0)

    def test_a_frame_is_read_as_it_was_written(self):
        for role in ('imaps', 'imaps6'):
            base = bases.load(self.folder.name, role)
            for segment in base.segments:
                read = packets.read_segment(segment.time_ns, packets.frame(segment), 1, bases.client_of(base.expected))
                self.assertEqual(read, segment)

    def test_tags_stand_in_the_order_of_the_wire(self):
        inner = packets.vlan(200, packets.vlan(100, (0x0800, b'ip')), 0x88A8)
        tags = bytes.fromhex('88a8 00c8 8100 0064 0800')
        self.assertEqual(packets.ethernet(bytes(12), inner), bytes(12) + tags + b'ip')

    def test_the_last_label_has_the_bottom_bit(self):
        self.assertEqual(packets.mpls([17, 18], b'x'), (0x8847, bytes.fromhex('0001103f 0001213f') + b'x'))

    def test_tunnels_know_their_lengths(self):
        frame = tunnels.ethernet(tunnels.CARRIER, tunnels.vxlan(b'inner', 5001))
        self.assertEqual(struct.unpack('>H', frame[16:18])[0], 20 + 8 + 8 + 5)
        self.assertEqual(frame[34 + 8:], bytes.fromhex('08000000 00138900') + b'inner')
        self.assertEqual(tunnels.gre(0x0800, b'', key=1, sequence=2), bytes.fromhex('30000800 00000001 00000002'))


class CaptureFiles(Fixture):
    def test_what_is_written_is_read(self):
        made = [files.Packet(1_772_600_767_125_000_000 + i * 10**9, bytes([i] * i)) for i in range(1, 9)]
        wanted = [(packet.time_ns, packet.data, 1) for packet in made]
        written = [files.pcap(made), files.pcap(made, order='>'), files.pcap(made, nanoseconds=True)]
        written += [files.pcapng(made), files.pcapng(made, order='>')]
        written += [files.pcapng(made, (files.Interface(resolution=r),)) for r in (3, 9, 0x8A, 0xA0)]
        for data in written:
            self.assertEqual(files.read(data), wanted)

    def test_an_offset_is_taken_off_the_ticks(self):
        self.assertEqual(files.Interface(offset=1_000).ticks(1_001 * 10**9), 10**6)

    def test_a_cut_packet_keeps_its_length(self):
        packet = files.Packet(0, bytes(100)).cut(64)
        self.assertEqual((len(packet.data), packet.length), (64, 100))

    def test_compression_loses_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            for kind in ('gz', 'xz', 'zst', 'lz4'):
                path = os.path.join(folder, 'x.' + kind)
                with open(path, 'wb') as file:
                    file.write(files.compressed(kind, b'abc' * 1000))
                self.assertEqual(read_bytes(path), b'abc' * 1000)


class Conversations(Fixture):
    def test_changes_that_must_change_nothing_leave_the_bytes_as_they_were(self):
        wanted = self.streams(self.base.segments)
        for change in (tcp.contradicted_hello, tcp.contradicted_halves, tcp.zero_window, tcp.fin_with_data,
                       tcp.wrapping, tcp.syn_with_data, lambda base: conversation.split_all(base.segments, 7)):
            self.assertEqual(self.streams(change(self.base)), wanted)

    def test_a_substitute_keeps_both_streams_whole(self):
        at = self.base.server_hello
        changed = conversation.substitute(self.base.segments, at, b'longer' * 999)
        self.assertEqual(self.stream(changed, False), self.stream(self.base.segments, False).replace(
            self.base.segments[at].payload, b'longer' * 999))
        self.assertEqual(self.stream(changed, True), self.stream(self.base.segments, True))
        self.assertEqual(changed[at + 1].acknowledgement, changed[at].end)

    def test_both_sides_wrap_inside_their_hellos(self):
        segments = tcp.wrapping(self.base)
        for at in (self.base.hello(), self.base.server_hello):
            self.assertGreater(segments[at].sequence, segments[at].end)

    def test_a_super_segment_is_as_long_as_ip_allows(self):
        segment = internet.super_segments(self.base)[self.base.server_hello]
        self.assertEqual(len(packets.network(segment)[1]), 65535)

    def test_fin_with_data_leaves_no_bare_fin(self):
        fins = [s for s in tcp.fin_with_data(self.base) if s.flags & packets.FIN]
        self.assertEqual([bool(s.payload) for s in fins], [True, True])

    def test_selective_acknowledgements_are_found(self):
        self.assertTrue(conversation.has_sack(b'\x01\x01\x05\x0a' + bytes(8)))
        self.assertFalse(conversation.has_sack(b'\x01\x01\x08\x0a' + b'\x05' * 8))

    def test_a_server_name_is_replaced(self):
        hello = names.with_server_name(client_hello('TLS 1.0'), b'example')
        (kind, _, fragment), = conversation.records(hello)
        (number, body), = conversation.messages(fragment)
        self.assertEqual((kind, number), (22, 1))
        self.assertTrue(body.endswith(b'\0\0\0\x0c\0\x0a\0\0\x07example\0\x23\0\0'))


class Fragments(Fixture):
    def joined(self, made):
        """The bytes of one fragmented IPv4 packet, first copy first."""
        seen = {}
        for packet in made:
            offset = (struct.unpack('>H', packet.data[20:22])[0] & 0x1FFF) * 8
            for i, byte in enumerate(packet.data[34:]):
                seen.setdefault(offset + i, byte)
        return bytes(seen[i] for i in sorted(seen))

    def test_fragments_make_the_segment(self):
        segment = self.base.segments[self.base.server_hello]
        for arrange in (fragments.in_order, fragments.reverse, fragments.overlapping, fragments.contradicted):
            made = fragments.fragmented([segment], arrange)
            self.assertGreater(len(made), 5)
            self.assertEqual(self.joined(made), packets.tcp(segment))

    def test_incomplete_ones_do_not(self):
        segment = self.base.segments[self.base.server_hello]
        self.assertNotEqual(self.joined(fragments.fragmented([segment], fragments.incomplete)), packets.tcp(segment))


class Recipes(Fixture):
    def cook(self, name):
        made = recipes.RECIPES[name]
        return recipes.cook(made, [bases.load(self.folder.name, role) for role in made.roles])

    def test_each_makes_a_small_folder_that_explains_itself(self):
        for name in recipes.RECIPES:
            contents = self.cook(name)
            self.assertLess(sum(map(len, contents.values())), 50_000, name)
            self.assertTrue(any(file.startswith('capture') for file in contents), name)
            self.assertIn(b'Expected: ', contents['README.md'], name)

    def test_each_expected_session_names_its_ends(self):
        for name in recipes.RECIPES:
            for line in self.cook(name)['expected.jsonl'].splitlines():
                self.assertLessEqual(set(bases.ENDS), set(json.loads(line)), name)

    def test_nothing_is_left_of_what_rewrapping_changes(self):
        for line in self.cook('tcp-lost-syn')['expected.jsonl'].splitlines():
            self.assertNotIn('lasthello.first_packet', json.loads(line))

    def test_the_same_bases_give_the_same_bytes(self):
        for name in recipes.RECIPES:
            self.assertEqual(self.cook(name), self.cook(name), name)

    def test_a_folder_is_replaced_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            rewrap.write_folder(folder, {'capture.pcap': b'old'})
            rewrap.write_folder(folder, {'capture.pcapng': b'new'})
            self.assertEqual(os.listdir(folder), ['capture.pcapng'])


    def test_a_folder_of_the_testbed_is_left_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            rewrap.write_folder(os.path.join(folder, 'tcp-lost-syn'), {'README.md': b'Made by: Dovecot.'})
            with self.assertRaises(SystemExit):
                rewrap.make(['tcp-lost-syn'], self.folder.name, folder)


class Pcaps(unittest.TestCase):
    def test_pcaps_hold_what_the_recipes_make(self):
        roles = [role for role, folder in bases.ROLES.items() if not os.path.isdir(os.path.join(PCAPS, folder))]
        if roles:
            self.skipTest('no bases in pcaps/ for ' + ', '.join(roles))
        bases.load.cache_clear()
        with tempfile.TemporaryDirectory() as out:
            rewrap.make(sorted(recipes.RECIPES), PCAPS, out)
            for name in recipes.RECIPES:
                for file in os.listdir(os.path.join(out, name)):
                    made, kept = (os.path.join(folder, name, file) for folder in (out, PCAPS))
                    self.assertTrue(os.path.exists(kept), f'{name}/{file} is missing: run rewrap.py all')
                    self.assertEqual(read_bytes(made), read_bytes(kept), f'{name}/{file} is old: run rewrap.py all')


if __name__ == '__main__':
    unittest.main()
