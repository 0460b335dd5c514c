# SPDX-License-Identifier: BSD-2-Clause
"""Providers that end old TLS on a day: the names are theirs, the server and the clients are ours."""
import clients
from bed import case


def session(bed, version, name, **facts):
    target = bed.target('imaps')
    output = clients.run_openssl(target, clients.OPENSSL_OPTIONS[version], '-brief', lines=clients.mail_lines('imap'), name=name)
    assert clients.said(output, r'Protocol version: (TLSv1(?:\.\d)?)', clients.OPENSSL_NAMES) == version, output
    bed.established(target, version, offered=version, name=name, **facts)


@case('provider-ends-old-tls', client=156,
      why='Clients at names of Exchange Online: TLS 1.0 at the regular name, TLS 1.1 and TLS 1.2 at one that is announced to end, TLS 1.2 at the '
          'regular name. By the policy exchange-online the first three break, the last does not.')
def provider_ends_old_tls(bed):
    bed.dovecot()
    with bed.capture():
        for version, name in (('TLS 1.0', 'outlook.office365.com'), ('TLS 1.1', 'imap-legacy.office365.com'),
                              ('TLS 1.2', 'imap-legacy.office365.com'), ('TLS 1.2', 'outlook.office365.com')):
            session(bed, version, name, provider='Microsoft365')
    bed.note('openssl s_client with these server names against Dovecot; no host of the provider took part.')
