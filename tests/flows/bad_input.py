#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""bad_input.py PROGRAM PCAPS: what a user, or an editor, may do wrong in a file of policies, providers, remedies, assets or TLS stacks: each is
one sentence with file, line and reason, on standard error, and exit status 1; or it is none, and the file is read as its writer meant it."""
import functools
import os
import subprocess
import sys
import tempfile

from program import run
from promises import try_all, with_arguments

PROGRAM, PCAPS = sys.argv[1], sys.argv[2]
CAPTURE = os.path.join(PCAPS, 'imaps-tls10-ipv4', 'capture.pcapng')
STACKS = os.path.join(PCAPS, '..', 'src', 'base', 'stacks.sh')

GOOD = {
    'policy': '[policy]\nid = own\ntitle = ours\ncertainty = inferred\n[scope]\nserver = .example.net\nnetwork = 10.9.0.0/16\n[demand]\n'
              'negotiated = TLS 1.2\n[dates]\nuntil = 2026-12-31\n[source]\nsource = us\nseen = 2026-11-30\n',
    'providers': '2026-11-26  GMX  .imap.gmx.net\n2026-11-26  GMX  192.0.2.0/24\n',
    'remedies': '[old]\noffered = TLS 1.0\nmay_be = an old one\nhelps = a new one\nsource = us\ncertainty = inferred\nseen = 2026-11-30\n',
    'assets': 'address,name,owner\n10.1.0.17,Press,Print\n10.1.0.0/16,,Office\n',
    'stacks': '723694b0fccc,GnuTLS 3.7,tried\n85036bcba153,Python 3.11,tried\n',
}


def ask(kind, path, inventory):
    """The command of the kind that reads the file."""
    if kind == 'stacks':
        return subprocess.run(['sh', STACKS, path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60)
    words = {'policy': ['policy', '--policy', path], 'providers': ['read', '-o', f'{inventory}.new', '--providers', path, CAPTURE],
             'remedies': ['report', 'clients', '--remedies', path, inventory], 'assets': ['report', 'clients', '--assets', path, inventory]}[kind]
    return run(PROGRAM, *words, check=False, timeout=60)


UTF_16 = 'the file is UTF-16: save it as'
CR_LF = 'it ends with CR LF: save the file with Unix line ends'
NO_DAY = 'a date is a day that exists, as 2026-12-31'

# kind; what is put in the place of what (None: the whole file, as bytes); the line and the reason, or None where it is read as it was meant
ROWS = [
    # ---- what an editor does
    *((kind, None, lambda text: b'\xff\xfe' + text.encode('utf-16-le'), 1, UTF_16) for kind in GOOD),
    *((kind, None, lambda text: b'\xfe\xff' + text.encode('utf-16-be'), 1, UTF_16) for kind in GOOD),
    *((kind, None, lambda text: text.encode('utf-16-le'), 1, 'it holds a zero byte: save the file as') for kind in GOOD),
    *((kind, None, lambda text: b'\xef\xbb\xbf' + text.encode(), 1, 'byte order mark') for kind in ('policy', 'remedies', 'providers', 'stacks')),
    ('assets', None, lambda text: b'\xef\xbb\xbf' + text.encode(), None, None), # as spreadsheets save it
    *((kind, None, lambda text: text.replace('\n', '\r\n').encode(), 1, CR_LF) for kind in ('policy', 'remedies', 'providers', 'stacks')),
    ('assets', None, lambda text: text.replace('\n', '\r\n').encode(), None, None),
    *((kind, None, lambda text: text[:-1].encode(), None, None) for kind in GOOD), # the last line has no end
    # ---- days
    ('policy', 'until = 2026-12-31', 'until = 2026-02-29', 11, NO_DAY),
    ('policy', 'until = 2026-12-31', 'until = 31.12.2026', 11, NO_DAY),
    ('policy', 'until = 2026-12-31', 'from = 2027-01-01\nuntil = 2026-12-31', None, 'its date until is before its date from'),
    ('policy', 'seen = 2026-11-30', 'seen = 2026-13', 14, 'seen is a day or a month, as 2026-11'),
    ('remedies', '2026-11-30', '2026-11-31', 7, NO_DAY),
    ('providers', '2026-11-26  GMX  .imap', '2026-02-30  GMX  .imap', 1, NO_DAY),
    ('providers', '2026-11-26  GMX  192', '26.11.2026  GMX  192', 2, NO_DAY),
    # ---- words that nobody knows
    ('policy', 'negotiated', 'negociated', 9, 'this section has no such word'),
    ('policy', '[demand]', '[demands]', 9, 'no section of this name'),
    ('policy', 'TLS 1.2', 'TLSv1.2', 9, 'a version is one of'),
    ('remedies', 'may_be', 'maybe', 3, 'a remedy has server_name, ja4_b,'),
    ('remedies', 'TLS 1.0', 'TLS1.0', 2, 'a version is written as TLS 1.0'),
    ('assets', 'owner', 'department', 1, 'the first line names the columns'),
    ('providers', 'GMX  192', 'G/X  192', 2, 'a provider is up to 47 letters'),
    ('providers', '.imap.gmx.net', 'imap.gmx.net', 1, 'begins with a dot'),
    ('stacks', 'GnuTLS 3.7,tried', 'GnuTLS 3.7,certain', 1, 'how it is known is one of: tried, computed'),
    ('stacks', '723694b0fccc', '723694b0fcc', 1, 'twelve hexadecimal digits'),
    # ---- networks: of those that overlap the smallest counts; the same one twice is refused, and so is one with bits behind its prefix
    ('providers', '192.0.2.0/24\n', '192.0.2.0/24\n2026-11-26  GMX  192.0.2.128/25\n', None, None),
    ('providers', '192.0.2.0/24\n', '192.0.2.0/24\n2026-11-26  Other  192.0.2.0/24\n', 3, 'stands in line 2 already'),
    ('providers', '192.0.2.0/24', '192.0.2.1/24', 2, 'that is no network'),
    ('providers', '192.0.2.0/24', '192.0.2.0/33', 2, 'that is no network'),
    ('assets', '10.1.0.0/16', '10.1.0.17/32', 3, 'it is about whom line 2 is about already'),
    ('assets', '10.1.0.0/16', '10.1.0.0/8', 3, 'has bits behind its prefix'),
    ('assets', '10.1.0.0/16', '10.1.0.0/16,,Office\n10.0.0.0/8', None, None),
    ('policy', '10.9.0.0/16', '10.9.0.0/33', 7, 'a network is an address, or a network, of servers'),
    ('policy', '10.9.0.0/16', '10.9.0.1/16', 7, 'has bits behind its prefix'),
    ('policy', '10.9.0.0/16', '10.9.0.0/16\nnetwork = 10.9.1.0/24', None, None),
    # ---- the same twice
    ('policy', 'id = own', 'id = own\nid = two', 3, 'this word stands there a second time'),
    ('remedies', '2026-11-30\n', '2026-11-30\n[old]\noffered = TLS 1.0\n', 9, 'the id of this section stands already'),
    ('remedies', '2026-11-30\n', '2026-11-30\n[new]\n', 8, 'the last section has no words'),
    ('providers', '192.0.2.0/24', '.imap.gmx.net', 2, 'stands in line 1 already'),
    ('assets', ',name,owner', ',name,name', 1, 'a column has this name already'),
    ('stacks', '85036bcba153', '723694b0fccc', 2, 'stands already, or is out of order'),
    # ---- broken
    ('policy', '[demand]', '[demand', 8, 'it is neither [section]'),
    ('remedies', '[old]\n', '', 1, 'a remedy begins with its id'),
    ('providers', 'GMX  192.0.2.0/24', '192.0.2.0/24', 2, 'a rule is a date, a provider, and a host or network'),
    ('providers', 'GMX  192', f'GMX {" " * 2000} 192', 2, 'a line has at most'),
    ('assets', 'Press', '"Press', None, 'a cell in quotes has no end'),
    ('assets', 'Press,Print', 'Press,Print,x', 2, 'the row has more cells'),
    ('assets', 'Press', 'M\xfcller'.encode('latin-1'), 2, 'it is no UTF-8'),
    ('policy', 'ours', 'M\xfcller'.encode('latin-1'), 3, 'no text in UTF-8'),
    ('remedies', 'an old', 'M\xfcller'.encode('latin-1'), 3, 'no text in UTF-8'),
    ('stacks', ',GnuTLS 3.7', '', 1, 'a row is a hash, a stack'),
]


def text_of(kind, what, by):
    if what is None:
        return by(GOOD[kind])
    assert GOOD[kind].count(what) == 1, (kind, what)
    return GOOD[kind].encode().replace(what.encode(), by if isinstance(by, bytes) else by.encode())


def check(folder, inventory, kind, what, by, line, reason):
    path = os.path.join(folder, f'own.{kind}')
    with open(path, 'wb') as file:
        file.write(text_of(kind, what, by))
    done = ask(kind, path, inventory)
    said = done.stderr.decode()
    if reason is None:
        assert done.returncode == 0 and 'own.' not in said, (done.returncode, said)
        return
    told = [row for row in said.splitlines() if 'own.' in row]
    assert done.returncode == 1 and len(told) == 1, (done.returncode, said)
    assert reason in told[0] and f'own.{kind}:{"" if line is None else f"{line}: "}' in told[0], told


def two_policies_of_one_id(folder):
    os.makedirs(f'{folder}/two')
    for name in ('a', 'b'):
        with open(f'{folder}/two/{name}.policy', 'w') as file:
            file.write(GOOD['policy'])
    done = run(PROGRAM, 'policy', '--policy', f'{folder}/two', check=False)
    assert done.returncode == 1 and b'b.policy' in done.stderr and b'own' in done.stderr, done


def name_of(kind, what, by, line, reason):
    return f'{kind}, {what!r}, {"" if callable(by) else repr(by)[:60]}: {reason}'


def main():
    with tempfile.TemporaryDirectory() as folder:
        inventory = os.path.join(folder, 'i.db')
        run(PROGRAM, 'read', '-o', inventory, CAPTURE)
        rows = [(name_of(*row), functools.partial(check, folder, inventory, *row)) for row in ROWS]
        return try_all(rows + with_arguments([two_policies_of_one_id], folder))


if __name__ == '__main__':
    sys.exit(main())
