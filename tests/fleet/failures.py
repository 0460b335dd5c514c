#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""failures.py PROGRAM PCAPS: what can be wrong with a centre is said in one sentence, costs the sensor nothing, and is over when it is over:
certificates and roles, other schemas, a centre that is gone, silent, full, or killed while a standby has not got all."""
import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from bad_network import BadNetwork
from centre import Authority, Centre, url_of, wait_for
from rows import ENVIRONMENT, compare

SECRET = 'not for others'


def run(program, *words):
    done = subprocess.run([program, *words], env=ENVIRONMENT, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout + done.stderr


class World:
    def __init__(self, program, pcaps, folder, centre):
        self.program, self.folder, self.centre = program, folder, centre
        self.may_mount = False
        self.path = f'{folder}/berlin.db'
        self.captures = sorted(f'{pcaps}/{name}' for name in os.listdir(pcaps) if os.path.isdir(f'{pcaps}/{name}'))
        self.read(4)

    def read(self, count):
        now, self.captures = self.captures[:count], self.captures[count:]
        status, said = run(self.program, 'read', '-o', self.path, *now)
        assert status == 0, said

    def sync(self, url, environment=None):
        done = subprocess.run([self.program, 'sync', '--once', self.path, url], env={**ENVIRONMENT, **(environment or {})}, capture_output=True,
                              text=True, timeout=300, check=False)
        return done.returncode, done.stderr

    def refused(self, url, *parts, environment=None):
        status, said = self.sync(url, environment)
        assert status == 1 and said.count('\n') == 1, f'{url}: {status}: {said}'
        assert all(part in said for part in parts), f'{said!r} says nothing of {parts}'
        assert SECRET not in said

    def sent(self, url):
        status, said = self.sync(url)
        assert status == 0, said
        compare(self.centre, self.path)

    def start(self, url, *options):
        return subprocess.Popen([self.program, 'sync', '--interval', '1', *options, self.path, url], env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)

    def state(self):
        with contextlib.suppress(FileNotFoundError), open(f'{self.path}.sync') as file:
            return dict(line.rstrip('\n').split('=', 1) for line in file)
        return {}


def end(process):
    """SIGTERM ends it, whatever it waits for."""
    started = time.monotonic()
    process.terminate()
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 0, f'{process.returncode}: {said}'
    assert time.monotonic() - started < 20, 'SIGTERM was not answered'
    return said


# ---- with TLS --------------------------------------------------------------------------------------------------------------------

def connection_strings_are_looked_at_before_anybody_is_called(world):
    world.refused(f'postgresql://berlin:{SECRET.replace(" ", "%20")}@db.example/lasthello', 'password', 'passfile')
    world.refused('postgresql://berlin@db.example/lasthello', 'PGPASSWORD', 'passfile', environment={'PGPASSWORD': SECRET})
    world.refused('postgresql://berlin@db.example/lasthello?sslmode=require', 'sslmode=require', 'verify-full')
    world.refused('postgresql://berlin@localhost,db.example/lasthello?sslmode=disable', 'verify-full')
    world.refused('nonsense', 'cannot be read')


def what_is_no_inventory_gets_no_file_beside_it(world):
    for path, part in ((f'{world.folder}/no.db', 'no such inventory'), (world.folder, 'is a folder')):
        status, said = run(world.program, 'sync', path, 'postgresql://berlin@localhost/lasthello')
        assert status == 1 and part in said and said.count('\n') == 1, said
        assert not os.path.exists(f'{path}.sync'), path
    status, said = run(world.program, 'sync', f'postgresql://berlin:{SECRET}@localhost/lasthello', world.path)
    assert status == 2 and 'the inventory comes first' in said and SECRET not in said, said


def certificates_and_roles(world):
    centre, other = world.centre, Authority(world.folder)
    good = centre.authority.issue('berlin')
    centre.add_sensor('berlin', by_certificate=True)
    centre.add_sensor('paris', password=SECRET)
    passfile = centre.passfile('paris', SECRET)
    world.refused(centre.tcp_url('berlin', **good, sslrootcert=other.ca), 'certificate verify failed', 'sslrootcert')
    world.refused(centre.tcp_url('berlin', **good).replace('@localhost:', '@localhost.localdomain:') + '&hostaddr=127.0.0.1',
                  'does not match host name')
    world.refused(centre.tcp_url('berlin', **centre.authority.issue('old', days=-1)), 'certificate')
    world.refused(centre.tcp_url('berlin', **other.issue('berlin')), 'certificate')
    world.refused(centre.tcp_url('berlin', **centre.authority.issue('paris')), 'certificate', 'role')
    world.refused(centre.tcp_url('berlin'), 'certificate', 'sslcert')
    world.refused(centre.tcp_url('paris', passfile='/nonexistent'), 'HOST:PORT:DATABASE:ROLE:PASSWORD')
    status, said = world.sync(centre.tcp_url('paris', sslrootcert='/nonexistent', passfile=passfile))
    assert status == 1 and 'name the CA' in said and 'disable' not in said, said
    world.refused(centre.tcp_url('paris', passfile=centre.passfile('paris', 'wrong')), 'password', 'passfile')
    passfile = centre.passfile('paris', SECRET)
    centre.psql('ALTER ROLE paris NOLOGIN')
    world.refused(centre.tcp_url('paris', passfile=passfile), 'role', 'log in')
    centre.psql('ALTER ROLE paris LOGIN')
    world.sent(centre.tcp_url('berlin', **good))
    world.refused(centre.tcp_url('paris', passfile=passfile), 'role')  # the inventory is berlin's
    centre.psql('REVOKE lasthello_sensor FROM berlin')
    world.refused(centre.tcp_url('berlin', **good), 'role', 'lasthello_sensor')
    status, said = run(world.program, 'merge', centre.tcp_url('berlin', **good), '-o', f'{world.folder}/merged.db')
    assert status == 1 and 'lasthello_reader' in said, said
    centre.psql('GRANT lasthello_sensor TO berlin')


def a_certificate_that_was_revoked(world):
    centre = world.centre
    lost = {kind: shutil.copy(path, f'{world.folder}/lost.{kind}') for kind, path in centre.authority.issue('berlin').items()}
    good = centre.authority.issue('berlin')
    world.sent(centre.tcp_url('berlin', **lost))
    centre.psql(f"ALTER SYSTEM SET ssl_crl_file = '{centre.authority.revoke(lost['sslcert'])}'")
    centre.psql('SELECT pg_reload_conf()')
    wait_for('the list is read', lambda: world.sync(centre.tcp_url('berlin', **lost))[0] == 1)
    world.refused(centre.tcp_url('berlin', **lost), 'certificate was revoked')
    world.sent(centre.tcp_url('berlin', **good))


def other_schemas(world):
    centre = world.centre
    url = centre.tcp_url('berlin', **centre.authority.issue('berlin'))
    for number, words in ((99, ['newer']), (0, ['older', 'ALTER SCHEMA lasthello RENAME TO lasthello_old'])):
        centre.psql(f'UPDATE lasthello.centre SET schema = {number}')
        world.refused(url, *words)
    centre.psql('ALTER SCHEMA lasthello RENAME TO lasthello_old')
    world.refused(url, '--print-schema')
    centre.install(world.program)
    world.sent(url)
    centre.psql('DROP SCHEMA lasthello_old CASCADE')


# ---- a service ---------------------------------------------------------------------------------------------------------------------

def what_is_in_the_way_is_told_once_and_by_report(world):
    centre, network = world.centre, BadNetwork(world.centre.port)
    url = f'postgresql://berlin@127.0.0.1:{network.port}/lasthello?passfile={centre.passfile("berlin", SECRET)}&sslmode=disable'
    network.fault = ('refuse',)
    process = world.start(url)
    wait_for('the state', lambda: world.state().get('why'))
    assert 'the centre is behind' in run(world.program, 'report', world.path)[1]
    network.fault = None
    wait_for('the centre has all', lambda: world.state().get('why') == '' and int(world.state()['whole']) > 0)
    compare(centre, world.path)
    assert 'behind' not in run(world.program, 'report', world.path)[1]
    said = end(process)
    assert 'has all again' in said and said.count('\n') <= 3, said
    network.close()


def a_silent_centre_is_no_reason_to_stay(world):
    network = BadNetwork(world.centre.port)
    network.fault = ('delay', 60)
    process = world.start(f'postgresql://berlin@127.0.0.1:{network.port}/lasthello?sslmode=disable')
    time.sleep(0.5)
    end(process)
    network.is_open = False


def a_centre_that_takes_nothing(world):
    """Read-only, then too full: what the sensor keeps is sent when that is over."""
    centre, url = world.centre, world.centre.url('berlin')
    world.read(3)
    centre.psql('ALTER ROLE berlin SET default_transaction_read_only = on')
    world.refused(url, 'read-only')
    centre.psql('ALTER ROLE berlin RESET default_transaction_read_only; ALTER ROLE berlin CONNECTION LIMIT 0')
    world.refused(url, 'too many connections')
    centre.psql('ALTER ROLE berlin CONNECTION LIMIT -1')
    world.sent(url)


def fill_up(path):
    with contextlib.suppress(OSError), open(path, 'wb', buffering=0) as file:
        while file.write(bytes(4096)):
            pass


@contextlib.contextmanager
def a_small_disk(path, owner):
    """A file system of a MiB."""
    os.mkdir(path)
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'small', path], check=True, timeout=60)
    shutil.chown(path, owner)
    yield path
    subprocess.run(['umount', path], check=True, timeout=60)


def a_centre_whose_disk_is_full(world):
    """Observations lie on a disk of their own, with no room for one more page."""
    centre = world.centre
    if not world.may_mount:
        print('not tried: a full disk, which takes root')
        return
    with a_small_disk(f'{centre.home}/disk', centre.user) as disk:
        centre.psql(f"CREATE TABLESPACE disk LOCATION '{disk}'")
        centre.psql('ALTER TABLE lasthello.observation SET TABLESPACE disk; ALTER TABLE lasthello.observation SET (fillfactor = 10)')
        world.read(3)
        fill_up(f'{disk}/other')
        world.refused(centre.url('berlin'), 'its disk is full')
        assert 'the centre is behind' in run(world.program, 'report', world.path)[1]
        os.remove(f'{disk}/other')
        world.sent(centre.url('berlin'))
        centre.psql('ALTER TABLE lasthello.observation RESET (fillfactor); ALTER TABLE lasthello.observation SET TABLESPACE pg_default')
        centre.psql('DROP TABLESPACE disk')


def a_standby_takes_over_that_has_not_got_all(world):
    """The primary is killed after it has acknowledged what the standby has not."""
    centre = world.centre
    standby = centre.add_standby()
    url = url_of((centre, standby), 'berlin')
    world.read(3)
    world.sent(url)
    centre.wait_for_standby(standby)
    standby.process.send_signal(signal.SIGSTOP)
    for child in os.popen(f'ps -o pid= --ppid {standby.process.pid}').read().split():
        os.kill(int(child), signal.SIGSTOP)
    world.read(5)
    world.sent(url)
    centre.kill()
    for child in os.popen(f'ps -o pid= --ppid {standby.process.pid}').read().split():
        os.kill(int(child), signal.SIGCONT)
    standby.process.send_signal(signal.SIGCONT)
    process = world.start(url)
    wait_for('it is told that nobody can be written to', lambda: world.state().get('why'))
    standby.promote()
    world.read(2)
    wait_for('the new centre has all', lambda: is_whole(world, standby))
    end(process)
    compare(standby, world.path)
    centre.start()


def is_whole(world, server):
    try:
        compare(server, world.path)
    except AssertionError:
        return False
    return True


def leave_mounts():
    """What is mounted from here on is seen by this test alone, and ends with it."""
    return ctypes.CDLL(None).unshare(0x20000) == 0 and subprocess.run(['mount', '--make-rprivate', '/'], check=False, timeout=60).returncode == 0


def main():
    program, pcaps = os.path.abspath(sys.argv[1]), sys.argv[2]
    with_tls = (connection_strings_are_looked_at_before_anybody_is_called, what_is_no_inventory_gets_no_file_beside_it, certificates_and_roles,
                a_certificate_that_was_revoked, other_schemas)
    without = (what_is_in_the_way_is_told_once_and_by_report, a_silent_centre_is_no_reason_to_stay, a_centre_that_takes_nothing,
               a_centre_whose_disk_is_full, a_standby_takes_over_that_has_not_got_all)
    may_mount = os.geteuid() == 0 and leave_mounts()
    for promises, tls in ((with_tls, True), (without, False)):
        with tempfile.TemporaryDirectory() as folder, Centre(tls=tls) as centre:
            centre.install(program)
            if not tls:
                centre.add_sensor('berlin', password=SECRET)
            world = World(program, pcaps, folder, centre)
            world.may_mount = may_mount
            for promise in promises:
                started = time.monotonic()
                promise(world)
                print(f'ok {promise.__name__} ({time.monotonic() - started:.1f} s)', flush=True)


main()
