# SPDX-License-Identifier: BSD-2-Clause
"""Handshakes out of the ordinary: old servers, resumption, client certificates, HelloRetryRequest, long and fragmented
messages, hellos in the format of SSL 2.0, SSL 3.0, TLS where clear text is usual."""
import os

import clients
import own_servers
import servers
from bed import case
from cases_clear import serve
from cases_matrix import VERSIONS, word

GOODBYE = 'a1 LOGOUT\n'


def tls_server(bed, port, least, most=None, prepare=None):
    tls = own_servers.context(bed.certificates, least, most)
    if prepare:
        prepare(tls)
    serve(bed, port, own_servers.inside_tls(tls, own_servers.imap()))


@case('old-server-modern-client', client=100,
      why='Servers that can do TLS 1.0 and 1.1 at most, met by clients that offer up to TLS 1.3.')
def old_server(bed):
    bed.start(servers.s_server, 993, '-tls1')
    bed.start(servers.gnutls_server, 995, 'NORMAL:-VERS-ALL:+VERS-TLS1.1')
    with bed.capture():
        target = bed.target('imaps')
        output = clients.run_openssl(target, '-brief', '-no_ign_eof')
        assert clients.said(output, r'Protocol version: (\S+)', clients.OPENSSL_NAMES) == 'TLS 1.0'
        bed.established(target, 'TLS 1.0', offered='TLS 1.3', name=clients.HOST, downgrade=None)
        target = bed.target('pop3s')
        output = target.namespace.run('gnutls-cli', '--insecure', '--port', 995, '--sni-hostname', clients.HOST,
                                      '--priority', 'NORMAL:+VERS-TLS1.1:+VERS-TLS1.0', target.address).stdout
        assert 'TLS1.1' in output, output
        bed.established(target, 'TLS 1.1', offered='TLS 1.3', name=clients.HOST)
    bed.note('openssl s_client against s_server -tls1; gnutls-cli against gnutls-serv with TLS 1.1 alone.')


@case('tls12-without-ecdhe', client=158, server=4,
      why='A client of TLS 1.2 without any ECDHE suite: GNU Mailutils takes it; a server of ECDHE alone refuses it, and no version is to blame.')
