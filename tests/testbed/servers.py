# SPDX-License-Identifier: BSD-2-Clause
"""Real servers: Dovecot, GNU Mailutils, openssl s_server, gnutls-serv, Java, Postfix, dnsmasq. Each is started in the server's namespace,
waited for, and stopped by `with`."""
import os
import re
import shutil
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SECRETS = [line.strip() for line in open(os.path.join(HERE, 'secrets.txt')) if line.strip() and line[0] != '#']
USER, PASSWORD, OTHER_USER, OTHER_PASSWORD = SECRETS
MAIL_PORTS = (143, 993, 110, 995)
LEGACY = 'imap-legacy.office365.com'

DOVECOT = '''
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap pop3
listen = *, [::]
ssl = yes
ssl_cert = <{certificates.server}
ssl_key = <{certificates.server_key}
ssl_min_protocol = {minimum}
ssl_cipher_list = ALL:@SECLEVEL=0
ssl_client_require_valid_cert = no
auth_mechanisms = plain login cram-md5 apop
auth_failure_delay = 0
disable_plaintext_auth = {disable_plaintext}
login_log_format_elements = rport=%b lport=%a tls=%k.
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home={folder}/mail
}}
mail_location = maildir:{folder}/mail
haproxy_trusted_networks = 10.0.0.0/8 2001:db8::/32
{extra}
'''
AUTH_SOCKET = '''
service auth {{
  unix_listener {folder}/auth-of-postfix {{
    mode = 0666
  }}
}}
'''
HAPROXY = '''
service imap-login {
  inet_listener imap {
    haproxy = yes
  }
}
'''


class Server:
    """A process that listens on `ports`; what it says is kept."""

    def __init__(self, namespace, words, ports, folder, **options):
        self.namespace, self.words, self.ports, self.folder = namespace, words, ports, folder
        self.options, self.output = options, os.path.join(folder, 'output')

    def __enter__(self):
        with open(self.output, 'wb') as output:
            self.process = self.namespace.popen(*self.words, stdin=subprocess.PIPE, stdout=output,
                                                stderr=subprocess.STDOUT, **self.options)
        try:
            for port in self.ports:
                self.namespace.wait_for_listener(port)
        except TimeoutError as error:
            self.__exit__()
            raise TimeoutError(f'{error}: {self.words[0]} says: {self.says()}') from None
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=8)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=8)
        self.process.stdin.close()

    def says(self):
        return open(self.output, errors='replace').read()


class Dovecot(Server):
    def __init__(self, namespace, folder, certificates, minimum='TLSv1', plaintext=True, haproxy=False, auth=False):
        os.chmod(folder, 0o755)
        os.mkdir(f'{folder}/mail')
        os.chmod(f'{folder}/mail', 0o777)
        with open(f'{folder}/users', 'w') as file:
            file.write(f'{USER}:{{PLAIN}}{PASSWORD}\n{OTHER_USER}:{{PLAIN}}{OTHER_PASSWORD}\n')
        with open(f'{folder}/dovecot.conf', 'w') as file:
            file.write(DOVECOT.format(folder=folder, certificates=certificates, minimum=minimum,
                                      disable_plaintext='no' if plaintext else 'yes', extra=(HAPROXY if haproxy else '') + (AUTH_SOCKET.format(folder=folder) if auth else '')))
        super().__init__(namespace, ['dovecot', '-F', '-c', f'{folder}/dovecot.conf'], MAIL_PORTS, folder)

    def negotiated(self, client_port):
        """(version, cipher suite) that Dovecot itself logged for this client's port, in OpenSSL's names."""
        row = re.compile(rf'rport={client_port}, lport=\d+, tls=(\S+) with cipher (\S+) ')
        deadline = time.monotonic() + 8
        while time.monotonic() < deadline:
            found = row.search(open(f'{self.folder}/log', errors='replace').read())
            if found:
                return found.groups()
            time.sleep(0.05)
        raise AssertionError(f'Dovecot has no TLS session with {client_port}: ' + open(f'{self.folder}/log').read())


def s_server(namespace, folder, certificates, port, *options, certificate=None, key=None):
    """IPv4 only, and echoes nothing: whatever a client sends is printed into its output."""
    words = ['openssl', 's_server', '-4', '-accept', port, '-cert', certificate or certificates.server,
             '-key', key or certificates.server_key, '-cipher', 'ALL:@SECLEVEL=0', *options]
    return Server(namespace, words, [port], folder)


