# SPDX-License-Identifier: BSD-2-Clause
"""Real servers: Dovecot, GNU Mailutils, openssl s_server, gnutls-serv, Java. Each is started in the server's namespace,
waited for, and stopped by `with`."""
import os
import re
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SECRETS = [line.strip() for line in open(os.path.join(HERE, 'secrets.txt')) if line.strip() and line[0] != '#']
USER, PASSWORD, OTHER_USER, OTHER_PASSWORD = SECRETS
MAIL_PORTS = (143, 993, 110, 995)

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
    def __init__(self, namespace, folder, certificates, minimum='TLSv1', plaintext=True, haproxy=False):
        os.chmod(folder, 0o755)
        os.mkdir(f'{folder}/mail')
        os.chmod(f'{folder}/mail', 0o777)
        with open(f'{folder}/users', 'w') as file:
            file.write(f'{USER}:{{PLAIN}}{PASSWORD}\n{OTHER_USER}:{{PLAIN}}{OTHER_PASSWORD}\n')
        with open(f'{folder}/dovecot.conf', 'w') as file:
            file.write(DOVECOT.format(folder=folder, certificates=certificates, minimum=minimum,
                                      disable_plaintext='no' if plaintext else 'yes', extra=HAPROXY if haproxy else ''))
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