def without_ecdhe(bed):
    bed.start(servers.mailutils, 'imap', 143, '+VERS-TLS1.2')
    bed.start(servers.s_server, 995, '-tls1_2', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256')
    with bed.capture():
        target = bed.target('imap')
        output = clients.run_openssl(target, '-brief', '-tls1_2', '-cipher', 'AES128-SHA', lines=GOODBYE)
        assert clients.said(output, r'Ciphersuite: (\S+)', {'AES128-SHA': 'AES128-SHA'}), output
        bed.established(target, 'TLS 1.2', 'AES128-SHA', name=clients.HOST, starttls=['offered', 'requested', 'accepted', 'hello'])
        target = bed.target('pop3s')
        output = clients.run_openssl(target, '-tls1_2', '-cipher', 'AES128-SHA')
        assert 'alert handshake failure' in output, output
        bed.expect(target, service='pop3s', outcome='refused', refused_by='alert 40', offered_max='TLS 1.2', negotiated=None, cause=None)
    bed.note('openssl s_client -cipher AES128-SHA against GNU Mailutils with TLS 1.2, and against s_server -cipher ECDHE-RSA-AES128-GCM-SHA256.')


def mailutils_session(bed, service, version):
    bed.start(servers.mailutils, service, {'imap': 143, 'pop3': 110}[service], '+VERS-' + version.replace(' ', ''))
    with bed.capture():
        target = bed.target(service)
        output = clients.run_openssl(target, '-brief', lines={'imap': GOODBYE, 'pop3': 'QUIT\n'}[service])
        assert clients.said(output, r'Protocol version: (\S+)', clients.OPENSSL_NAMES) == version
        offered = ['offered'] if service == 'imap' else []
        bed.established(target, version, offered='TLS 1.3', name=clients.HOST,
                        starttls=offered + ['requested', 'accepted', 'hello'])
    bed.note(f'openssl s_client against GNU Mailutils with {version} alone.')


for number, (service, version) in enumerate(zip(('imap', 'pop3', 'imap', 'pop3'), VERSIONS)):
    case(f'mailutils-{service}-{word(version)}', client=101 + number, server=4,
         why=f'GNU Mailutils ({service.upper()}, GnuTLS), which does {version} alone.')(
        lambda bed, service=service, version=version: mailutils_session(bed, service, version))


def resumption(bed, version, ticket):
    options = [clients.OPENSSL_OPTIONS[version]] + ([] if ticket else ['-no_ticket'])
    saved = os.path.join(bed.folder, 'session')
    tls_server(bed, 993, version)
    with bed.capture():
        for resumed, where in ((None, '-sess_out'), (True, '-sess_in')):
            target = bed.target('imaps')
            output = clients.run_openssl(target, *options, where, saved, lines=GOODBYE)
            assert ('Reused, TLS' in output) == bool(resumed), output
            also = {'tls.resumed': resumed}
            if resumed or version == 'TLS 1.3':
                also['tls.server.hash.sha256'] = None
            bed.established(target, version, name=clients.HOST, also=also)
    bed.note(f'openssl s_client -sess_out, then -sess_in, against Python\'s ssl; {version}.')


RESUMPTIONS = (('session-id', 'TLS 1.0', False), ('session-id', 'TLS 1.2', False), ('ticket', 'TLS 1.1', True),
               ('ticket', 'TLS 1.2', True), ('psk', 'TLS 1.3', True))
for number, (name, version, ticket) in enumerate(RESUMPTIONS):
    case(f'resumption-{name}-{word(version)}', client=110 + number,
         why=f'A session of {version} and its resumption ({name}): no certificate is sent the second time.')(
        lambda bed, version=version, ticket=ticket: resumption(bed, version, ticket))


@case('client-certificate', 'The server asks for a certificate of the client, and gets one.', client=115)
def client_certificate(bed):
    def ask(tls):
        tls.verify_mode = own_servers.ssl.CERT_REQUIRED
        tls.load_verify_locations(bed.certificates.ca)
    tls_server(bed, 993, 'TLS 1.0', 'TLS 1.2', ask)
    with bed.capture():
        for version in ('TLS 1.0', 'TLS 1.2'):
            target = bed.target('imaps')
            output = clients.run_openssl(
                target, clients.OPENSSL_OPTIONS[version], '-brief', '-cert', bed.certificates.client,
                '-key', bed.certificates.client_key, lines=GOODBYE)
            assert '* OK ready' in output, output
            bed.established(target, version, name=clients.HOST, client_certificate_requested=True)
    bed.note('openssl s_client -cert against Python\'s ssl with CERT_REQUIRED.')


@case('hello-retry-request',
      'TLS 1.3 with a HelloRetryRequest: the client\'s first key share is of a group that the server does not do.',
      client=116)
def hello_retry(bed):
    tls_server(bed, 993, 'TLS 1.3', prepare=lambda tls: tls.set_ecdh_curve('secp384r1'))
    with bed.capture():
        target = bed.target('imaps')
        clients.run_openssl(target, '-groups', 'X25519:P-384', '-brief', lines=GOODBYE)
        bed.established(target, 'TLS 1.3', name=clients.HOST, retry_request=True, also={'tls.curve': 'secp384r1'})
    bed.note('openssl s_client -groups X25519:P-384 against Python\'s ssl with secp384r1 alone.')


@case('certificate-over-16-kib', client=117,
      why='A certificate of more than 16 KiB: one message over two records and many segments.')
def long_certificate(bed):
    names = ','.join(f'DNS:customer-{i}.hosted-mail.example' for i in range(550))
    certificate, key = bed.certificates.issue('long', 'hosted-mail.example', names)
    tls_server(bed, 995, 'TLS 1.0', 'TLS 1.2', lambda tls: tls.load_cert_chain(certificate, key))
    with bed.capture():
        target = bed.target('pop3s')
        clients.run_openssl(target, '-tls1_2', '-brief', lines=GOODBYE)
        bed.established(target, 'TLS 1.2', name=clients.HOST,
                        also={'tls.server.hash.sha256': bed.certificates.sha256(certificate)})
    bed.note('a certificate with 550 names, openssl s_client against Python\'s ssl.')


@case('fragmented-handshake',
      'Messages over several records: a hello of more than 512 bytes, a certificate, in records of 512.',
      client=118)
def fragmented(bed):
    bed.start(servers.s_server, 993, '-tls1_1', '-max_send_frag', 512)
    with bed.capture():
        target = bed.target('imaps')
        protocols = 'imap,' + ','.join(f'protocol-number-{i}' for i in range(40))
        output = clients.run_openssl(target, '-max_send_frag', 512, '-alpn', protocols, '-brief', '-no_ign_eof')
        assert clients.said(output, r'Protocol version: (\S+)', clients.OPENSSL_NAMES) == 'TLS 1.1'
        bed.established(target, 'TLS 1.1', offered='TLS 1.3', name=clients.HOST)
    bed.note('openssl s_client and s_server, both with -max_send_frag 512, and 41 ALPN names.')


@case('sslv2-format-hello', client=119,
      why='An old Java client: its hello is in the format of SSL 2.0 and offers TLS 1.0 (RFC 5246 E.2).')
def sslv2_format(bed):
    bed.start(servers.java_server, 993, 'SSLv2Hello,TLSv1')
    with bed.capture():
        target = bed.target('imaps')
        assert clients.java(target, 'TLS 1.0', 'SSLv2Hello,', lines=GOODBYE) == 'TLS 1.0'
        bed.established(target, 'TLS 1.0', sslv2_format=True)
    bed.note('Java against Java, both with SSLv2Hello and TLSv1 enabled.')


@case('ssl30', client=120,
      why='SSL 3.0: between a client and a server that know nothing else, and forced by a server on a better client.')
def ssl30(bed):
    bed.start(servers.java_server, 993, 'SSLv3')
    with bed.capture():
        target = bed.target('imaps')
        assert clients.java(target, 'SSL 3.0', lines=GOODBYE) == 'SSL 3.0'
        bed.established(target, 'SSL 3.0', also={'tls.version': '3.0', 'tls.version_protocol': 'ssl'})
        target = bed.target('imaps')
        assert clients.java(target, 'SSL 3.0', 'TLSv1.2,TLSv1.1,TLSv1,', lines=GOODBYE) == 'SSL 3.0'
        bed.established(target, 'SSL 3.0', offered='TLS 1.2')
    bed.note('Java against Java.')


@case('implicit-tls-on-clear-ports', 'TLS from the first byte on the ports of IMAP and POP3 in clear.', client=121)
def implicit_on_clear_ports(bed):
    with bed.capture():
        for port, service, version in ((143, 'imap', 'TLS 1.0'), (110, 'pop3', 'TLS 1.2')):
            bed.start(servers.s_server, port, clients.OPENSSL_OPTIONS[version])
            target = bed.target(service + 's', port=port)
            clients.run_openssl(target, '-brief', '-no_ign_eof', clients.OPENSSL_OPTIONS[version])
            bed.established(target, version, name=clients.HOST, service=service, starttls=None)
    bed.note('openssl s_client against s_server on ports 143 and 110.')
