# SPDX-License-Identifier: BSD-2-Clause
"""Each mail service in each version of TLS over IPv4 and IPv6, by six client stacks against Dovecot."""
import clients
from bed import case

VERSIONS = ('TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3')
ROWS = '''
imap   4  openssl  gnutls   curl     python
imap   6  java     python   openssl  gnutls
imaps  4  gnutls   nss      openssl  curl
imaps  6  curl     openssl  nss      java
pop3   4  python   curl     gnutls   openssl
pop3   6  openssl  java     python   curl
pop3s  4  nss      java     curl     gnutls
pop3s  6  gnutls   openssl  python   nss
'''
FOLDERS = {'imap': 'imap-starttls', 'imaps': 'imaps', 'pop3': 'pop3-stls', 'pop3s': 'pop3s'}


def word(version):
    """For names: tls10."""
    return version.lower().replace(' ', '').replace('.', '')


def starttls_words(service, stack):
    if service.endswith('s'):
        return None
    offered = service == 'imap' or stack in clients.ASKS_FOR_CAPABILITIES
    return (['offered'] if offered else []) + ['requested', 'accepted', 'hello']


def make_session(bed, service, family, version, stack):
    dovecot = bed.dovecot()
    with bed.capture():
        target = bed.target(service, family)
        seen = clients.STACKS[stack](target, version)
    logged, suite = dovecot.negotiated(target.keys['source.port'])
    assert clients.OPENSSL_NAMES[logged] == version and seen in (version, None), (logged, seen, version)
    bed.established(target, version, suite, name=None if stack in clients.NAMES_NO_SERVER else clients.HOST,
                    starttls=starttls_words(service, stack),
                    # Dovecot can do TLS 1.3, so it must say when it is asked for less (RFC 8446 4.1.3)
                    downgrade=True if version < 'TLS 1.3' else None,
                    also={'network.type': f'ipv{family}', 'tls.version': version.split()[1]})
    bed.note(f'{stack}, {version} only, a login and a logout; Dovecot, any version.')


def add_cases():
    number = 20
    for row in ROWS.split('\n')[1:-1]:
        service, family, *stacks = row.split()
        for version, stack in zip(VERSIONS, stacks):
            number += 1
            name = f'{FOLDERS[service]}-{word(version)}-ipv{family}'
            why = f'{service.upper()} with {version} over IPv{family}, from greeting to goodbye.'
            case(name, why, client=number)(
                lambda bed, service=service, family=int(family), version=version, stack=stack:
                make_session(bed, service, family, version, stack))


add_cases()
