# SPDX-License-Identifier: BSD-2-Clause
"""Hellos that came to nothing: refused in every way, broken off by the client, unanswered, cut off with the capture."""
import socket
import time

import clients
import own_clients
import own_servers
import servers
from bed import case


def refused(bed, target, by, offered, **facts):
    cause = 'client' if offered < 'TLS 1.2' else None
    bed.expect(target, **({'service': target.service, 'outcome': 'refused', 'refused_by': by, 'evidence': 'handshake',
                           'offered_max': offered, 'negotiated': None, 'cause': cause, 'login': None} | facts),
               also={'tls.cipher': None, 'tls.established': None, 'tls.server.hash.sha256': None})


def serve(bed, port, handler):
    return bed.enter_context(own_servers.Served(bed.network.server, port, handler))


@case('refused-alert-70',
      'A server that begins at TLS 1.2 answers a hello of TLS 1.0, and one of 1.1, with alert 70.')
def alert_70(bed):
    bed.start(servers.s_server, 993, '-no_tls1', '-no_tls1_1')
    with bed.capture():
        for version in ('TLS 1.0', 'TLS 1.1'):
            target = bed.target('imaps')
            output = clients.run_openssl(target, clients.OPENSSL_OPTIONS[version])
            assert 'alert protocol version' in output, output
            refused(bed, target, 'alert 70', version, server_alert='70 protocol_version')
    bed.note('openssl s_client -tls1 and -tls1_1 against openssl s_server -no_tls1 -no_tls1_1.')


@case('refused-alert-40',
      'No cipher suite in common: a modern client is refused, and no version of TLS is to blame.')
