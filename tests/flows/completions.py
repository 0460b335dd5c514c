#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""completions.py PROGRAM PCAPS: what bash offers after Tab, asked as bash does; and that zsh reads its own."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM, PCAPS = (os.path.abspath(path) for path in sys.argv[1:3])
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
BASH = os.path.join(SOURCE, 'packaging', 'completions', 'lasthello.bash')
ZSH = os.path.join(SOURCE, 'packaging', 'completions', '_lasthello')
ENVIRONMENT = {'PATH': os.environ['PATH'], 'LASTHELLO_CONF': '', 'LC_ALL': 'C.UTF-8'}


def offers(folder, *words):
    """COMPREPLY for a line; the last word is the one that is being typed. bash cuts words at =."""
    cut = [part for word in words for part in (re.split('(=)', word) if word.startswith('--') and '=' in word else [word])]
    if len(cut) > 1 and cut[-1] == '' and cut[-2] == '=':
        cut.pop()
    script = f'source {BASH}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lasthello; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run(['bash', '-c', script, 'bash', PROGRAM, *cut], cwd=folder, env=ENVIRONMENT, capture_output=True, check=True)
    return done.stdout.decode().split('\n')[:-1]


def of_help(command):
    text = subprocess.run([PROGRAM, command, '--help'], env=ENVIRONMENT, capture_output=True, check=True).stdout.decode()
    return set(re.findall(r'(?:^|\s)(--[a-z-]+=?)', text))


def commands_are_offered(folder):
    assert offers(folder, 're') == ['read', 'report']


def every_option_that_help_names_is_offered(folder):
    for command in ('read', 'watch', 'check', 'report', 'policy', 'config'):
        assert of_help(command) <= set(offers(folder, command, '--')), command


def refused(*words):
    """The words that there are, as the program says when it is asked for another one."""
    done = subprocess.run([PROGRAM, *words], env=ENVIRONMENT, capture_output=True)
    assert done.returncode == 2, done
    known = re.search('(?:there are|takes one of|of policies:) (.*?)(?:, not .*|: lasthello --help)?$', done.stderr.decode(), re.MULTILINE)
    return {re.sub('^or ', '', word) for word in known.group(1).split(', ')}


def what_a_word_may_be_is_offered_whole(folder):
    """Also in --help, and in zsh's file: none of these lists is longer than another."""
    zsh = open(ZSH).read()
    for given, line in ((['report', 'no'], ['report', '']), (['report', '--format', 'no'], ['report', '--format', '']),
                        (['report', '--version', 'no'], ['report', '--version', '']), (['report', '--cause', 'no'], ['report', '--cause', '']),
                        (['no'], ['']), (['policy', 'no'], ['policy', ''])):
        known = refused(*given) if given[1:2] != ['no'] else {word.split()[0] for word in refused(*given)}
        offered = [word.replace('\\', '') for word in offers(folder, *line)]
        assert known <= set(offered) <= known | {'--help', '--version', *os.listdir(folder)}, (known, offered)
        assert all(re.search(rf"[( ']{re.escape(word)}[') ]", zsh) for word in known if line != ['']), (known, ZSH)
    usage = subprocess.run([PROGRAM, 'report', '--help'], env=ENVIRONMENT, capture_output=True, check=True).stdout.decode()
    named = re.search(r'\[(summary[^]]*)\]', usage).group(1)
    assert {word.split()[0] for word in named.split('|')} == {word.split()[0] for word in refused('report', 'no')}, named


def an_option_is_completed_by_its_letters(folder):
    assert offers(folder, 'watch', '--int') == ['--interface=']


def interfaces_are_offered_with_and_without_the_equals_sign(folder):
    assert 'lo' in offers(folder, 'watch', '-i', 'l') and 'lo' in offers(folder, 'watch', '--interface=')


def providers_and_hosts_are_those_of_the_inventory(folder):
    rows = subprocess.run([PROGRAM, 'report', 'sessions', '--format', 'json', 'inventory.db'], cwd=folder, env=ENVIRONMENT, capture_output=True)
    client = re.search(r'"client": ?"([0-9.]+)"', rows.stdout.decode()).group(1)
    assert client in offers(folder, 'report', 'clients', '--network', client[:2]), client
    assert offers(folder, 'report', '--provider', 'Ex') == ['Example']


def columns_are_those_of_the_inventory(folder):
    assert {'client', 'service', 'verdict'} <= set(offers(folder, 'report', 'clients', '--columns', ''))


def policies_are_those_that_count(folder):
    os.makedirs(f'{folder}/bin', exist_ok=True)
    with open(f'{folder}/bin/lasthello', 'w') as file:
        file.write(f'#!/bin/sh\nexec {PROGRAM} "$@" --policy {SOURCE}/data/policies\n')
    os.chmod(f'{folder}/bin/lasthello', 0o755)
    script = f'source {BASH}; COMP_WORDS=({folder}/bin/lasthello policy show e); COMP_CWORD=3; _lasthello; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run(['bash', '-c', script], env=ENVIRONMENT, capture_output=True, check=True)
    assert done.stdout == b'exchange-online\n', done.stdout


def a_value_with_a_blank_is_quoted(folder):
    assert r'TLS\ 1.0' in offers(folder, 'report', '--version', 'TLS')


def zsh_offers_commands_and_options(folder):
    if shutil.which('zsh') is None:
        print('skipped: there is no zsh')
        return
    subprocess.run(['zsh', '-n', ZSH], check=True)
    link = os.path.join(folder, 'zbin')
    os.makedirs(link, exist_ok=True)
    os.symlink(PROGRAM, os.path.join(link, 'lasthello'))
    # what a widget has, as plain parameters and functions: a terminal's timing would decide else
    script = '''compadd() { while [[ $1 == -* ]]; do [[ $1 == -a ]] && { print -l -- ${(P)2}; return; }; [[ $1 == -S ]] && shift; shift; done; print -l -- $@; }
        compset() { PREFIX=${PREFIX#*=}; }; _describe() { print -l -- ${(P)2}; }; _files() { :; }
        words=("$@"); CURRENT=$#; PREFIX=$words[-1]; source $ZSH_FILE'''

    def zsh_offers(*words):
        done = subprocess.run(['zsh', '-f', '-c', script, 'zsh', *words], cwd=folder, capture_output=True, check=True,
                              env={**ENVIRONMENT, 'PATH': f'{link}:{ENVIRONMENT["PATH"]}', 'ZSH_FILE': ZSH})
        return done.stdout.decode().splitlines()
    assert any(line.startswith('watch:') for line in zsh_offers('lasthello', ''))
    assert of_help('watch') <= set(zsh_offers('lasthello', 'watch', '--'))
    assert 'Example' in zsh_offers('lasthello', 'report', '--provider=')
    assert 'lo' in zsh_offers('lasthello', 'watch', '-i', '')


with tempfile.TemporaryDirectory() as work:
    with open(f'{work}/rules', 'w') as file:
        file.write('2026-11-26  Example  .mail.example\n')
    subprocess.run([PROGRAM, 'read', '--providers', f'{work}/rules', '-o', f'{work}/inventory.db', PCAPS], env=ENVIRONMENT,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for promise in (commands_are_offered, every_option_that_help_names_is_offered, what_a_word_may_be_is_offered_whole, an_option_is_completed_by_its_letters,
                    interfaces_are_offered_with_and_without_the_equals_sign, providers_and_hosts_are_those_of_the_inventory,
                    columns_are_those_of_the_inventory, policies_are_those_that_count, a_value_with_a_blank_is_quoted,
                    zsh_offers_commands_and_options):
        promise(work)
        print('ok', promise.__name__)
