# SPDX-License-Identifier: BSD-2-Clause
"""What the way and the place of capture do: joined midway, one side only, mirrors, PROXY headers, other ports."""
import imaplib
import socket
import struct

import clients
import own_servers
import servers
from bed import case
from cases_clear import serve
from cases_handshake import GOODBYE, tls_server
from cases_matrix import VERSIONS, word
from own_clients import HandDrivenTls, Lines
from servers import PASSWORD, USER

WHOLE_WAY = ['offered', 'requested', 'accepted', 'hello']


def idle_session(bed, service, version):
    """The handshake and the login are over when the capture begins."""
    bed.dovecot()
    target = bed.target(service)
    with bed.network.client.inside():
        if service == 'imap':
            mail = imaplib.IMAP4(target.address, target.port, timeout=10)
            mail.starttls(clients.context(version))
        else:
            mail = imaplib.IMAP4_SSL(target.address, target.port, ssl_context=clients.context(version), timeout=10)
    mail.login(USER, PASSWORD)
    mail.select()
    with bed.capture():
        for tag in (b'i1', b'i2'):
            mail.send(tag + b' IDLE\r\n')
            assert mail.readline().startswith(b'+')
            mail.send(b'DONE\r\n')
            while not mail.readline().startswith(tag):
                pass
            mail.noop()
        mail.logout()
        shown = version if version < 'TLS 1.2' else 'TLS 1.2+'
        bed.expect(target, service=service, outcome='midstream', evidence='records', negotiated=shown, offered_max=None,
                   cause='unknown' if version < 'TLS 1.2' else None, starttls=None, refused_by=None, login=None,
                   also={'tls.cipher': None, 'tls.client.server_name': None})
    bed.note(f'Python\'s imaplib and Dovecot with {version}; the capture begins after the login.')


for number, (service, version) in enumerate(zip(('imap', 'imaps', 'imaps', 'imap'), VERSIONS)):
    case(f'midstream-{service}-idle-{word(version)}', client=130 + number,
         why=f'An {service.upper()} connection in IDLE whose handshake ({version}) was before the capture.')(
        lambda bed, service=service, version=version: idle_session(bed, service, version))


def one_sided(bed, only, **facts):
    bed.dovecot()
    with bed.capture(only=f'tcp and {only}'):
        target = bed.target('imaps')
        clients.openssl(target, 'TLS 1.0')
        bed.expect(target, service='imaps', refused_by=None, login=None, starttls=None, **facts)
    bed.note(f'openssl s_client -tls1 against Dovecot; the capture\'s filter is "{only}".')


@case('one-sided-server', client=134,
      why='Only the server\'s side was captured: its hello tells the version, nobody knows the offer.')
def one_sided_server(bed):
    one_sided(bed, 'src port 993', negotiated='TLS 1.0', evidence='handshake', offered_max=None, cause='unknown')


@case('one-sided-client', 'Only the client\'s side was captured: its hello tells the offer.', client=135)
def one_sided_client(bed):
    one_sided(bed, 'dst port 993', offered_max='TLS 1.0', cause='client')


@case('one-sided-client-refused', client=143,
      why='Only the client\'s side was captured: a hello, and nobody knows that it was refused.')
def one_sided_client_refused(bed):
    bed.start(servers.s_server, 993, '-no_tls1', '-no_tls1_1')
    with bed.capture(only='tcp and dst port 993'):
        target = bed.target('imaps')
        assert 'alert protocol version' in clients.run_openssl(target, '-tls1')
        bed.expect(target, service='imaps', outcome='unanswered', refused_by=None, negotiated=None,
                   offered_max='TLS 1.0', cause='client')
    bed.note('openssl s_client -tls1 against s_server -no_tls1; the capture\'s filter is "dst port 993".')


@case('port-used-again', 'Two connections, one after the other, of the same four addresses and ports.', client=144)
def port_used_again(bed):
    bed.dovecot()
    with bed.capture():
        for version in ('TLS 1.0', 'TLS 1.2'):
            bed.network.first_port()
            target = bed.target('imaps')
            clients.openssl(target, version)
            bed.established(target, version, name=clients.HOST)
            bed.network.client.wait_for_quiet()
    bed.note('openssl s_client against Dovecot, which closes first, so that the client may use its port again at once.')


def mirrored(bed):
    bed.dovecot()
    with bed.capture(namespace=bed.network.sensor, device='eth1'):
        for service, version in (('imap', 'TLS 1.0'), ('pop3s', 'TLS 1.2')):
            target = bed.target(service)
            clients.openssl(target, version)
            bed.established(target, version, name=clients.HOST, starttls=WHOLE_WAY if service == 'imap' else None)
    bed.note('openssl s_client and Dovecot, joined by a bridge; tc mirrors ingress and egress of '
             f'{" and ".join(bed.case.mirror)} to the port where the capture is made.')