def alert_40(bed):
    bed.start(servers.s_server, 995, '-tls1_2', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256')
    with bed.capture():
        target = bed.target('pop3s')
        output = clients.run_openssl(target, '-tls1_2', '-cipher', 'AES256-SHA')
        assert 'alert handshake failure' in output, output
        refused(bed, target, 'alert 40', 'TLS 1.2', server_alert='40 handshake_failure')
    bed.note('openssl s_client -cipher AES256-SHA against s_server -cipher ECDHE-RSA-AES128-GCM-SHA256.')


@case('too-new-for-the-server', client=159,
      why='Clients that offer TLS 1.3 alone, and servers that end at TLS 1.2: OpenSSL says protocol_version, GnuTLS handshake_failure.')
def too_new(bed):
    bed.start(servers.s_server, 993, '-no_tls1_3')
    bed.start(servers.gnutls_server, 995, 'NORMAL:-VERS-ALL:+VERS-TLS1.2')
    with bed.capture():
        for service, number, alert in (('imaps', 70, 'protocol version'), ('pop3s', 40, 'handshake failure')):
            target = bed.target(service)
            output = clients.run_openssl(target, '-tls1_3')
            assert f'alert {alert}' in output, output
            refused(bed, target, f'alert {number}', 'TLS 1.3', cause='too_new', server_alert=f'{number} {alert.replace(" ", "_")}')
    bed.note('openssl s_client -tls1_3 against openssl s_server -no_tls1_3 and gnutls-serv with TLS 1.2 alone.')


@case('refused-alert-86-fallback',
      'A client that says TLS_FALLBACK_SCSV (RFC 7507) to a server that could do better.')
def alert_86(bed):
    bed.start(servers.s_server, 993)
    with bed.capture():
        target = bed.target('imaps')
        output = clients.run_openssl(target, '-tls1', '-fallback_scsv')
        assert 'inappropriate fallback' in output, output
        refused(bed, target, 'alert 86', 'TLS 1.0', cause='fallback', fallback_scsv=True)
    bed.note('openssl s_client -tls1 -fallback_scsv against openssl s_server with all versions.')


@case('refused-fin-dovecot',
      'Dovecot refuses a hello of TLS 1.0 with a FIN and no alert; the client\'s decode_error is an echo.')
def fin(bed):
    bed.dovecot(minimum='TLSv1.2')
    with bed.capture():
        for service in ('imaps', 'imap', 'pop3'):
            target = bed.target(service)
            clients.run_openssl(target, '-tls1')
            words = {'imap': ['offered', 'requested', 'accepted', 'hello'], 'pop3': ['requested', 'accepted', 'hello']}
            refused(bed, target, 'fin', 'TLS 1.0', starttls=words.get(service))
        target = bed.target('imaps')
        clients.openssl(target, 'TLS 1.2')
        bed.established(target, 'TLS 1.2', name=clients.HOST)
    bed.note('openssl s_client -tls1, then -tls1_2, against Dovecot with ssl_min_protocol = TLSv1.2.')


@case('refused-rst', 'A server that answers hellos of TLS 1.0 and of TLS 1.3 with RST.')
def rst(bed):
    serve(bed, 993, own_servers.reset)
    with bed.capture():
        for version in ('TLS 1.0', 'TLS 1.3'):
            target = bed.target('imaps')
            clients.run_openssl(target, clients.OPENSSL_OPTIONS[version])
            refused(bed, target, 'rst', version)
            if version == 'TLS 1.0':
                time.sleep(1.5)
    bed.note('openssl s_client against a server that reads the hello and closes with SO_LINGER 0.')


@case('refused-silence-given-up',
      'A server that acknowledges the hello and stays silent until the client gives up.')
def silence(bed):
    serve(bed, 995, own_servers.silent)
    with bed.capture():
        target = bed.target('pop3s')
        with bed.connect(target) as connection:
            connection.sendall(own_clients.HandDrivenTls(connection, 'TLS 1.0').hello)
            time.sleep(3)
        refused(bed, target, 'silence', 'TLS 1.0')
    bed.note('a hello by Python\'s ssl; the client closes after 3 s; the server only reads.')


@case('refused-silence-30s',
      'A server that acknowledges the hello and stays silent for more than 30 s; nobody has given up.')
def long_silence(bed):
    serve(bed, 993, own_servers.silent)
    with bed.capture(settle=False):
        target = bed.target('imaps')
        connection = bed.enter_context(bed.connect(target))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 4)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 4)
        connection.sendall(own_clients.HandDrivenTls(connection, 'TLS 1.1').hello)
        time.sleep(48)
        refused(bed, target, 'silence', 'TLS 1.1')
    bed.note('a hello by Python\'s ssl, then keep-alives every 4 s; the capture ends after 48 s, the connection later.')


@case('unanswered-capture-ends', 'The capture ends after the ClientHello: nobody knows what the server said.')
def unanswered(bed):
    serve(bed, 143, own_servers.silent_after(b'* OK [CAPABILITY IMAP4rev1] ready\r\n'))
    serve(bed, 993, own_servers.silent)
    with bed.capture(settle=False):
        target = bed.target('imaps')
        connection = bed.enter_context(bed.connect(target))
        connection.sendall(own_clients.HandDrivenTls(connection, 'TLS 1.0').hello)
        time.sleep(0.3)
        bed.expect(target, service='imaps', outcome='unanswered', refused_by=None, negotiated=None,
                   offered_max='TLS 1.0', cause='client', also={'tls.client.server_name': clients.HOST})
    bed.note('a hello by Python\'s ssl; the capture is stopped 0.3 s later, the connection only afterwards.')


@case('negotiated-capture-ends',
      'The capture ends after the ServerHello: a version was chosen, and no more is known.')
def negotiated(bed):
    bed.start(servers.s_server, 993, '-tls1')
    with bed.capture(settle=False):
        target = bed.target('imaps')
        connection = bed.enter_context(bed.connect(target))
        connection.sendall(own_clients.HandDrivenTls(connection, 'TLS 1.0', 'TLS 1.3').hello)
        time.sleep(0.5)
        bed.expect(target, service='imaps', outcome='negotiated', evidence='handshake', negotiated='TLS 1.0',
                   offered_max='TLS 1.3', cause='server',
                   also={'tls.server.hash.sha256': bed.certificates.sha256(bed.certificates.server)})
    bed.note('a hello by Python\'s ssl, answered by s_server -tls1; the client leaves the answer unread.')


