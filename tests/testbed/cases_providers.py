# SPDX-License-Identifier: BSD-2-Clause
"""Providers that end old TLS on a day: the names are theirs, the server and the clients are ours."""
import os

import clients
from bed import case
from cases_handshake import tls_server

KINDS = (('TLS 1.0', 'outlook.office365.com'), ('TLS 1.1', 'imap-legacy.office365.com'), ('TLS 1.2', 'imap-legacy.office365.com'),
         ('TLS 1.2', 'outlook.office365.com'))


def session(bed, number, where):
    version, name = KINDS[number]
    target = bed.target('imaps')
    output = clients.run_openssl(target, clients.OPENSSL_OPTIONS[version], where, os.path.join(bed.folder, f'session-{number}'),
                                 lines=clients.mail_lines('imap'), name=name)
    if where == '-sess_in':
        assert 'Reused, TLS' in output, output
        bed.established(target, version, offered=version, name=name, provider='Microsoft365', also={'tls.resumed': True})


@case('provider-ends-old-tls', client=156,
      why='Clients at names of Exchange Online: TLS 1.0 at the regular name, TLS 1.1 and TLS 1.2 at one that is announced to end, TLS 1.2 at the '
          'regular name. By the policy exchange-online the first three break, the last does not. All sessions are resumed, so that no '
          'certificate is shown: one that is not a public CA\'s would be a middlebox\'s.')
def provider_ends_old_tls(bed):
    tls_server(bed, 993, 'TLS 1.0', 'TLS 1.2')
    for number in range(len(KINDS)):
        session(bed, number, '-sess_out')
    with bed.capture():
        for number in range(len(KINDS)):
            session(bed, number, '-sess_in')
    bed.note('openssl s_client with these server names against a server that is written in Python, after a first session each that was not '
             'captured; no host of the provider took part.')
