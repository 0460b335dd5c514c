# SPDX-License-Identifier: BSD-2-Clause
"""What lies between a sensor and its centre: a TCP proxy that cuts connections, keeps answers back, delays, and lets nobody through."""
import contextlib
import select
import socket
import threading


class BadNetwork:
    """At 127.0.0.1:port. `fault` holds for connections that come from then on:
    None; ('refuse',); ('cut', bytes to the centre); ('swallow', bytes from the centre: the rest of its answers is lost, and then the connection);
    ('delay', seconds for each piece)."""

    def __init__(self, port):
        self.there, self.fault, self.threads = port, None, []
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        self.is_open = True
        self.start(self.serve)

    def start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        thread.start()
        self.threads.append(thread)

    def close(self):
        self.is_open = False
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for thread in self.threads:
            thread.join(10)

    def serve(self):
        while self.is_open:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            if self.fault == ('refuse',):
                client.close()
            else:
                self.start(self.carry, client, self.fault)

    def carry(self, client, fault):
        with contextlib.closing(client), contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', self.there)) as server:
            left = {client: float('inf'), server: float('inf')}
            if fault and fault[0] == 'cut':
                left[client] = fault[1]
            if fault and fault[0] == 'swallow':
                left[server] = fault[1]
            while self.is_open and self.carry_piece(client, server, left, fault):
                pass

    def carry_piece(self, client, server, left, fault):
        for end in select.select([client, server], [], [], 0.2)[0]:
            other, piece = (server if end is client else client), end.recv(4096)
            if fault and fault[0] == 'delay':
                threading.Event().wait(fault[1])
            other.sendall(piece[:min(len(piece), int(min(left[end], 1 << 30)))])
            left[end] -= len(piece)
            if not piece or left[end] < 0:
                return False
        return True
