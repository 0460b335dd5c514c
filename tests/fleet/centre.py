# SPDX-License-Identifier: BSD-2-Clause
"""PostgreSQL, started by a test for itself alone: its own folder, a free port of the loopback address and a socket in that folder, as an
unprivileged user also where the test is root. It ends with the test, however that ends, and leaves nothing.

    with Centre() as centre:
        centre.install(program)                      # what `lasthello sync --print-schema` prints
        centre.add_sensor('berlin')
        run(program, 'sync', '--once', 'berlin.db', centre.url('berlin'))
        standby = centre.add_standby()
        centre.kill()
        standby.promote()
        run(program, 'sync', '--once', 'berlin.db', url_of((centre, standby), 'berlin'))

Whoever comes by the socket is believed to be who he says he is. By TCP it takes a password; with Centre(tls=True) TLS, too, and those of the
role by_certificate come with a certificate instead, whose name is that of their role."""
import contextlib
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

BOUND = 120  # seconds that anything may take on a busy machine
DATABASE = 'lasthello'
ALONE = {'PATH': os.environ['PATH'], 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC', 'HOME': '/nonexistent'}  # nothing that libpq would read from elsewhere


def programs():
    """The folder of the newest PostgreSQL; without one a test is skipped."""
    found = sorted(glob.glob('/usr/lib/postgresql/*/bin/initdb'), key=lambda path: int(path.split('/')[4]))
    if not found:
        print('there is no PostgreSQL: packaging/install-packages postgresql')
        sys.exit(77)
    return os.path.dirname(found[-1])



def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def children_of(pid):
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        with open(f'/proc/{pid}/task/{pid}/children') as file:
            return [int(word) for word in file.read().split()]
    return []


def kill_at_once(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def wait_for(what, ends, seconds=BOUND):
    """Until it is so; what it waits for is said where that does not come."""
    until = time.monotonic() + seconds
    while not ends():
        if time.monotonic() > until:
            raise AssertionError(f'{what}: not in {seconds} seconds')
        time.sleep(0.05)


def url_of(servers, user, **options):
    """One connection string for several servers: the one that can be written to is taken."""
    parts = {'host': ','.join(server.folder for server in servers), 'port': ','.join(str(server.port) for server in servers),
             'target_session_attrs': 'read-write', **options}
    return f'postgresql://{user}@/{DATABASE}?{urllib.parse.urlencode(parts)}'


class Server:
    """One postmaster with a folder of its own. `user` is who it runs as: None is whoever runs the test. `more`: settings."""

    def __init__(self, folder, user, tls=None, more=None):
        self.folder, self.user, self.tls, self.more = folder, user, tls, more or {}
        self.data, self.log = f'{folder}/data', f'{folder}/log'
        self.bin, self.port, self.process = programs(), free_port(), None

    # ---- running

    def as_user(self, *words):
        """A command of the server's user that gets SIGQUIT when the test ends: PostgreSQL then ends at once."""
        other = ['--reuid', self.user, '--regid', self.user, '--clear-groups'] if self.user else []
        return ['setpriv', '--pdeathsig', 'QUIT', *other, '--', *words]

    def command(self, name, *words, **options):
        done = subprocess.run(self.as_user(f'{self.bin}/{name}', *words), cwd=self.folder, env=ALONE, capture_output=True, text=True, timeout=BOUND,
                              check=False, **options)
        if done.returncode != 0:
            raise AssertionError(f'{name}: {done.stdout}{done.stderr}')

    def settings(self):
        rows = {'listen_addresses': '127.0.0.1', 'unix_socket_directories': self.folder, 'port': self.port, 'fsync': 'off', 'shared_buffers': '64MB',
                'max_connections': 100, 'wal_level': 'replica', 'max_wal_senders': 4, 'log_min_messages': 'warning', 'autovacuum_naptime': '60s'}
        if self.tls:
            rows.update(ssl='on', ssl_ca_file=self.tls.ca, ssl_cert_file=f'{self.folder}/server.pem', ssl_key_file=f'{self.folder}/server.key')
        rows.update(self.more)
        return [word for name, value in rows.items() for word in ('-c', f'{name}={value}')]

    def write_access(self):
        over_tls = ['hostssl all +by_certificate 127.0.0.1/32 cert', 'hostssl all all 127.0.0.1/32 scram-sha-256']
        rows = ['local replication all trust', 'local all all trust', *(over_tls if self.tls else ['host all all 127.0.0.1/32 scram-sha-256'])]
        with open(f'{self.data}/pg_hba.conf', 'w') as file:
            file.write('\n'.join(rows) + '\n')

    def start(self):
        """Also after kill(), then with what it had written."""
        with open(self.log, 'a') as log:
            self.process = subprocess.Popen(self.as_user(f'{self.bin}/postgres', '-D', self.data, *self.settings()), cwd=self.folder, env=ALONE,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for('PostgreSQL takes connections', self.is_ready)
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            with open(self.log) as log:
                raise AssertionError('PostgreSQL ended:\n' + log.read()[-2000:])
        return subprocess.run([f'{self.bin}/pg_isready', '-q', '-h', self.folder, '-p', str(self.port)], env=ALONE, timeout=BOUND,
                              check=False).returncode == 0

    def stop(self, how=signal.SIGINT):
        """In order, what is open is rolled back."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(BOUND)

    def kill(self):
        """As if the machine had lost its power: nothing is said to anybody, nothing is put in order."""
        pids = [self.process.pid, *children_of(self.process.pid)]
        for pid in pids:
            kill_at_once(pid)
        self.process.wait(BOUND)
        wait_for('the processes of a killed PostgreSQL end', lambda: not any(os.path.exists(f'/proc/{pid}') for pid in pids))

    def promote(self):
        """A standby becomes one that can be written to."""
        self.command('pg_ctl', 'promote', '-D', self.data, '-w', '-t', str(BOUND))

    # ---- asking

    def url(self, user='postgres', **options):
        """By the socket, without a password."""
        options = {'host': self.folder, 'port': self.port, **options}
        return f'postgresql://{user}@/{DATABASE}?{urllib.parse.urlencode(options)}'

    def tcp_url(self, user, **options):
        """By TCP: with passfile=..., or sslcert=... and sslkey=... of Authority.issue."""
        if self.tls:
            options = {'sslmode': 'verify-full', 'sslrootcert': self.tls.ca, **options}
        return f'postgresql://{user}@localhost:{self.port}/{DATABASE}?{urllib.parse.urlencode(options)}'

    def run_psql(self, sql, user='postgres', url=None, seconds=10 * BOUND):
        """What psql made of it: returncode, stdout (a row a line, columns with | between), stderr."""
        return subprocess.run([f'{self.bin}/psql', '-X', '-w', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', url or self.url(user), '-f', '-'],
                              input=sql, env=ALONE, capture_output=True, text=True, timeout=seconds, check=False)

    def psql(self, sql, user='postgres'):
        done = self.run_psql(sql, user)
        if done.returncode != 0:
            raise AssertionError(f'psql as {user}: {done.stderr}\n{sql[:400]}')
        return done.stdout

    def rows(self, sql, user='postgres'):
        """Lists of texts; None where it is NULL."""
        done = self.psql(f"\\pset null '\\\\N'\n\\pset fieldsep '\\x1f'\n\\pset recordsep '\\x1e'\n{sql}", user)
        return [[None if cell == '\\N' else cell for cell in row.split('\x1f')] for row in done.rstrip('\n').split('\x1e') if row]


class Authority:
    """Certificates that a test made itself."""

    def __init__(self, folder):
        self.folder, self.ca = folder, f'{folder}/ca.pem'
        self.openssl('req', '-x509', *self.new_key('ca'), '-days', '30', '-subj', '/CN=A test', '-out', self.ca)

    def openssl(self, *words):
        subprocess.run(['openssl', *words], check=True, timeout=BOUND, capture_output=True)

    def new_key(self, name):
        return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', f'{self.folder}/{name}.key']

    def issue(self, name, names='', days=30):
        """Files for the name: {'sslcert': ..., 'sslkey': ...}. With days=-1 it is no longer valid."""
        cert, key, asked, extensions = (f'{self.folder}/{name}.{kind}' for kind in ('pem', 'key', 'csr', 'ext'))
        with open(extensions, 'w') as file:
            file.write(f'subjectAltName={names or "DNS:" + name}\n')
        self.openssl('req', *self.new_key(name), '-subj', f'/CN={name}', '-out', asked)
        self.openssl('x509', '-req', '-in', asked, '-CA', self.ca, '-CAkey', f'{self.folder}/ca.key', '-days', str(days), '-extfile', extensions,
                     '-out', cert)
        os.chmod(key, 0o600)
        return {'sslcert': cert, 'sslkey': key}

    def revoke(self, cert):
        """The list of what was revoked: this one."""
        number = subprocess.run(['openssl', 'x509', '-noout', '-serial', '-in', cert], check=True, timeout=BOUND, capture_output=True, text=True).stdout
        index, config, revoked = (f'{self.folder}/revoked.{kind}' for kind in ('txt', 'cnf', 'pem'))
        with open(index, 'w') as file:
            file.write(f'R\t491231235959Z\t250101000000Z\t{number.strip().partition("=")[2]}\tunknown\t/CN=revoked\n')
        with open(config, 'w') as file:
            file.write(f'[ca]\ndefault_ca = one\n[one]\ndatabase = {index}\ndefault_md = sha256\n')
        self.openssl('ca', '-gencrl', '-config', config, '-cert', self.ca, '-keyfile', f'{self.folder}/ca.key', '-crldays', '30', '-out', revoked)
        return revoked


class Centre(Server):
    def __init__(self, tls=False, **settings):
        with contextlib.ExitStack() as stack:
            self.home = tempfile.mkdtemp(prefix='centre-')  # short: the path of a socket has 107 bytes
            stack.callback(shutil.rmtree, self.home, ignore_errors=True)
            os.chmod(self.home, 0o755)
            user = 'postgres' if os.geteuid() == 0 else None  # Debian's package makes this one
            self.authority = Authority(self.home) if tls else None
            self.standbys = []
            super().__init__(f'{self.home}/first', user, self.authority, settings)
            self.make_folder(self)
            self.cleanup = stack.pop_all()

    def make_folder(self, server):
        os.mkdir(server.folder, 0o755)
        if self.tls:
            for kind, path in self.tls.issue('localhost', 'DNS:localhost,IP:127.0.0.1').items():
                shutil.copy(path, f'{server.folder}/server.{"pem" if kind == "sslcert" else "key"}')
        if self.user:
            owner = pwd.getpwnam(self.user)
            for path in (server.folder, *glob.glob(f'{server.folder}/*')):
                os.chown(path, owner.pw_uid, owner.pw_gid)

    def __enter__(self):
        """SIGTERM, as meson sends it when a test takes too long, ends the test in order, too."""
        self.was = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            self.command('initdb', '-D', self.data, '--no-sync', '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8')
            self.write_access()
            self.start()
            subprocess.run([f'{self.bin}/createdb', '-h', self.folder, '-p', str(self.port), '-U', 'postgres', DATABASE], env=ALONE, check=True,
                           timeout=BOUND)
            if self.tls:
                self.psql('CREATE ROLE by_certificate NOLOGIN')
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in (self, *self.standbys):
            if server.process and server.process.poll() is None:
                server.stop(signal.SIGQUIT)
        self.cleanup.close()
        signal.signal(signal.SIGTERM, self.was)

    # ---- lasthello's

    def install(self, program):
        """The schema, as a user installs it."""
        script = subprocess.run([program, 'sync', '--print-schema'], check=True, capture_output=True, text=True, timeout=BOUND).stdout
        self.psql(script)

    def add_sensor(self, name, password=None, by_certificate=False):
        """A login role as docs/fleet.md makes it."""
        secret = f" PASSWORD '{password}'" if password else ''
        self.psql(f'CREATE ROLE {name} LOGIN{secret} IN ROLE lasthello_sensor{", by_certificate" if by_certificate else ""}')

    def passfile(self, user, password):
        path = f'{self.home}/{user}.pgpass'
        with open(path, 'w', opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(f'*:*:*:{user}:{password}\n')
        return path

    # ---- a second one

    def add_standby(self):
        """It follows by streaming, a moment later: what it has not got when this one is killed is lost."""
        server = Server(f'{self.home}/standby{len(self.standbys)}', self.user, self.tls, self.more)
        self.make_folder(server)
        server.command('pg_basebackup', '-h', self.folder, '-p', str(self.port), '-U', 'postgres', '-D', server.data, '-R', '-X', 'stream',
                       '--checkpoint=fast', '--no-sync')
        self.standbys.append(server)
        return server.start()

    def wait_for_standby(self, server):
        """Until it has all that was committed here so far."""
        here = self.psql('SELECT pg_current_wal_lsn()').strip()
        wait_for('the standby follows', lambda: server.psql(f"SELECT pg_last_wal_replay_lsn() >= '{here}'").strip() == 't')
