# SPDX-License-Identifier: BSD-2-Clause
"""Servers that no package provides: silent ones, ones that break off, and mail servers that answer as a table says."""
import contextlib
import socket
import ssl
import struct
import threading

import clients

PATIENCE = 60  # seconds; nothing of ours waits longer


class Served:
    """Calls handler(connection) for each connection to the port, one after another, in a thread, until `with` ends."""

    def __init__(self, namespace, port, handler, family=4):
        self.handler, self.failures = handler, []
        with namespace.inside():
            self.listener = socket.socket(socket.AF_INET if family == 4 else socket.AF_INET6)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(('', port))
        self.listener.listen(16)
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(timeout=10)
        if self.failures:
            raise self.failures[0]

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.settimeout(PATIENCE)
            with connection:
                try:
                    self.handler(connection)
                except (OSError, EOFError):
                    pass  # the client broke off, or was meant to be broken off
                except Exception as error:
                    self.failures.append(error)


def context(certificates, least, most=None):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers('ALL:@SECLEVEL=0')
    clients.limits(made, least, most or least)
    made.load_cert_chain(certificates.server, certificates.server_key)
    return made


def silent(connection):
    """Its kernel acknowledges, and nobody answers."""
    while connection.recv(4096):
        pass


def silent_after(greeting):
    def handler(connection):
        connection.sendall(greeting)
        silent(connection)
    return handler


def reset(connection):
    """Reads the hello and breaks off with RST."""
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))


def hang_up(connection):
    """Reads the hello and closes with FIN."""
    connection.recv(4096)


def bears_no_better_hello(tls, talk, break_off):
    """A server that breaks off, in the way given, at any hello of TLS 1.2 or better. Others get TLS."""
    def handler(connection):
        hello = connection.recv(11, socket.MSG_PEEK | socket.MSG_WAITALL)
        if hello[9:11] >= b'\x03\x03':
            return break_off(connection)
        return inside_tls(tls, talk)(connection)
    return handler


def by_turns(handlers):
    """Each connection is met by the next handler: servers that are not set alike, behind one address."""
    turns = iter(handlers)
    return lambda connection: next(turns)(connection)


def inside_tls(tls, talk):
    def handler(connection):
        with tls.wrap_socket(connection, server_side=True) as wrapped:
            talk(wrapped)
            with contextlib.suppress(OSError, ValueError):  # ValueError: TLS has been ended already
                wrapped.unwrap()
    return handler


def read_line(connection):
    """A line and not a byte more, so that TLS that follows is still to be read."""
    line = b''
    while not line.endswith(b'\n'):
        byte = connection.recv(1)
        if not byte:
            raise EOFError
        line += byte
    return line.decode(errors='replace').strip()


def imap(greeting='* OK ready', answers=None, tls=None):
    """IMAP: a command is answered as `answers` says, with OK if it says nothing; STARTTLS with OK begins TLS."""
    def handler(connection):
        connection.sendall(greeting.encode() + b'\r\n')
        while True:
            tag, command = (read_line(connection) + ' ').split(' ')[:2]
            command = command.upper()
            answer = (answers or {}).get(command, 'OK done')
            if command == 'LOGOUT':
                connection.sendall(b'* BYE goodbye\r\n')
            if command == 'CAPABILITY':
                connection.sendall(b'* CAPABILITY IMAP4rev1' + (b' STARTTLS' if tls else b'') + b'\r\n')
            connection.sendall(f'{tag} {answer}\r\n'.encode())
            if command == 'LOGOUT' or answer.startswith('BYE'):
                return None
            if command == 'STARTTLS' and answer.startswith('OK') and tls:
                return inside_tls(tls, imap_after_greeting)(connection)
    return handler


def imap_injectable(greeting, tls):
    """Reads as much as there is, and takes for read what came in clear with STARTTLS: open to injection."""
    def handler(connection):
        connection.sendall(greeting.encode() + b'\r\n')
        tag = connection.recv(4096).decode().split(' ')[0]
        connection.sendall(f'{tag} OK begin TLS\r\n'.encode())
        inside_tls(tls, imap_after_greeting)(connection)
    return handler


def imap_after_greeting(connection):
    while True:
        tag, command = (read_line(connection) + ' ').split(' ')[:2]
        connection.sendall(f'{tag} OK done\r\n'.encode())
        if command.upper() == 'LOGOUT':
            return


def pop3(greeting='+OK ready', answers=None, tls=None):
    def handler(connection):
        connection.sendall(greeting.encode() + b'\r\n')
        while True:
            command = (read_line(connection) + ' ').split(' ')[0].upper()
            answer = (answers or {}).get(command, '+OK done')
            connection.sendall(answer.encode() + b'\r\n')
            if command == 'CAPA':
                connection.sendall((b'STLS\r\n' if tls else b'') + b'UIDL\r\n.\r\n')
            if command == 'QUIT':
                return None
            if command == 'STLS' and answer.startswith('+OK') and tls:
                return inside_tls(tls, silent)(connection)
    return handler


def refuses_inside(connection):
    """A provider that finishes any handshake, refuses old TLS at the login and ends the connection itself."""
    connection.sendall(b'* OK ready\r\n')
    tag = read_line(connection).split(' ')[0]
    connection.sendall(f'{tag} NO this version of TLS is no longer served\r\n'.encode())
    connection.shutdown(socket.SHUT_WR)
    silent(connection)


def http(connection):
    connection.recv(4096)
    connection.sendall(b'HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: 14\r\n'
                       b'Connection: close\r\n\r\n<html></html>\n')


def ssh(connection):
    connection.sendall(b'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n')
    connection.recv(4096)
