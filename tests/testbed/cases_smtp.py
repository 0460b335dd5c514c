# SPDX-License-Identifier: BSD-2-Clause
"""SMTP: Postfix on 25, 587 and 465, and swaks, curl and OpenSSL as its clients."""
import clients
from bed import case
from cases_clear import clear
from cases_starttls import upgraded
from servers import OTHER_PASSWORD, PASSWORD, USER

OPTIONS = '--ports 25=smtp,587=smtp,465=smtps'


def swaks(target, *options):
    """One mail by swaks; what it prints."""
    return target.namespace.run('swaks', '--server', target.address, '--port', target.port, '--helo', 'client.example',
                                '--from', 'joe@client.example', '--to', 'jane@mail.example', *options).stdout


def smtp_case(name, why, client):
    return case(name, why, client=client, options=OPTIONS)


@smtp_case('smtp-starttls-tls10', 'Submission on 587: STARTTLS, then TLS 1.0.', client=150)
def starttls_tls10(bed):
    bed.postfix()
    with bed.capture():
        target = bed.target('smtp')
        output = clients.run_openssl(target, '-tls1', '-brief', lines='QUIT\n')
        assert 'Protocol version: TLSv1\n' in output, output
        upgraded(bed, target, 'TLS 1.0', also={'lasthello.relay': None})
    bed.note('openssl s_client -starttls smtp against Postfix.')


@smtp_case('smtps-tls12', 'Submission on 465: TLS from the first byte.', client=151)
def smtps_tls12(bed):
    bed.postfix()
    with bed.capture():
        target = bed.target('smtps')
        output = clients.run_openssl(target, '-tls1_2', '-brief', lines='QUIT\n')
        assert 'Protocol version: TLSv1.2\n' in output, output
        bed.established(target, 'TLS 1.2', name=clients.HOST, also={'network.protocol': 'smtp', 'lasthello.relay': None})
    bed.note('openssl s_client against Postfix.')


@smtp_case('cleartext-smtp-auth-plain', 'Submission on 587 without TLS: a login in clear.', client=152)
def auth_plain(bed):
    bed.postfix()
    with bed.capture():
        target = bed.target('smtp')
        output = swaks(target, '--auth', 'PLAIN', '--auth-user', USER, '--auth-password', PASSWORD)
        assert '235 ' in output, output
        clear(bed, target, 'cleartext', login='PLAIN', starttls=['offered'], relay=None)
    bed.note('swaks against Postfix, which asks Dovecot.')


@smtp_case('cleartext-smtp-auth-login-failed', 'Submission on 587 without TLS: a login in clear that is refused.', client=153)
def auth_login_failed(bed):
    bed.postfix()
    with bed.capture():
        target = bed.target('smtp')
        output = swaks(target, '--auth', 'LOGIN', '--auth-user', USER, '--auth-password', OTHER_PASSWORD)
        assert '535 ' in output, output
        clear(bed, target, 'cleartext', login='LOGIN', starttls=['offered'], relay=None)
    bed.note('swaks against Postfix, which asks Dovecot.')


@smtp_case('smtp-relay-plain', 'Port 25, one server to another: a mail in clear, several commands in one segment.', client=154)
def relay_plain(bed):
    bed.postfix()
    with bed.capture():
        target = bed.target('smtp', port=25)
        output = swaks(target, '--pipeline', '--body', 'STARTTLS\\nAUTH PLAIN x\\n..')
        assert 'queued as' in output, output
        clear(bed, target, 'plain', login=None, starttls=['offered'], relay=True)
    bed.note('swaks --pipeline against Postfix.')


@smtp_case('smtp-relay-starttls', 'Port 25, one server to another: a mail after STARTTLS.', client=155)
def relay_starttls(bed):
    bed.postfix()
    with bed.capture():
        target = bed.target('smtp', port=25)
        output = swaks(target, '--tls', '--tls-protocol', 'tlsv1_2', '--tls-sni', clients.HOST)
        assert 'queued as' in output, output
        upgraded(bed, target, 'TLS 1.2', also={'lasthello.relay': True})
    bed.note('swaks --tls against Postfix.')
