# SPDX-License-Identifier: BSD-2-Clause
"""Who is it? Names that clients ask DNS for and tell DHCP, and what programs say of themselves, all by real ones."""
import imaplib

import clients
import servers
from bed import case
from own_clients import Lines

MAIL = 'tcp or udp port 53 or udp port 67 or udp port 68'
LEGACY, REGULAR = servers.LEGACY, 'outlook.office365.com'


def dnsmasq(bed):
    return bed.start(servers.Dnsmasq, bed.network.ip('server', 4), bed.network.ip('client', 4),
                     bed.network.mac('client'))


def ask(bed, name, *options):
    """dig, which says in its answer what the server told it."""
    said = bed.network.client.run('dig', f'@{bed.network.ip("server", 4)}', '+tries=1', *options, name).stdout
    assert bed.network.ip('server', 4) in said, said


def lease(bed, *options):
    """udhcpc, which is given the address that the client has anyway."""
    said = bed.network.client.run('udhcpc', '-i', 'eth0', '-n', '-q', '-f', '-s', '/bin/true', *options).stdout
    assert 'obtained' in said, said


def named(bed, target, asked, source='dns', **facts):
    also = {'lasthello.dns_name': asked, 'lasthello.server_name_source': source} | facts.pop('also', {})
    bed.established(target, 'TLS 1.2', also=also, **facts)


@case('names-dns-legacy', 'A client without SNI on a name that ends: it had asked DNS for it.', client=30)
def legacy(bed):
    bed.dovecot()
    dnsmasq(bed)
    with bed.capture(only=MAIL):
        ask(bed, LEGACY)
        target = bed.target('imaps')
        clients.run_openssl(target, '-tls1_2', name=None, lines='a1 LOGOUT\n')
        named(bed, target, [LEGACY])
    bed.note('dig and openssl s_client -noservername, against dnsmasq and Dovecot.')


@case('names-dns-alias', 'The name that was asked for is an alias (CNAME) of the one that has the address.', client=31)
def alias(bed):
    bed.dovecot()
    dnsmasq(bed)
    with bed.capture(only=MAIL):
        ask(bed, 'Mail.Example.NET')
        target = bed.target('imaps')
        clients.run_openssl(target, '-tls1_2', name=None, lines='a1 LOGOUT\n')
        named(bed, target, ['mail.example.net'])
    bed.note('dig and openssl s_client -noservername, against dnsmasq and Dovecot.')


@case('names-dns-two', 'One address, and the client had asked for two names of it: both are told.', client=32)
def two(bed):
    bed.dovecot()
    dnsmasq(bed)
    with bed.capture(only=MAIL):
        ask(bed, REGULAR)
        ask(bed, LEGACY)
        target = bed.target('imaps')
        clients.run_openssl(target, '-tls1_2', name=None, lines='a1 LOGOUT\n')
        named(bed, target, [LEGACY, REGULAR])
    bed.note('dig twice and openssl s_client -noservername, against dnsmasq and Dovecot.')


@case('names-dns-and-sni', 'A client that sends a server name: what it had asked DNS for is not kept beside it.', client=33)
def both(bed):
    bed.dovecot()
    dnsmasq(bed)
    with bed.capture(only=MAIL):
        ask(bed, LEGACY)
        target = bed.target('imaps')
        clients.run_openssl(target, '-tls1_2', name=REGULAR, lines='a1 LOGOUT\n')
        named(bed, target, None, 'sni', name=REGULAR)
    bed.note('dig and openssl s_client, against dnsmasq and Dovecot.')


@case('names-dns-later', 'What a client asks for after it connected tells nothing of that connection.', client=34)
def later(bed):
    bed.dovecot()
    dnsmasq(bed)
    with bed.capture(only=MAIL):
        target = bed.target('imap')
        with Lines(bed.connect(target)) as mail:
            mail.hear()
            ask(bed, LEGACY)
            mail.imap('a1 LOGOUT')
            mail.silence()
        bed.expect(target, service='imap', outcome='plain', dns_name=None, server_name_source=None)
    bed.note('Python against Dovecot; dig while the connection is open.')


@case('names-dhcp', 'A client tells DHCP its name and what it is.', client=35)
def dhcp(bed):
    bed.dovecot()
    dnsmasq(bed)
    with bed.capture(only=MAIL):
        lease(bed, '-x', 'hostname:old-printer', '-V', 'MFP 2009')
        target = bed.target('imaps')
        clients.run_openssl(target, '-tls1_2', name=None, lines='a1 LOGOUT\n')
        named(bed, target, None, 'certificate')
    bed.note('udhcpc and openssl s_client -noservername, against dnsmasq and Dovecot.')


@case('names-imap-id', 'A client and a server say what they are (IMAP ID), and the server in its greeting, too.', client=36)
def imap_id(bed):
    bed.dovecot()
    with bed.capture():
        target = bed.target('imap')
        with bed.network.client.inside():
            mail = imaplib.IMAP4(target.address, target.port)
        said = mail.xatom('ID', '("name" "Old Mail" "version" "1.2" "os" "AIX" "support-url" "http://joe.example")')
        assert said[0] == 'OK' and b'Dovecot' in mail.response('ID')[1][0], said
        mail.logout()
        bed.expect(target, service='imap', outcome='plain', client_software='name=Old Mail; version=1.2; os=AIX',
                   server_software='name=Dovecot', greeting='Dovecot Debian ready', client_attached=True)
    bed.note('Python\'s imaplib against Dovecot.')
