# SPDX-License-Identifier: BSD-2-Clause
"""What --discover finds on ports that nobody named: TLS behind the upgrades of other protocols, one side alone; and what
it must not take for TLS."""
import struct

from . import files
from .bases import packets_of
from .conversation import Talk
from .packets import frame
from .recipes import add, recipe

OPTIONS = {'options': b'--discover\n'}
CLIENT, SERVER = True, False

STARTTLS_OID = b'1.3.6.1.4.1.1466.20037'
LDAP_REQUEST = b'\x30\x1d\x02\x01\x01\x77\x18\x80\x16' + STARTTLS_OID
LDAP_ANSWER = b'\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00'
XMPP_OPEN = b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' to='chat.example' version='1.0'>"
XMPP_FEATURES = b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"
MYSQL_GREETING = b'\x4a\x00\x00\x00\x0a8.0.36\x00' + bytes(range(1, 60)) + b'mysql_native_password\x00'
MYSQL_SSL = b'\x20\x00\x00\x01' + struct.pack('<IIB', 0x000A8800, 1 << 24, 45) + bytes(23)

UPGRADES = (  # name, port, why, what is said before the ClientHello
    ('smtp', 2525, 'SMTP (RFC 3207).', (
        (SERVER, b'220 mail.example ESMTP\r\n'), (CLIENT, b'EHLO host.example\r\n'),
        (SERVER, b'250-mail.example\r\n250 STARTTLS\r\n'), (CLIENT, b'STARTTLS\r\n'),
        (SERVER, b'220 2.0.0 ready to start TLS\r\n'))),
    ('ftp', 2121, 'FTP (RFC 4217).', (
        (SERVER, b'220 ftp.example\r\n'), (CLIENT, b'AUTH TLS\r\n'), (SERVER, b'234 proceed\r\n'))),
    ('ldap', 3389, 'LDAP (RFC 4511 4.14).', ((CLIENT, LDAP_REQUEST), (SERVER, LDAP_ANSWER))),
    ('xmpp', 5299, 'XMPP (RFC 6120 5.4).', (
        (CLIENT, XMPP_OPEN), (SERVER, XMPP_OPEN), (SERVER, XMPP_FEATURES),
        (CLIENT, b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
        (SERVER, b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"))),
    ('postgresql', 5439, 'PostgreSQL: an SSLRequest, answered by one letter.', (
        (CLIENT, struct.pack('>II', 8, 80877103)), (SERVER, b'S'))),
    ('mysql', 3309, 'MySQL: its greeting, and a request with the SSL capability.', (
        (SERVER, MYSQL_GREETING), (CLIENT, MYSQL_SSL))),
    ('socks5', 1089, 'SOCKS 5 (RFC 1928).', (
        (CLIENT, b'\x05\x01\x00'), (SERVER, b'\x05\x00'), (CLIENT, b'\x05\x01\x00\x01\x0a\x09\x00\x03\x03\xe1'),
        (SERVER, b'\x05\x00\x00\x01\x0a\x09\x00\x01\xc0\x01'))),
    ('connect', 3129, 'An HTTP proxy (RFC 9110 9.3.6).', (
        (CLIENT, b'CONNECT mail.example:993 HTTP/1.1\r\nHost: mail.example:993\r\n\r\n'),
        (SERVER, b'HTTP/1.1 200 Connection established\r\n\r\n'))),
    ('unknown', 4711, 'A protocol of nobody, with as many turns as it likes.', tuple(
        (side, bytes([0xA7, turn])) for turn in range(20) for side in (CLIENT, SERVER)) + ((CLIENT, b'\x00' * 40),)),
)


def after(base, port, before):
    """The TLS of the base behind other bytes, on another port."""
    talk = Talk(port, client_port=base.expected['source.port'], start_ns=base.segments[0].time_ns).open()
    for from_client, payload in before:
        talk.say(from_client, payload)
    for segment in base.segments:
        if segment.payload:
            talk.say(segment.from_client, segment.payload)
    return talk.close()


def ends_of(talk, base, **facts):
    return base.whole() | talk.facts('tls', **facts)


def upgrade(name, port, why, before):
    def make(base):
        talk = after(base, port, before)
        return {'capture.pcap': files.pcap(talk.packets()), **OPTIONS}, [ends_of(talk, base)]
    add(f'discover-after-{name}', 'imaps', f"""TLS behind an upgrade that has no dissector here. {why}

        Expected: with `--discover` the session of the original, as `tls`.""", make)


for row in UPGRADES:
    upgrade(*row)


@recipe('imaps')
def discover_server_alone(base):
    """Only the server's side was captured, without its SYN, on a port that nobody named.

    Expected: with `--discover` a ServerHello is as sure a beginning as a ClientHello. The version is known, who is
    the client as well, and what it offered is not."""
    talk = after(base, 4993, ())
    server = [s for s in talk.segments if not s.from_client and not s.flags & 2]
    return {'capture.pcap': files.pcap(packets_of(server)), **OPTIONS}, [talk.facts(
        'tls', lasthello__negotiated=base.version, lasthello__evidence='handshake', lasthello__offered_max=None,
        lasthello__cause='unknown')]


@recipe('imaps')
def discover_headers_only(base):
    """Headers alone were captured (`-s 54`), on a port that nobody named.

    Expected: with `--discover` nothing. Bytes that were cut prove nothing about what they were."""
    talk = after(base, 4993, ())
    packets = [files.Packet(s.time_ns, frame(s)[:54], len(frame(s)), 0) for s in talk.segments]
    return {'capture.pcap': files.pcap(packets, snaplen=54), **OPTIONS}, []


@recipe()
def discover_keep_alives():
    """Connections joined midway that only keep alive, with no byte, with a zero and with another one; and two whose
    only records are empty.

    Expected: with `--discover` nothing."""
    out = []
    for number, byte in enumerate((b'', b'\0', b'\xa7')):
        talk = Talk(5228, client_port=51000 + number)
        for _ in range(6):
            here = talk.next[True]
            talk.next[True] -= 1
            talk.send(True, byte)
            talk.next[True] = here
            talk.send(False)
        out += talk.segments
    for number in range(2):
        talk = Talk(5229, client_port=51010 + number).open()
        for _ in range(4):
            talk.say(True, b'\x16\x03\x01\x00\x00').say(False, b'\x16\x03\x01\x00\x00')
        out += talk.close().segments
    return {'capture.pcap': files.pcap(packets_of(out)), **OPTIONS}, []


@recipe()
def discover_lower_case():
    """Servers whose greeting is in small letters, on ports that nobody named.

    Expected: with `--discover` both, with a login in clear."""
    imap = Talk(1430, client_port=51000).open().server(b'* ok hello\r\n').client(b'a login joe secret\r\n')
    pop3 = Talk(1100, client_port=51001).open().server(b'+ok hello\r\n').client(b'user joe\r\n')
    imap.server(b'a ok done\r\n').close()
    pop3.server(b'+ok\r\n').client(b'pass secret\r\n').server(b'+ok\r\n').close()
    return {'capture.pcap': files.pcap(imap.packets() + pop3.packets()), **OPTIONS}, [
        talk.facts(service, lasthello__outcome='cleartext', lasthello__negotiated=None)
        for talk, service in ((imap, 'imap'), (pop3, 'pop3'))]
