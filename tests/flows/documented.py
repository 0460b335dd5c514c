#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""documented.py PROGRAM PCAPS: each command with `lasthello`, and each question to sqlite3, that README.md, docs/*.md and the man pages show is
run in a folder that has what they name. Names that stand for a user's own are in a table, and so is what cannot be run here, with the reason.
What captures or serves is run, where root runs this, in a network namespace with interfaces of those names, until it says that it is at work."""
import contextlib
import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PROGRAM, PCAPS = (os.path.abspath(path) for path in sys.argv[1:3])
ROOT = os.path.dirname(PCAPS)

# what stands in the documentation for something of the user's
STANDS_FOR = [('/var/captures', 'captures'), ('/var/lib/lasthello/inventory.db', 'inventory.db'), ('build/demo.db', 'inventory.db'), ('10.1.4.17', '10.1.0.17'), ('10.1.0.29', '10.1.0.17'),
              ('/var/log/lasthello/', ''), ('/var/lib/prometheus/node-exporter/', ''), ('/run/lasthello/', ''), ('/run/vector/', ''),
              ('imap.example.net', 'mail.example'), (' ADDRESS', ' 10.1.0.17'), (' IFACE', ' eth1'), (' ID', ' exchange-online')]
NOT_RUN = [
    (r'lasthello (read|merge|sync|watch)$', 'names the command alone'),
    (r'lasthello sync (--once )?inventory.db', 'needs a PostgreSQL; tests/fleet/sync.py'),
    (r"lasthello (merge|policy apply) 'postgresql:", 'the same; tests/fleet/recipe.py'),
    (r'lasthello sync --print-schema \|', 'needs a PostgreSQL; tests/fleet/recipe.py'),
    (r'lasthello read --events$', 'names an option alone'),
    (r'lasthello read --ports 587=smtp,25=smtp$', 'names an option alone'),
]
# What goes on until a signal ends it, and what it says once it is at work
GOES_ON = [(r'lasthello watch\b', 'capturing'), (r'lasthello serve\b', 'is served at')]
# As long as it looks at packets is its own business; 1: it has found something to change
LOOKS = r'lasthello check\b'
NAMESPACE = ('ip link set lo up; for i in 1 2; do ip link add mirror$i type veth peer name eth$i && ip link set mirror$i up && ip link set eth$i up; done\n'
             'exec bash -o pipefail -c "$1"')
PATIENCE_S = 60
ENDS_WITH = {'lasthello report --fail-on breaks': 3}  # else 0

# What the commands expect of a machine; what they send goes nowhere.
STUBS = {
    'lasthello': 'command=$1; shift\ncase $command in\nreport | policy) exec {program} "$command" --policy {root}/data/policies "$@" ;;\n'
                 '*) exec {program} "$command" "$@" ;;\nesac\n',
    'sudo': 'exec "$@"\n',
    'ssh': 'exec cat monday.pcapng\n',
    'mail': 'exec cat >/dev/null\n',
    'logger': 'exec cat >/dev/null\n',
}
OWN_POLICY = ('[policy]\nid = own\ntitle = ours\ncertainty = inferred\n[scope]\nserver = mail.example\n[demand]\nnegotiated = TLS 1.2\n'
              '[source]\nsource = us\nseen = 2026-11-30\n')


def prepare(folder):
    """Captures, an inventory, a list of assets, a policy, a configuration."""
    def capture(name):
        return os.path.join(PCAPS, name, 'capture.pcapng')
    for name in ('monday', 'tuesday', 'captures', 'bin'):
        os.mkdir(f'{folder}/{name}')
    for name, source in (('monday.pcapng', 'refused-alert-70'), ('tuesday.pcapng', 'imaps-tls10-ipv4'), ('monday/1.pcapng', 'refused-alert-70'),
                         ('tuesday/1.pcapng', 'imaps-tls10-ipv4'), ('captures/1.pcapng', 'refused-rst'), ('capture.pcap', 'short-lived')):
        shutil.copy(capture(source), f'{folder}/{name}')
    subprocess.run(['gzip', '-k', f'{folder}/tuesday.pcapng'], check=True)
    for name, text in (('assets.csv', 'address,name,owner\n10.1.0.17,Press,Print\n'), ('own.policy', OWN_POLICY), ('new.conf', 'memory = 64\n')):
        with open(f'{folder}/{name}', 'w') as file:
            file.write(text)
    for name, text in STUBS.items():
        with open(f'{folder}/bin/{name}', 'w') as file:
            file.write('#!/bin/sh\n' + text.format(program=PROGRAM, root=ROOT))
        os.chmod(f'{folder}/bin/{name}', 0o755)
    subprocess.run([PROGRAM, 'read', '-o', f'{folder}/inventory.db', '--providers', f'{ROOT}/data/providers.txt', capture('refused-alert-70'),
                    capture('imaps-tls10-ipv4'), capture('provider-ends-old-tls')], check=True, stderr=subprocess.DEVNULL,
                   env=os.environ | {'LASTHELLO_CONF': ''})
    for name in ('A', 'B', 'berlin', 'paris', 'part1', 'level1'):
        shutil.copy(f'{folder}/inventory.db', f'{folder}/{name}.db')


@contextlib.contextmanager
def listening(folder):
    """Somebody reads the named pipe and the socket that the pages name."""
    os.mkfifo(f'{folder}/events')
    pipe = os.open(f'{folder}/events', os.O_RDWR)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f'{folder}/lasthello.sock')
        listener.listen()
        yield
    os.close(pipe)


# ---- what is shown ---------------------------------------------------------------------------------------------------------------

COMMAND = r'(?:[A-Z_]+=\S+ |sudo )*(?:lasthello [a-z]|sqlite3 ).*|(?:ssh|curl|dumpcap|tcpdump) .*\| *lasthello .*'


def of_markdown(text):
    """Commands of blocks, whose lines may end with a comment or, behind blanks, with what the command is for; and those inside of sentences."""
    text = text.replace('\\\n', ' ')
    for line in re.findall(rf'^(?: {{4,}}|\t)(?:\$ )?({COMMAND})$', text, re.MULTILINE):
        yield re.split(r' +# | {2,}', line)[0].strip()
    yield from re.findall(r'`((?:sudo )?lasthello [a-z][^`]*)`', text)


def of_man_page(text):
    for line in re.findall(rf'^\.(?:Dl|D1) ({COMMAND})$', text, re.MULTILINE):
        yield line.replace('\\-', '-').replace('\\e', '\\')


def commands():
    """command: the page where it stands first."""
    found = {}
    for path in [f'{ROOT}/README.md', f'{ROOT}/CONTRIBUTING.md', f'{PCAPS}/README.md', *sorted(glob.glob(f'{ROOT}/docs/*.md'))]:
        for command in of_markdown(open(path).read()):
            found.setdefault(command, os.path.relpath(path, ROOT))
    for path in sorted(glob.glob(f'{ROOT}/docs/man/*.[1-9]')):
        for command in of_man_page(open(path).read()):
            found.setdefault(command, os.path.relpath(path, ROOT))
    return found


# ---- what becomes of it ----------------------------------------------------------------------------------------------------------

def as_here(command):
    for word, own in STANDS_FOR:
        command = command.replace(word, own)
    return command


def environment(folder):
    return {'PATH': f'{folder}/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LASTHELLO_CONF': '', 'LASTHELLO_ASSETS': 'assets.csv', 'LC_ALL': 'C.UTF-8', 'HOME': folder}


def run(folder, command):
    return subprocess.run(['bash', '-o', 'pipefail', '-c', command], cwd=folder, env=environment(folder), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120)


def begin(folder, command, said):
    """In a namespace with eth1 and eth2, on which nobody speaks."""
    return subprocess.Popen(['unshare', '--net', 'sh', '-c', NAMESPACE, 'sh', command], cwd=folder, env=environment(folder), stdin=subprocess.DEVNULL,
                            stdout=said, stderr=said, start_new_session=True)


def look(folder, command):
    """What is wrong with a command that looks at an interface."""
    with open(f'{folder}/said', 'wb+') as said:
        status = begin(folder, f'{command} --seconds 1', said).wait(PATIENCE_S)
        said.seek(0)
        text = said.read().decode()
    return None if status in (0, 1) and re.search('^OK ', text, re.MULTILINE) else f'exit status {status}: {text}'


def go_on(folder, command, words):
    """What is wrong with one that goes on."""
    with open(f'{folder}/said', 'wb') as said:
        child = begin(folder, command, said)
    end = time.monotonic() + PATIENCE_S
    try:
        while words not in open(f'{folder}/said').read():
            if child.poll() is not None or time.monotonic() > end:
                return f'it does not say "{words}", but: {open(f"{folder}/said").read()}'
            time.sleep(0.05)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
        child.wait(PATIENCE_S)
    return None if child.returncode == 0 or '|' in command else f'exit status {child.returncode}: {open(f"{folder}/said").read()}'


def options_exist(command):
    """Of what is not run: each of its long options is one of that command."""
    name = re.search(r'lasthello ([a-z]+)', command).group(1)
    told = subprocess.run([PROGRAM, name, '--help'], stdout=subprocess.PIPE, check=True).stdout.decode()
    missing = [option for option in re.findall(r'(?<= )--[a-z-]+', command.split('|')[0]) if option not in re.findall(r'--[a-z-]+', told)]
    return f'no option {missing} in: {command}' if missing else None


def has_namespaces():
    return os.geteuid() == 0 and subprocess.run(['unshare', '--net', 'true'], stderr=subprocess.DEVNULL).returncode == 0


def check(folder, command):
    """(was run, what is wrong)"""
    for pattern, _ in NOT_RUN:
        if re.search(pattern, command):
            return False, options_exist(command)
    for pattern, words in [*GOES_ON, (LOOKS, None)]:
        if re.search(pattern, command):
            if not has_namespaces():
                return False, options_exist(command)
            return True, go_on(folder, as_here(command), words) if words else look(folder, as_here(command))
    done = run(folder, as_here(command))
    wanted = ENDS_WITH.get(command, 0)
    return True, None if done.returncode == wanted else f'exit status {done.returncode}: {done.stdout.decode()[-600:]}'


def main():
    found, failed, run_count = commands(), 0, 0
    with tempfile.TemporaryDirectory() as folder, listening(folder):
        prepare(folder)
        for command, page in found.items():
            was_run, wrong = check(folder, command)
            run_count += was_run
            failed += wrong is not None
            print(f'{"FAIL" if wrong else "ok  "} {page}: {command}' + (f'\n     {wrong}' if wrong else '' if was_run else '  (not run)'), flush=True)
    unused = [pattern for pattern, _ in NOT_RUN if not any(re.search(pattern, command) for command in found)]
    unused += [word for word, _ in STANDS_FOR if not any(word in command for command in found)]
    for what in unused:
        print(f'FAIL in a table and on no page: {what}')
    print(f'{len(found)} commands, {run_count} of them run, {failed} failed')
    if failed:
        print('What a command names is made in prepare() or stands in STANDS_FOR; what cannot be run here, in NOT_RUN with the reason.')
    return 0 if run_count > 20 and not failed and not unused else 1


if __name__ == '__main__':
    sys.exit(main())