case('mirror-one-port', client=136, mirror=('client',),
     why='A mirror of one switch port, both directions: each packet once.')(mirrored)
case('mirror-two-ports', client=137, mirror=('client', 'server'),
     why='A mirror of two switch ports, both directions: each packet twice.')(mirrored)


def proxied(bed, header, inner):
    bed.dovecot(haproxy=True)
    with bed.capture():
        target = bed.target('imap')
        with Lines(bed.connect(target)) as mail:
            mail.connection.sendall(header(inner, (target.address, target.port)))
            mail.hear()
            assert mail.imap('a1 STARTTLS').startswith('a1 OK')
            tls = HandDrivenTls(mail.connection, 'TLS 1.0')
            mail.connection.sendall(tls.hello)
            tls.handshake()
            tls.command('a2 LOGOUT')
        balancer = target.keys['source.ip']
        target.keys |= {'source.ip': inner[0], 'source.port': inner[1]}
        bed.established(target, 'TLS 1.0', name=clients.HOST, starttls=WHOLE_WAY, proxy=True, proxy_ip=balancer)
    bed.note('Python\'s ssl against Dovecot with haproxy = yes.')


def proxy_v1(source, destination):
    return 'PROXY TCP4 {} {} {} {}\r\n'.format(source[0], destination[0], source[1], destination[1]).encode()


def proxy_v2(source, destination):
    addresses = b''.join(map(socket.inet_aton, (source[0], destination[0])))
    addresses += struct.pack('!HH', source[1], destination[1])
    return b'\r\n\r\n\0\r\nQUIT\n\x21\x11' + struct.pack('!H', len(addresses)) + addresses


case('proxy-v1', 'A balancer says in a PROXY header (version 1) for whom it connects.', client=138)(
    lambda bed: proxied(bed, proxy_v1, ('10.2.0.77', 50123)))
case('proxy-v2', 'A balancer says in a PROXY header (version 2) for whom it connects.', client=139)(
    lambda bed: proxied(bed, proxy_v2, ('10.2.0.78', 50124)))


@case('short-lived', 'A provider that finishes the handshake and refuses inside it, again and again.', client=140)
def short_lived(bed):
    tls = own_servers.context(bed.certificates, 'TLS 1.0', 'TLS 1.3')
    serve(bed, 993, own_servers.inside_tls(tls, own_servers.refuses_inside))
    with bed.capture():
        for _ in range(3):
            target = bed.target('imaps')
            clients.run_openssl(target, '-tls1', '-brief', lines=f'a1 LOGIN {USER} {PASSWORD}\n')
            bed.established(target, 'TLS 1.0', name=clients.HOST)
    bed.note('openssl s_client -tls1, three times, against a server that answers the login with NO and closes.',
             'That they were short is learnt after their events; the inventory tells it.')


def other_ports(bed, services):
    """IMAP with STARTTLS, IMAP in TLS with ALPN, TLS without, and HTTP, each on a port of nobody's."""
    tls = own_servers.context(bed.certificates, 'TLS 1.0')
    serve(bed, 1143, own_servers.imap('* OK [CAPABILITY IMAP4rev1 STARTTLS] ready', tls=tls))
    tls_server(bed, 1993, 'TLS 1.1', prepare=lambda tls: tls.set_alpn_protocols(['imap']))
    tls_server(bed, 8443, 'TLS 1.2')
    serve(bed, 8080, own_servers.http)
    with bed.capture():
        target = bed.target('imap', port=1143)
        clients.run_openssl(target, '-tls1', '-brief', lines=GOODBYE)
        bed.established(target, 'TLS 1.0', name=clients.HOST, starttls=WHOLE_WAY, service=services[0])
        target = bed.target('imaps', port=1993)
        clients.run_openssl(target, '-tls1_1', '-alpn', 'imap', '-brief', lines=GOODBYE)
        bed.established(target, 'TLS 1.1', name=clients.HOST, service=services[1], also={'tls.next_protocol': 'imap'})
        target = bed.target('imaps', port=8443)
        clients.run_openssl(target, '-tls1_2', '-brief', lines=GOODBYE)
        bed.established(target, 'TLS 1.2', name=clients.HOST, service=services[2])
        target = bed.target('imaps', port=8080)
        bed.network.client.run('curl', '-s', '--max-time', 8, f'http://{target.address}:8080/')
    bed.note('openssl s_client against servers of our own, and curl against HTTP, which is no session.')


case('other-ports-named', 'Mail and TLS on ports that are named with --ports.', client=141,
     options='--ports 1143=imap,1993=imaps,8443=tls')(lambda bed: other_ports(bed, ('imap', 'imaps', 'tls')))
case('other-ports-discovered', 'Mail and TLS on ports that nobody named, found by content with --discover.', client=142,
     options='--discover')(lambda bed: other_ports(bed, ('imap', 'imaps', 'tls')))
