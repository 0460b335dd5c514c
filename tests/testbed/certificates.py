# SPDX-License-Identifier: BSD-2-Clause
"""Throw-away keys and certificates, made anew each time."""
import os
import subprocess

NAME = 'mail.example'


def openssl(*words, **options):
    return subprocess.run(['openssl', *map(str, words)], check=True, timeout=60, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, **options).stdout.decode()


class Certificates:
    def __init__(self, folder):
        self.folder = folder
        self.ca, self.ca_key = self._authority('ca', 'Testbed Root')
        self.other_ca, _ = self._authority('other', 'Another Root')
        self.server, self.server_key = self.issue('server', NAME, f'DNS:{NAME}')
        self.client, self.client_key = self.issue('client', 'device-7.example', 'DNS:device-7.example')

    def path(self, name):
        return os.path.join(self.folder, name)

    def _authority(self, name, common_name):
        openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', 3650, '-keyout', self.path(f'{name}.key'),
                '-subj', f'/O=lasthello/CN={common_name}', '-out', self.path(f'{name}.pem'))
        return self.path(f'{name}.pem'), self.path(f'{name}.key')

    def issue(self, name, common_name, alternative_names):
        with open(self.path(f'{name}.ext'), 'w') as file:
            file.write(f'subjectAltName={alternative_names}\n')
        openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', f'/O=lasthello/CN={common_name}',
                '-keyout', self.path(f'{name}.key'), '-out', self.path(f'{name}.csr'))
        openssl('x509', '-req', '-in', self.path(f'{name}.csr'), '-CA', self.ca, '-CAkey', self.ca_key, '-days', 3650,
                '-sha256', '-extfile', self.path(f'{name}.ext'), '-out', self.path(f'{name}.pem'))
        return self.path(f'{name}.pem'), self.path(f'{name}.key')

    def sha256(self, path):
        return openssl('x509', '-in', path, '-noout', '-fingerprint', '-sha256').split('=')[1].strip().replace(':', '')

    def java_store(self):
        """Key and certificate as Java wants them; its password is no secret of anybody's."""
        store = self.path('server.p12')
        if not os.path.exists(store):
            openssl('pkcs12', '-export', '-in', self.server, '-inkey', self.server_key, '-out', store,
                    '-passout', 'pass:testbed')
        return store


def suite_names():
    """OpenSSL's names of cipher suites -> IANA's."""
    rows = (line.split() for line in openssl('ciphers', '-stdname', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0').splitlines())
    return {row[2]: row[0] for row in rows}
