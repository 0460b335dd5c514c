# SPDX-License-Identifier: BSD-2-Clause
"""Clients that no package provides: lines said by hand, and TLS whose bytes are sent when and as a case wants."""
import ssl

import clients


class Lines:
    """A connection to a mail server in clear."""

    def __init__(self, connection):
        self.connection = connection
        self.reader = connection.makefile('rb')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.reader.close()
        self.connection.close()

    def hear(self):
        line = self.reader.readline()
        if not line:
            raise EOFError('the server hung up')
        return line.decode(errors='replace').rstrip('\r\n')

    def hear_until(self, *starts):
        """The first line with such a beginning."""
        while True:
            line = self.hear()
            if line.startswith(starts):
                return line

    def say(self, text):
        self.connection.sendall(text.encode() + b'\r\n')

    def imap(self, text):
        """Says a command with its tag and hears its answer."""
        self.say(text)
        return self.hear_until(text.split(' ')[0] + ' ')

    def pop3(self, text):
        self.say(text)
        return self.hear_until('+OK', '-ERR')

    def silence(self):
        """Until the server has ended the connection."""
        while self.reader.readline():
            pass


class HandDrivenTls:
    """TLS over memory: the hello is there to be sent by hand, then the rest goes its way."""

    def __init__(self, connection, least, most=None, name=clients.HOST):
        self.connection = connection
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = clients.context(least, most).wrap_bio(self.incoming, self.outgoing, server_hostname=name)
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        self.hello = self.outgoing.read()

    def _drive(self, step, *arguments):
        while True:
            try:
                result = step(*arguments)
                self.connection.sendall(self.outgoing.read())
                return result
            except ssl.SSLWantReadError:
                self.connection.sendall(self.outgoing.read())
                received = self.connection.recv(16384)
                if not received:
                    raise EOFError('the server hung up') from None
                self.incoming.write(received)

    def handshake(self):
        self._drive(self.tls.do_handshake)

    def command(self, text):
        """Says an IMAP command and hears its answer."""
        self._drive(self.tls.write, text.encode() + b'\r\n')
        heard = b''
        while not any(line.startswith(text.split(' ')[0].encode() + b' ') for line in heard.split(b'\r\n')[:-1]):
            heard += self._drive(self.tls.read, 4096)
        return heard.decode()
