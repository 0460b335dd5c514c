# SPDX-License-Identifier: BSD-2-Clause
"""Names that would move a cursor or turn a line around: in the client's server name, in the server's certificate."""
import hashlib
import struct

from . import files
from .bases import CERTIFICATE, packets_of
from .conversation import message, record, substitute, vector, with_message
from .recipes import recipe

ESCAPE = b'\x1b[2J\x1b]0;owned\x07'  # clears a terminal, sets its title
TURN = '\u202e'.encode()  # right-to-left override


# ---- the client's --------------------------------------------------------------------------------------------

def with_server_name(hello, name):
    """A ClientHello in one record (RFC 5246 7.4.1.2), its server_name replaced where it stands (RFC 6066 3)."""
    version, body = struct.unpack('>H', hello[1:3])[0], hello[9:]
    at = 34
    at += 1 + body[at]
    at += 2 + struct.unpack('>H', body[at:at + 2])[0]
    at += 1 + body[at]
    extensions, out = body[at + 2:], b''
    server_name = struct.pack('>H', 0) + vector(vector(b'\0' + vector(name, 2), 2), 2)
    while extensions:
        kind, length = struct.unpack('>HH', extensions[:4])
        out += extensions[:4 + length] if kind != 0 else server_name
        extensions = extensions[4 + length:]
    return record(22, message(1, body[:at] + vector(out, 2)), version)


@recipe('imaps')
def hostile_server_name(base):
    """The server name of the ClientHello holds terminal escapes, a right-to-left override and line ends.

    Expected: the session; of a server name only letters (made lower case), digits, `-`, `.` and `_` stay, every
    other byte is shown as `\\xNN`, and nothing is printed raw."""
    at = base.hello()
    name = ESCAPE + TURN + b'Mail.Example\r\n'
    shown = r'\x1b\x5b2j\x1b\x5d0\x3bowned\x07\xe2\x80\xaemail.example\x0d\x0a'
    segments = substitute(base.segments, at, with_server_name(base.segments[at].payload, name))
    return files.pcap(packets_of(segments)), [base.whole(tls__client__server_name=shown)]


# ---- the server's --------------------------------------------------------------------------------------------

def der(tag, *contents):
    """One element of DER (X.690 8.1)."""
    content = b''.join(contents)
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    octets = len(content).to_bytes(2, 'big').lstrip(b'\0')
    return bytes([tag, 0x80 | len(octets)]) + octets + content


RSA_SHA256 = der(0x30, bytes.fromhex('06092a864886f70d01010b'), der(5))
RSA_KEY = der(0x30, bytes.fromhex('06092a864886f70d010101'), der(5))


def common_name(text):
    """A Name of one part: CN as UTF8String (RFC 5280 4.1.2.4)."""
    return der(0x30, der(0x31, der(0x30, bytes.fromhex('0603550403'), der(0x0C, text))))


def certificate(subject, issuer):
    """Well-formed, signed by nobody, with a key of 2048 bits that is none."""
    key = der(0x30, der(2, b'\0' + bytes(range(128, 256)) * 2), der(2, b'\1\0\1'))
    dates = der(0x30, der(0x17, b'250101000000Z'), der(0x17, b'350101000000Z'))
    signed = der(0x30, der(0xA0, der(2, b'\2')), der(2, b'\x2a'), RSA_SHA256, common_name(issuer), dates,
                 common_name(subject), der(0x30, RSA_KEY, der(3, b'\0', key)))
    return der(0x30, signed, RSA_SHA256, der(3, bytes(257)))


def with_certificate(base, leaf):
    at = base.server_hello
    flight = with_message(base.segments[at].payload, CERTIFICATE, vector(vector(leaf, 3), 3))
    return substitute(base.segments, at, flight)


def sha256(data):
    return hashlib.sha256(data).hexdigest().upper()


@recipe('imaps')
def hostile_certificate_name(base):
    """The subject of the server's certificate holds terminal escapes and a right-to-left override, its issuer a NUL.

    Expected: the session; in text only what is visible stays, every other byte is shown as `\\xNN`."""
    leaf = certificate(b'\x1b[2J\x07' + TURN + b'elpmaxe.liam', b'mail.example\0.evil.example')
    return files.pcap(packets_of(with_certificate(base, leaf))), [base.whole(
        tls__server__hash__sha256=sha256(leaf),
        tls__server__x509__subject__distinguished_name=r'CN=\x1b[2J\x07\xe2\x80\xaeelpmaxe.liam',
        tls__server__x509__issuer__distinguished_name=r'CN=mail.example\x00.evil.example',
        tls__server__x509__public_key_algorithm='RSA', tls__server__x509__public_key_size=2048,
        tls__server__x509__signature_algorithm='sha256WithRSAEncryption')]


@recipe('imaps')
def hostile_certificate_lies(base):
    """The certificate's DER claims to be longer than it is.

    Expected: the session and the certificate's hash; nothing that would have to be read inside."""
    leaf = certificate(b'mail.example', b'mail.example')
    leaf = leaf[:2] + struct.pack('>H', len(leaf) + 5000) + leaf[4:]
    return files.pcap(packets_of(with_certificate(base, leaf))), [base.whole(
        tls__server__hash__sha256=sha256(leaf), tls__server__x509__subject__distinguished_name=None,
        tls__server__x509__not_after=None)]
