# SPDX-License-Identifier: BSD-2-Clause
"""STARTTLS and STLS: refused, accepted and not used, said too early, or with more than belongs to it."""
import clients
import own_servers
from bed import case
from cases_clear import clear, serve
from own_clients import HandDrivenTls, Lines
from servers import PASSWORD, USER

OFFER = '* OK [CAPABILITY IMAP4rev1 STARTTLS] ready'
WHOLE_WAY = ['offered', 'requested', 'accepted', 'hello']


def upgraded(bed, target, version, **facts):
    bed.established(target, version, **({'name': clients.HOST, 'starttls': WHOLE_WAY} | facts))


@case('starttls-refused-no', client=90,
      why='STARTTLS is offered, asked for and refused with NO; the client then logs in in clear.')
def refused_no(bed):
    serve(bed, 143, own_servers.imap(OFFER, {'STARTTLS': 'NO not now'}))
    with bed.capture():
        target = bed.target('imap')
        with Lines(bed.connect(target)) as mail:
            mail.hear()
            assert mail.imap('a1 STARTTLS').startswith('a1 NO')
            mail.imap(f'a2 LOGIN {USER} {PASSWORD}')
            mail.imap('a3 LOGOUT')
        clear(bed, target, 'cleartext', login='LOGIN', starttls=['offered', 'requested', 'refused'])
    bed.note('Python against a small IMAP server of our own.')


@case('starttls-refused-bad', client=91,
      why='STARTTLS is not offered, asked for all the same, and not understood; no login follows.')
def refused_bad(bed):
    serve(bed, 143, own_servers.imap('* OK ready', {'STARTTLS': 'BAD unknown command'}))
    with bed.capture():
        target = bed.target('imap', 4)
        with Lines(bed.connect(target)) as mail:
            mail.hear()
            assert mail.imap('a1 CAPABILITY').startswith('a1 OK')
            assert mail.imap('a2 starttls').startswith('a2 BAD')
            mail.imap('a3 LOGOUT')
        clear(bed, target, 'plain', login=None, starttls=['requested', 'refused'])
    bed.note('Python against a small IMAP server of our own.')


@case('stls-refused-err', 'POP3: STLS is refused with -ERR; the client logs in in clear.', client=92)
def refused_err(bed):
    serve(bed, 110, own_servers.pop3(answers={'STLS': '-ERR no TLS today'}))
    with bed.capture():
        target = bed.target('pop3')
        with Lines(bed.connect(target)) as mail:
            mail.hear()
            assert mail.pop3('STLS').startswith('-ERR')
            for line in (f'USER {USER}', f'PASS {PASSWORD}', 'QUIT'):
                mail.pop3(line)
        clear(bed, target, 'cleartext', login='USER', starttls=['requested', 'refused'])
    bed.note('Python against a small POP3 server of our own.')


@case('starttls-accepted-no-hello', 'STARTTLS is accepted, and the client hangs up without a hello.', client=93)
def no_hello(bed):
    bed.dovecot()
    with bed.capture():
        target = bed.target('imap')
        with Lines(bed.connect(target)) as mail:
            mail.hear()
            assert mail.imap('a1 STARTTLS').startswith('a1 OK')
        clear(bed, target, 'plain', login=None, starttls=['offered', 'requested', 'accepted'])
    bed.note('Python against Dovecot.')


def refuse_then_hang_up(connection):
    connection.sendall(OFFER.encode() + b'\r\n')
    tag = own_servers.read_line(connection).split(' ')[0]
    connection.sendall(f'{tag} NO not now\r\n'.encode())
    connection.recv(4096)


@case('starttls-hello-after-no', client=94,
      why='STARTTLS is refused, and the client says its hello all the same; the server hangs up.')
def hello_after_no(bed):
    serve(bed, 143, refuse_then_hang_up)
    with bed.capture():
        target = bed.target('imap')
        with Lines(bed.connect(target)) as mail:
            mail.hear()
            assert mail.imap('a1 STARTTLS').startswith('a1 NO')
            mail.connection.sendall(HandDrivenTls(mail.connection, 'TLS 1.0').hello)
            mail.silence()
        # the server went on in clear: no version is to blame that it hangs up
        bed.expect(target, service='imap', outcome='clear_answer', refused_by=None, offered_max='TLS 1.0', cause=None,
                   negotiated=None, starttls=['offered', 'requested', 'refused', 'hello'])
    bed.note('Python\'s ssl against a small IMAP server of our own.')


