# SPDX-License-Identifier: BSD-2-Clause
"""Providers that end old TLS on a day: the names are theirs, the server and the clients are ours."""
import os

import clients
import own_servers
from bed import case
from cases_handshake import tls_server
from cases_refused import refused, serve

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


# ---- a roll-out: of several servers behind one name some refuse old TLS, and in the end all do ------------------------------

REGULAR = 'outlook.office365.com'
MAIL = clients.mail_lines('imap').replace('a2', ''.join(f'n{i} NOOP\n' for i in range(40)) + 'a2') # as long as one that fetches mail


def attempt(bed, where):
    target = bed.target('imaps')
    return target, clients.run_openssl(target, '-tls1', where, os.path.join(bed.folder, 'session'), lines=MAIL, name=REGULAR)


def roll_out(bed, plan):
    """Each attempt meets the next server of the plan: one that still has TLS 1.0, or one that begins at TLS 1.2."""
    talk = own_servers.imap()
    old, new = (own_servers.inside_tls(own_servers.context(bed.certificates, least, 'TLS 1.2'), talk) for least in ('TLS 1.0', 'TLS 1.2'))
    serve(bed, 993, own_servers.by_turns([old] + [new if is_refused else old for is_refused in plan]))
    attempt(bed, '-sess_out')
    with bed.capture():
        for is_refused in plan:
            target, output = attempt(bed, '-sess_in')
            if is_refused:
                assert 'alert protocol version' in output, output
                refused(bed, target, 'alert 70', 'TLS 1.0', provider='Microsoft365')
            else:
                assert 'Reused, TLSv1,' in output or 'Reused, TLSv1.0,' in output, output
                bed.established(target, 'TLS 1.0', name=REGULAR, provider='Microsoft365', also={'tls.resumed': True})
    bed.note('openssl s_client -tls1 with this server name, against contexts of Python\'s ssl with TLS 1.0 and with TLS 1.2 alone, as a '
             'balancer would deal them out. Sessions are resumed, so that no certificate is shown; no host of the provider took part.')


case('provider-refuses-some', client=157,
     why='A day of a roll-out: 3 of 10 attempts with TLS 1.0 at a name of Exchange Online are refused, the others work.')(
    lambda bed: roll_out(bed, (0, 0, 1, 0, 0, 1, 0, 0, 0, 1)))
case('provider-refuses-all', client=157,
     why='The end of a roll-out: each attempt with TLS 1.0 at a name of Exchange Online is refused.')(
    lambda bed: roll_out(bed, (1, 1, 1, 1)))
