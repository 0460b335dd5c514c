# SPDX-License-Identifier: BSD-2-Clause
"""Real clients of six TLS stacks. Each takes a Target, goes through one mail session and returns the version that the
client itself says it negotiated (None where it does not say)."""
import dataclasses
import imaplib
import os
import poplib
import re
import ssl
import warnings

from network import Namespace
from servers import HERE, PASSWORD, USER

VERSIONS = ('SSL 3.0', 'TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3')
HOST = 'mail.example'
warnings.simplefilter('ignore', DeprecationWarning)


@dataclasses.dataclass
class Target:
    """Whom a client is to meet, and from where."""
    namespace: Namespace
    address: str
    port: int
    service: str  # imap, imaps, pop3, pop3s
    folder: str = '/nonexistent'

    @property
    def protocol(self):
        return self.service.removesuffix('s')

    @property
    def starttls(self):
        return not self.service.endswith('s')

    @property
    def brackets(self):
        return f'[{self.address}]' if ':' in self.address else self.address


def mail_lines(protocol):
    if protocol == 'imap':
        return f'a1 LOGIN {USER} {PASSWORD}\na2 LOGOUT\n'
    return f'USER {USER}\nPASS {PASSWORD}\nQUIT\n'


def said(output, pattern, names):
    """The version in a client's output, by its own name for it."""
    found = re.search(pattern, output)
    if not found:
        raise AssertionError(f'no "{pattern}" in: {output[-2000:]}')
    return names[found.group(1)]


OPENSSL_NAMES = {'TLSv1': 'TLS 1.0', 'TLSv1.1': 'TLS 1.1', 'TLSv1.2': 'TLS 1.2', 'TLSv1.3': 'TLS 1.3'}
OPENSSL_OPTIONS = {'TLS 1.0': '-tls1', 'TLS 1.1': '-tls1_1', 'TLS 1.2': '-tls1_2', 'TLS 1.3': '-tls1_3'}


def run_openssl(target, *options, lines='', name=HOST):
    """openssl s_client; its output, whatever becomes of it."""
    starttls = ['-starttls', target.protocol] if target.starttls else []
    sni = ['-servername', name] if name else ['-noservername']
    return target.namespace.run('openssl', 's_client', '-connect', f'{target.brackets}:{target.port}', *starttls, *sni,
                                '-ign_eof', '-crlf', '-cipher', 'ALL:@SECLEVEL=0', *options, input=lines).stdout


def openssl(target, version):
    output = run_openssl(target, OPENSSL_OPTIONS[version], '-brief', lines=mail_lines(target.protocol))
    return said(output, r'Protocol version: (TLSv1(?:\.\d)?)', OPENSSL_NAMES)


def gnutls(target, version):
    starttls = ['--starttls-proto', target.protocol] if target.starttls else []
    output = target.namespace.run(
        'gnutls-cli', '--insecure', '--crlf', '--priority', f'NORMAL:-VERS-ALL:+VERS-{version.replace(" ", "")}',
        '--port', target.port, *starttls, '--sni-hostname', HOST, '--verify-hostname', HOST, target.address,
        input=mail_lines(target.protocol)).stdout
    return said(output, r'Description: \((TLS1\.\d)', {name.replace(' ', ''): name for name in VERSIONS})


def curl(target, version):
    number = version.split()[1]
    scheme = target.service
    output = target.namespace.run(
        'curl', '-v', '-k', '--max-time', 10, '--ssl-reqd', f'--tlsv{number}', '--tls-max', number,
        '--ciphers', 'ALL:@SECLEVEL=0', '--connect-to', f'{HOST}:{target.port}:{target.brackets}:{target.port}',
        '-u', f'{USER}:{PASSWORD}', f'{scheme}://{HOST}:{target.port}/').stdout
    return said(output, r'SSL connection using (TLSv1(?:\.\d)?) ', OPENSSL_NAMES)


def context(least, most=None):
    """Of Python's ssl, as old as OpenSSL can be."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    made.set_ciphers('ALL:@SECLEVEL=0')
    limits(made, least, most or least)
    return made


def limits(made, least, most):
    numbers = {'TLS 1.0': ssl.TLSVersion.TLSv1, 'TLS 1.1': ssl.TLSVersion.TLSv1_1, 'TLS 1.2': ssl.TLSVersion.TLSv1_2,
               'TLS 1.3': ssl.TLSVersion.TLSv1_3}
    made.minimum_version, made.maximum_version = numbers[least], numbers[most]


def python(target, version):
    """imaplib and poplib, which name no server: they were given an address."""
    with target.namespace.inside():
        if target.service == 'imap':
            mail = imaplib.IMAP4(target.address, target.port, timeout=10)
            mail.starttls(context(version))
        elif target.service == 'imaps':
            mail = imaplib.IMAP4_SSL(target.address, target.port, ssl_context=context(version), timeout=10)
        elif target.service == 'pop3':
            mail = poplib.POP3(target.address, target.port, timeout=10)
            mail.stls(context(version))
        else:
            mail = poplib.POP3_SSL(target.address, target.port, context=context(version), timeout=10)
    negotiated = OPENSSL_NAMES[mail.sock.version()]
    if target.protocol == 'imap':
        mail.login(USER, PASSWORD)
        mail.logout()
    else:
        mail.user(USER)
        mail.pass_(PASSWORD)
        mail.quit()
    return negotiated


JAVA_NAMES = {'SSL 3.0': 'SSLv3', 'TLS 1.0': 'TLSv1', 'TLS 1.1': 'TLSv1.1', 'TLS 1.2': 'TLSv1.2', 'TLS 1.3': 'TLSv1.3'}


def java(target, version, more_protocols='', lines=None):
    """JSSE; names no server: it was given an address."""
    kind = target.protocol if target.starttls else 'implicit'
    output = target.namespace.run(
        'java', '-Xshare:auto', os.path.join(HERE, 'java', 'TlsClient.java'), target.address, target.port, kind,
        more_protocols + JAVA_NAMES[version], input=lines or mail_lines(target.protocol)).stdout
    return said(output, r'^(SSLv3|TLSv1(?:\.\d)?) ', {name: version for version, name in JAVA_NAMES.items()})


def nss(target, version):
    """tstclnt, for implicit TLS only; says nothing of the version."""
    number = version.lower().replace(' ', '')
    target.namespace.run('tstclnt', '-h', target.address, '-a', HOST, '-p', target.port, '-V', f'{number}:{number}',
                         '-o', '-D', '-A', _lines_file(target))


def _lines_file(target):
    path = os.path.join(target.folder, 'lines')
    with open(path, 'w') as file:
        file.write(mail_lines(target.protocol).replace('\n', '\r\n'))
    return path


STACKS = {'openssl': openssl, 'gnutls': gnutls, 'curl': curl, 'python': python, 'java': java, 'nss': nss}
NAMES_NO_SERVER = {'python', 'java'}
ASKS_FOR_CAPABILITIES = {'curl', 'python'}  # CAPA before STLS; IMAP's greeting has them anyway