@case('rejected-unknown-ca',
      'The client does not trust the certificate: it breaks off after the ServerHello with alert 48.')
def unknown_ca(bed):
    bed.start(servers.s_server, 993)
    with bed.capture():
        for version in ('TLS 1.0', 'TLS 1.2'):
            target = bed.target('imaps')
            output = clients.run_openssl(target, clients.OPENSSL_OPTIONS[version], '-verify_return_error', '-CAfile',
                                         bed.certificates.other_ca)
            assert 'verify error' in output, output
            bed.expect(target, service='imaps', outcome='rejected', evidence='handshake', negotiated=version,
                       offered_max=version, cause='client' if version == 'TLS 1.0' else None, refused_by=None,
                       client_alert='48 unknown_ca', also={'tls.established': None})
    bed.note('openssl s_client -verify_return_error with another root certificate.')


@case('rejected-version-too-low',
      'The server answers a hello of TLS 1.2 with TLS 1.0, and the client will not go so low.')
def version_too_low(bed):
    bed.start(servers.s_server, 995, '-tls1')
    with bed.capture():
        target = bed.target('pop3s')
        output = clients.run_openssl(target, '-tls1_2')
        assert 'unsupported protocol' in output, output
        bed.expect(target, service='pop3s', outcome='rejected', evidence='handshake', negotiated='TLS 1.0',
                   offered_max='TLS 1.2', cause='server', refused_by=None, client_alert='70 protocol_version')
    bed.note('openssl s_client -tls1_2 against s_server -tls1.')


def fallback(bed, break_off, by):
    tls = own_servers.context(bed.certificates, 'TLS 1.0', 'TLS 1.3')
    serve(bed, 993, own_servers.bears_no_better_hello(tls, own_servers.imap(), break_off))
    with bed.capture():
        target = bed.target('imaps')
        clients.run_openssl(target, '-tls1_2')
        refused(bed, target, by, 'TLS 1.2')
        target = bed.target('imaps')
        clients.openssl(target, 'TLS 1.0')
        bed.established(target, 'TLS 1.0', name=clients.HOST, cause='fallback')
    bed.note(f'openssl s_client -tls1_2, then -tls1; the server answers hellos of TLS 1.2 with {by.upper()}.')


case('fallback-after-reset',
     'Something breaks the better hello with RST; the client retries at once with TLS 1.0, and gets it.')(
    lambda bed: fallback(bed, own_servers.reset, 'rst'))
case('fallback-after-fin',
     'Something ends the connection after the better hello; the client retries at once with TLS 1.0, and gets it.')(
    lambda bed: fallback(bed, own_servers.hang_up, 'fin'))


@case('fallback-scsv',
      'A client says in its hello that it is a retry (TLS_FALLBACK_SCSV); the server can do no better.')
def fallback_scsv(bed):
    tls = own_servers.context(bed.certificates, 'TLS 1.0')
    serve(bed, 993, own_servers.inside_tls(tls, own_servers.imap()))
    with bed.capture():
        target = bed.target('imaps')
        clients.run_openssl(target, '-tls1', '-fallback_scsv', lines=clients.mail_lines('imap'))
        bed.established(target, 'TLS 1.0', name=clients.HOST, cause='fallback', fallback_scsv=True)
    bed.note('openssl s_client -tls1 -fallback_scsv against a server with TLS 1.0 alone.')


@case('no-session-scan', 'A scan: SYNs to closed ports, and connections that carry nothing. No session at all.')
def scan(bed):
    serve(bed, 993, own_servers.silent)
    with bed.capture():
        for port in (993, 995, 143, 110, 993):
            target = bed.target('imaps', port=port)
            try:
                bed.connect(target).close()
            except ConnectionRefusedError:
                assert port != 993
    bed.note('connects to 993 (open) and to 995, 143 and 110 (closed), and says nothing.')