def gnutls_server(namespace, folder, certificates, port, priority):
    words = ['gnutls-serv', '--echo', '--quiet', '--port', port, '--priority', priority,
             '--x509certfile', certificates.server, '--x509keyfile', certificates.server_key]
    return Server(namespace, words, [port], folder)


def java_server(namespace, folder, certificates, port, protocols):
    words = ['java', os.path.join(HERE, 'java', 'TlsServer.java'), certificates.java_store(), port, protocols]
    return Server(namespace, words, [port], folder)


MAILUTILS = '''
tls {{
  ssl-certificate-file {certificates.server};
  ssl-key-file {certificates.server_key};
  ssl-priorities "NORMAL:-VERS-ALL:{priority}";
}}
tls-file-checks {{ key-file none; cert-file none; ca-file none; }}
mode daemon;
logging {{ syslog no; }}
server 0.0.0.0:{port} {{ {tls}; }}
{extra}
'''


def mailutils(namespace, folder, certificates, protocol, port, priority, tls='tls-mode ondemand'):
    """GNU Mailutils' imap4d or pop3d, which use GnuTLS."""
    with open(f'{folder}/mailutils.conf', 'w') as file:
        file.write(MAILUTILS.format(certificates=certificates, port=port, priority=priority, tls=tls, extra=''))
    program = {'imap': 'imap4d', 'pop3': 'pop3d'}[protocol]
    return Server(namespace, [program, '--no-site-config', '--foreground', '--daemon',
                              f'--config-file={folder}/mailutils.conf'], [port], folder)


class Dnsmasq(Server):
    """DNS for the server's address under any name that ends in office365.com, and DHCP for the client's."""

    def __init__(self, namespace, folder, _certificates, server, client, mac):
        words = ['dnsmasq', '--keep-in-foreground', '--no-resolv', '--no-hosts', '--conf-file=/dev/null', '--no-ping',
                 f'--address=/office365.com/{server}', f'--cname=mail.example.net,{LEGACY}', f'--host-record={LEGACY},{server}',
                 f'--dhcp-leasefile={folder}/leases', f'--dhcp-range={client},{client},255.0.0.0,2h',
                 f'--dhcp-host={mac},{client}', '--dhcp-authoritative', '--pid-file=', '--user=root', '--local-ttl=60']
        super().__init__(namespace, words, [53], folder)


POSTFIX_MAIN = '''
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file_prefixes = {folder}
maillog_file = {folder}/log
myhostname = mail.example
mydestination = mail.example
local_recipient_maps =
alias_maps =
alias_database =
inet_protocols = ipv4
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificates.server}
smtpd_tls_key_file = {certificates.server_key}
smtpd_tls_protocols = >=TLSv1
smtpd_tls_ciphers = low
tls_low_cipherlist = ALL:@SECLEVEL=0
smtpd_tls_loglevel = 1
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {auth}
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
default_transport = discard
local_transport = discard
'''
POSTFIX_MASTER = '''
25 inet n - n - - smtpd -o smtpd_sasl_auth_enable=no
587 inet n - n - - smtpd
465 inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
discard unix - - n - - discard
postlog unix-dgram n - n - 1 postlogd
'''


class Postfix(Server):
    """Postfix on 25, 587 and 465; who logs in is known to Dovecot, whose `auth` is a path."""

    def __init__(self, namespace, folder, certificates, auth):
        os.chmod(folder, 0o755)
        for name, text in (('main.cf', POSTFIX_MAIN), ('master.cf', POSTFIX_MASTER)):
            with open(f'{folder}/{name}', 'w') as file:
                file.write(text.format(folder=folder, certificates=certificates, auth=auth))
        for name in ('queue', 'data'):
            os.mkdir(f'{folder}/{name}')
        shutil.chown(f'{folder}/data', 'postfix')
        super().__init__(namespace, ['postfix', '-c', folder, 'start-fg'], (25, 587, 465), folder)

    def __exit__(self, *_):
        subprocess.run(['postfix', '-c', self.folder, 'stop'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        super().__exit__()
