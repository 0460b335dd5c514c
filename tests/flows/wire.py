# SPDX-License-Identifier: BSD-2-Clause
"""Packets and TLS messages by hand, fast enough for a million of them, and capture files of them."""
import struct

SYN, FIN, RST, PSH, ACK = 2, 1, 4, 8, 16
SERVER = bytes([10, 9, 0, 3])
EPOCH = 1_700_000_000
RANDOM = bytes(range(32))
PROTECTED = bytes(range(90, 122))


def address(number):
    """The client `number`, of 10.64.0.0/10."""
    return struct.pack('>I', 0x0A400000 + number)


def ipv4(source, destination, payload, protocol=6, number=0, fragment=0):
    return struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(payload), number, fragment, 64, protocol, 0) + source + destination + payload


def ethernet(datagram):
    return b'\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0' + datagram


def tcp(source, destination, ports, sequence, acknowledgement, flags, payload=b''):
    header = struct.pack('>HHIIBBHHH', *ports, sequence & 0xffffffff, acknowledgement & 0xffffffff, 0x50, flags, 65535, 0, 0)
    return ethernet(ipv4(source, destination, header + payload))


class Connection:
    """Both ends of a TCP connection; each method returns a frame."""

    def __init__(self, client, port=40000, service=993, server=SERVER, isn=(1000, 5000)):
        self.ends, self.ports, self.next = (client, server), (port, service), [isn[0], isn[1]]

    def send(self, side, payload=b'', flags=ACK, at=None):
        ends, ports = self.ends[::(1, -1)[side]], self.ports[::(1, -1)[side]]
        sequence = self.next[side] if at is None else at
        if at is None:
            self.next[side] += len(payload) + (1 if flags & (SYN | FIN) else 0)
        return tcp(*ends, ports, sequence, self.next[1 - side] if flags & ACK else 0, flags, payload)

    def client(self, payload=b'', flags=ACK, at=None):
        return self.send(0, payload, flags, at)

    def server(self, payload=b'', flags=ACK, at=None):
        return self.send(1, payload, flags, at)

    def open(self):
        return [self.client(flags=SYN), self.server(flags=SYN | ACK), self.client()]


# ---- TLS (RFC 5246 6.2, 7.4) ----------------------------------------------------------------------

def vector(length_bytes, content):
    return len(content).to_bytes(length_bytes, 'big') + content


def record(kind, content, version=0x0301):
    return struct.pack('>BH', kind, version) + vector(2, content)


def message(kind, body):
    return bytes([kind]) + vector(3, body)


def client_hello(name=b'', protocols=(), version=0x0301):
    extensions = b''
    if name:
        extensions += struct.pack('>H', 0) + vector(2, vector(2, b'\0' + vector(2, name)))
    if protocols:
        extensions += struct.pack('>H', 16) + vector(2, vector(2, b''.join(vector(1, p) for p in protocols)))
    body = struct.pack('>H', version) + RANDOM + b'\0' + vector(2, b'\0\x2f') + b'\x01\0' + vector(2, extensions)
    return record(22, message(1, body))


def server_hello(version=0x0301):
    return record(22, message(2, struct.pack('>H', version) + RANDOM + b'\0' + b'\0\x2f\0'), version)


def protected(version=0x0301):
    return record(20, b'\x01', version) + record(22, PROTECTED, version)


SERVER_DONE = record(22, message(14, b''))


def session(connection, hello=None, version=0x0301):
    """A whole handshake that settles as established."""
    return connection.open() + [connection.client(hello or client_hello()), connection.server(server_hello(version) + SERVER_DONE),
                                connection.client(protected(version)), connection.server(protected(version))]


# ---- capture files --------------------------------------------------------------------------------

def write(path, frames, times=None, snapshot=262144):
    """A classic file; the frames 100 microseconds apart, or at `times` (in microseconds since EPOCH)."""
    at = 0
    with open(path, 'wb', buffering=1 << 20) as file:
        file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, snapshot, 1))
        for number, frame in enumerate(frames):
            at = number * 100 if times is None else times[number]
            file.write(struct.pack('<IIII', EPOCH + at // 1_000_000, at % 1_000_000, min(len(frame), snapshot), len(frame)))
            file.write(frame[:snapshot])
    return path
