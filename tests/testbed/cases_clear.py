# SPDX-License-Identifier: BSD-2-Clause
"""What is said without TLS: logins in clear, mail without a login, and neither mail nor TLS on a mail port."""
import base64
import imaplib
import poplib

import own_servers
from bed import case
from own_clients import Lines
from servers import OTHER_PASSWORD, OTHER_USER, PASSWORD, USER


def encoded(*words):
    return base64.b64encode('\0'.join(words).encode()).decode()


def serve(bed, port, handler, family=4):
    return bed.enter_context(own_servers.Served(bed.network.server, port, handler, family))


def clear(bed, target, outcome, **facts):
    bed.expect(target, **({'service': target.service, 'outcome': outcome, 'evidence': 'none', 'negotiated': None,
                           'offered_max': None, 'refused_by': None, 'cause': None} | facts),
               also={'tls.cipher': None, 'tls.client.server_name': None})


IMAP_LOGINS = [
    ('login', 'LOGIN', [f'a1 LOGIN {USER} {PASSWORD}'], 'a1 OK'),
    ('login-quoted', 'LOGIN', [f'a1 login "{OTHER_USER}" "{OTHER_PASSWORD}"'], 'a1 OK'),
    ('login-failed', 'LOGIN', [f'a1 LOGIN {USER} {OTHER_PASSWORD}'], 'a1 NO'),
    ('authenticate-plain', 'PLAIN', ['a1 AUTHENTICATE PLAIN', encoded('', USER, PASSWORD)], 'a1 OK'),
    ('authenticate-plain-initial', 'PLAIN',
        ['a1 AUTHENTICATE PLAIN ' + encoded('', OTHER_USER, OTHER_PASSWORD)], 'a1 OK'),
    ('authenticate-login', 'LOGIN', ['a1 AUTHENTICATE LOGIN', encoded(USER), encoded(PASSWORD)], 'a1 OK'),
    ('login-literals', 'LOGIN', [f'a1 LOGIN {{{len(USER)}}}', f'{USER} {{{len(PASSWORD)}}}', PASSWORD], 'a1 OK'),
    ('login-literals-plus', 'LOGIN',
        [f'a1 LOGIN {{{len(USER)}+}}\r\n{USER} {{{len(PASSWORD)}+}}\r\n{PASSWORD}'], 'a1 OK'),
]
POP3_LOGINS = [
    ('user-pass', 'USER', [f'USER {USER}', f'PASS {PASSWORD}'], '+OK'),
    ('user-pass-failed', 'USER', [f'USER {USER}', f'PASS {OTHER_PASSWORD}'], '-ERR'),
    ('auth-plain', 'PLAIN', ['AUTH PLAIN ' + encoded('', USER, PASSWORD)], '+OK'),
]


def imap_login(bed, mechanism, lines, answer, family=4):
    bed.dovecot()
    with bed.capture():
        target = bed.target('imap', family)
        with Lines(bed.connect(target)) as mail:
            mail.hear()
            for line in lines[:-1]:
                mail.say(line)
                mail.hear_until('+ ')
            mail.say(lines[-1])
            assert mail.hear_until('a1 ').startswith(answer)
            mail.imap('a2 LOGOUT')
            mail.silence()
        clear(bed, target, 'cleartext', login=mechanism, starttls=['offered'])
    bed.note(f'Python against Dovecot; the login is answered "{answer}".')


for number, (name, mechanism, lines, answer) in enumerate(IMAP_LOGINS):
    case(f'cleartext-imap-{name}', f'IMAP without TLS and a login in clear ({name}).', client=70 + number)(
        lambda bed, m=mechanism, rest=lines, a=answer, f=6 if number == 0 else 4: imap_login(bed, m, rest, a, f))


def pop3_login(bed, mechanism, lines, answer):
    bed.dovecot()
    with bed.capture():
        target = bed.target('pop3')
        with Lines(bed.connect(target)) as mail:
            mail.hear()
            answers = [mail.pop3(line) for line in lines]
            assert answers[-1].startswith(answer), answers
            mail.pop3('QUIT')
            mail.silence()
        clear(bed, target, 'cleartext', login=mechanism)
    bed.note(f'Python against Dovecot; the login is answered "{answer}".')


for number, (name, mechanism, lines, answer) in enumerate(POP3_LOGINS):
    case(f'cleartext-pop3-{name}', f'POP3 without TLS and a login in clear ({name}).', client=50 + number)(
        lambda bed, m=mechanism, rest=lines, a=answer: pop3_login(bed, m, rest, a))


@case('cleartext-imap-cram-md5', client=54,
      why='IMAP without TLS and a CRAM-MD5 login: its password is not sent, the mechanism is told.')
def cram_md5(bed):
    bed.dovecot()
    with bed.capture():
        target = bed.target('imap')
        with bed.network.client.inside():
            mail = imaplib.IMAP4(target.address, timeout=10)
        mail.login_cram_md5(USER, PASSWORD)
        mail.logout()
        clear(bed, target, 'cleartext', login='CRAM-MD5', starttls=['offered'])
    bed.note('Python\'s imaplib against Dovecot.')


