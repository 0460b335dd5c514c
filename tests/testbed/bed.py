# SPDX-License-Identifier: BSD-2-Clause
"""What a case works with: namespaces, servers, a capture, and the sessions that its maker knows of."""
import contextlib
import json
import os
import shutil
import socket
import tempfile

import servers
from capture import Capturing
from clients import Target
from network import Network

CASES = {}
PORTS = {'imap': 143, 'imaps': 993, 'pop3': 110, 'pop3s': 995, 'smtp': 587, 'smtps': 465}


class Case:
    def __init__(self, name, why, make, client, server, mirror, options):
        self.name, self.why, self.make = name, why, make
        self.client, self.server, self.mirror, self.options = client, server, mirror, options


def case(name, why, client=17, server=3, mirror=False, options=''):
    """Registers a function of a Bed that makes the capture pcaps/NAME. `client` and `server` are the last numbers of
    their addresses; `options` are those that `lasthello read` needs."""
    def register(make):
        assert name not in CASES, name
        CASES[name] = Case(name, why, make, client, server, mirror, options)
        return make
    return register


class Bed(contextlib.ExitStack):
    def __init__(self, case, certificates, suites):
        super().__init__()
        self.case, self.certificates, self.suites = case, certificates, suites
        self.sessions, self.made = [], []

    def __enter__(self):
        super().__enter__()
        try:
            self.folder = self.enter_context(tempfile.TemporaryDirectory(prefix='lasthello-'))
            os.chmod(self.folder, 0o755)
            self.network = self.enter_context(Network(self.case.client, self.case.server, self.case.mirror))
        except BaseException:
            self.close()
            raise
        return self

    # ---- servers

    def new_folder(self):
        return tempfile.mkdtemp(dir=self.folder)

    def start(self, server, *arguments, **options):
        """Starts a server of servers.py; it runs until the case ends."""
        made = server(self.network.server, self.new_folder(), self.certificates, *arguments, **options)
        return self.enter_context(made)

    def dovecot(self, **options):
        return self.start(servers.Dovecot, **options)

    def postfix(self):
        dovecot = self.dovecot(auth=True)
        return self.start(servers.Postfix, f'{dovecot.folder}/auth-of-postfix')

    # ---- connections

    def target(self, service, family=4, port=None):
        """Where the next client goes, and the keys by which its session will be known."""
        source_port = self.network.next_port()
        port = port or PORTS[service]
        address = self.network.ip('server', family)
        target = Target(self.network.client, address, port, service, self.folder)
        target.keys = {'source.ip': self.network.ip('client', family), 'source.port': source_port,
                       'destination.ip': address, 'destination.port': port}
        return target

    def connect(self, target, timeout=10):
        """A plain connection of our own."""
        with self.network.client.inside():
            return socket.create_connection((target.address, target.port), timeout=timeout)

    # ---- capture and expectations

    @contextlib.contextmanager
    def capture(self, settle=True, device=None, namespace=None, only='tcp'):
        path = os.path.join(self.folder, 'capture.pcapng')
        with Capturing(namespace or self.network.server, device or 'eth0', path, self.network.client,
                       self.network.ip('server', 4), only):
            yield
            if settle:
                self.network.client.wait_for_quiet()
                self.network.server.wait_for_quiet()

    def expect(self, target, **facts):
        """Keys are those of events after `lasthello.`, or whole ones in `facts['also']`; None: must be absent."""
        keys = dict(target.keys)
        keys |= {f'lasthello.{key}': value for key, value in facts.items() if key not in ('also',)}
        self.sessions.append(keys | facts.get('also', {}))

    def established(self, target, version, suite=None, offered=None, name=None, starttls=None, **facts):
        """A whole TLS session. The suite is OpenSSL's name for it."""
        offered = offered or version
        also = {'tls.established': True, 'tls.client.server_name': name}
        if suite:
            also['tls.cipher'] = self.suites[suite]
        also |= facts.pop('also', {})
        if version < 'TLS 1.3' and not also.get('tls.resumed'):
            also.setdefault('tls.server.hash.sha256', self.certificates.sha256(self.certificates.server))
        cause = 'client' if offered < 'TLS 1.2' else 'server' if version < 'TLS 1.2' else None
        self.expect(target, **({'service': target.service, 'outcome': 'established', 'evidence': 'handshake',
                                'negotiated': version, 'offered_max': offered, 'cause': cause, 'starttls': starttls,
                                'refused_by': None, 'login': None} | facts), also=also)

    def note(self, *sentences):
        """How the traffic was made: for the README."""
        self.made += sentences

    def write(self, pcaps):
        """pcaps/NAME, whole or not at all."""
        folder = os.path.join(pcaps, self.case.name)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        shutil.copyfile(os.path.join(self.folder, 'capture.pcapng'), os.path.join(folder, 'capture.pcapng'))
        with open(os.path.join(folder, 'expected.jsonl'), 'w') as file:
            for keys in self.sessions:
                file.write(json.dumps(keys) + '\n')
        with open(os.path.join(folder, 'README.md'), 'w') as file:
            file.write(f'# {self.case.name}\n\n{self.case.why}\n')
            if self.made:
                file.write('\nMade by: ' + ' '.join(self.made) + '\n')
        if self.case.options:
            with open(os.path.join(folder, 'options'), 'w') as file:
                file.write(self.case.options + '\n')