@case('starttls-injection',
      'A command in the segment of STARTTLS, sent in clear to be obeyed inside TLS (USENIX Security 2021).',
      client=95)
def injection(bed):
    serve(bed, 143, own_servers.imap_injectable(OFFER, own_servers.context(bed.certificates, 'TLS 1.2')))
    with bed.capture():
        target = bed.target('imap')
        with Lines(bed.connect(target)) as mail:
            mail.hear()
            mail.connection.sendall(b'a1 STARTTLS\r\na2 NOOP\r\n')
            assert mail.hear_until('a1 ').startswith('a1 OK')
            tls = HandDrivenTls(mail.connection, 'TLS 1.2')
            mail.connection.sendall(tls.hello)
            tls.handshake()
            tls.command('a3 LOGOUT')
        upgraded(bed, target, 'TLS 1.2', injection=True, hasty=None)
    bed.note('Python\'s ssl against a small IMAP server of our own that falls for it.')


@case('starttls-injection-dovecot', 'The same against servers that hang up at once: no hello follows.', client=98)
def injection_dovecot(bed):
    bed.dovecot()
    with bed.capture():
        for service, lines in (('imap', 'a1 STARTTLS\r\na2 NOOP\r\n'), ('pop3', 'STLS\r\nNOOP\r\n')):
            target = bed.target(service)
            with Lines(bed.connect(target)) as mail:
                mail.hear()
                mail.connection.sendall(lines.encode())
                mail.hear_until('a1 OK', '+OK')
                mail.silence()
            words = ['offered', 'requested', 'accepted'] if service == 'imap' else ['requested', 'accepted']
            clear(bed, target, 'plain', login=None, starttls=words, injection=True)
    bed.note('Python against Dovecot.')


@case('starttls-hasty-hello', 'The hello is in the segment of STARTTLS: sent before the server\'s OK.', client=96)
def hasty(bed):
    serve(bed, 143, own_servers.imap(OFFER, tls=own_servers.context(bed.certificates, 'TLS 1.1')))
    with bed.capture():
        target = bed.target('imap')
        with Lines(bed.connect(target)) as mail:
            mail.hear()
            tls = HandDrivenTls(mail.connection, 'TLS 1.1')
            mail.connection.sendall(b'a1 STARTTLS\r\n' + tls.hello)
            assert own_servers.read_line(mail.connection).startswith('a1 OK')
            tls.handshake()
            tls.command('a2 LOGOUT')
        upgraded(bed, target, 'TLS 1.1', hasty=True, injection=None)
    bed.note('Python\'s ssl against a small IMAP server of our own that reads line by line.')


@case('starttls-after-refused-login', client=97,
      why='A login in clear is refused, then comes STARTTLS: the password was sent all the same.')
def after_refused_login(bed):
    bed.dovecot(plaintext=False)
    with bed.capture():
        target = bed.target('imap')
        with Lines(bed.connect(target)) as mail:
            mail.hear()
            assert mail.imap(f'a1 LOGIN {USER} {PASSWORD}').startswith('a1 NO')
            assert mail.imap('a2 STARTTLS').startswith('a2 OK')
            tls = HandDrivenTls(mail.connection, 'TLS 1.2')
            mail.connection.sendall(tls.hello)
            tls.handshake()
            tls.command(f'a3 LOGIN {USER} {PASSWORD}')
            tls.command('a4 LOGOUT')
        upgraded(bed, target, 'TLS 1.2', login='LOGIN', logindisabled=True)
    bed.note('Python\'s ssl against Dovecot with disable_plaintext_auth = yes.')


@case('starttls-on-993', 'STARTTLS and STLS on the ports of mail over TLS.', client=99)
def starttls_on_993(bed):
    tls = own_servers.context(bed.certificates, 'TLS 1.0')
    serve(bed, 993, own_servers.imap(OFFER, tls=tls))
    serve(bed, 995, own_servers.pop3(tls=tls))
    with bed.capture():
        target = bed.target('imap', port=993)
        clients.openssl(target, 'TLS 1.0')
        upgraded(bed, target, 'TLS 1.0', service='imaps')
        target = bed.target('pop3', port=995)
        assert clients.run_openssl(target, '-tls1', '-brief', '-no_ign_eof')
        upgraded(bed, target, 'TLS 1.0', service='pop3s', starttls=WHOLE_WAY[1:])
    bed.note('openssl s_client -starttls against small servers of our own.')