@case('cleartext-pop3-apop', client=80,
      why='POP3 without TLS and an APOP login: its password is not sent, the mechanism is told.')
def apop(bed):
    bed.dovecot()
    with bed.capture():
        target = bed.target('pop3')
        with bed.network.client.inside():
            mail = poplib.POP3(target.address, timeout=10)
        assert mail.apop(USER, PASSWORD).startswith(b'+OK')
        mail.quit()
        clear(bed, target, 'cleartext', login='APOP')
    bed.note('Python\'s poplib against Dovecot.')


@case('cleartext-on-993', 'IMAP in clear, login included, on the port of IMAP over TLS.', client=81)
def cleartext_on_993(bed):
    serve(bed, 993, own_servers.imap())
    with bed.capture():
        target = bed.target('imaps')
        with Lines(bed.connect(target)) as mail:
            mail.hear()
            mail.imap(f'a1 LOGIN {USER} {PASSWORD}')
            mail.imap('a2 LOGOUT')
        clear(bed, target, 'cleartext', login='LOGIN', starttls=None)
    bed.note('Python against a small IMAP server of our own.')


@case('plain-imap', 'IMAP without TLS and without a login: STARTTLS is offered and not used.', client=82)
def plain_imap(bed):
    bed.dovecot(plaintext=False)
    with bed.capture():
        target = bed.target('imap', 6)
        with Lines(bed.connect(target)) as mail:
            mail.hear()
            mail.imap('a1 CAPABILITY')
            mail.imap('a2 NOOP')
            mail.imap('a3 LOGOUT')
            mail.silence()
        clear(bed, target, 'plain', login=None, starttls=['offered'], logindisabled=True)
    bed.note('Python against Dovecot with disable_plaintext_auth = yes.')


@case('plain-pop3', client=83,
      why='POP3 without TLS and without a login; AUTH without an argument is a question, not a login.')
def plain_pop3(bed):
    bed.dovecot()
    with bed.capture():
        target = bed.target('pop3')
        with Lines(bed.connect(target)) as mail:
            mail.hear()
            for question in ('CAPA', 'AUTH'):
                assert mail.pop3(question).startswith('+OK')
                mail.hear_until('.')
            mail.pop3('QUIT')
            mail.silence()
        clear(bed, target, 'plain', login=None, starttls=['offered'])
    bed.note('Python against Dovecot: CAPA, AUTH, QUIT.')


@case('plain-bye', 'Servers that greet with BYE and -ERR: overloaded, or the client is not welcome.', client=84)
def bye(bed):
    serve(bed, 143, lambda connection: connection.sendall(b'* BYE overloaded, try later\r\n'))
    serve(bed, 110, lambda connection: connection.sendall(b'-ERR overloaded, try later\r\n'))
    with bed.capture():
        for service in ('imap', 'pop3'):
            target = bed.target(service)
            with Lines(bed.connect(target)) as mail:
                mail.silence()
            clear(bed, target, 'plain', login=None, bye=True)
    bed.note('Python against servers of our own that hang up after their greeting.')


@case('preauth', client=85,
      why='An IMAP server that greets with PREAUTH: STARTTLS is impossible, all mail goes in clear.')
def preauth(bed):
    serve(bed, 143, own_servers.imap('* PREAUTH [CAPABILITY IMAP4rev1] you are known here'))
    with bed.capture():
        target = bed.target('imap')
        with Lines(bed.connect(target)) as mail:
            mail.hear()
            mail.imap('a1 SELECT INBOX')
            mail.imap('a2 LOGOUT')
        clear(bed, target, 'plain', preauth=True, login=None, starttls=None)
    bed.note('Python against a small IMAP server of our own.')


@case('foreign-http-on-993', 'HTTP on the port of IMAP over TLS.', client=86)
def http_on_993(bed):
    serve(bed, 993, own_servers.http)
    with bed.capture():
        target = bed.target('imaps')
        bed.network.client.run('curl', '-s', '--max-time', 8, f'http://{target.address}:993/index.html')
        clear(bed, target, 'foreign', foreign='HTTP', login=None)
    bed.note('curl against a small HTTP server of our own.')


@case('foreign-ssh-on-143', 'SSH on the port of IMAP.', client=87)
def ssh_on_143(bed):
    serve(bed, 143, own_servers.ssh)
    with bed.capture():
        target = bed.target('imap')
        with bed.connect(target) as connection:
            connection.recv(4096)
            connection.sendall(b'SSH-2.0-OpenSSH_8.4p1 Debian-5+deb11u1\r\n')
            connection.recv(4096)
        clear(bed, target, 'foreign', foreign='SSH', login=None)
    bed.note('the banners of two OpenSSH versions, said by hand.')
