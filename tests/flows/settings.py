#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""settings.py PROGRAM PCAPS: where the value of an option comes from: a flag, else the environment, else lasthello.conf, else the default;
and what is wrong with one is said with its place."""
import os
import re
import subprocess
import sys
import tempfile

PROGRAM, PCAPS = (os.path.abspath(path) for path in sys.argv[1:3])
SHIPPED = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'packaging', 'lasthello.conf')


def run(folder, *arguments, conf=None, **environment):
    path = f'{folder}/lasthello.conf'
    with open(path, 'w') as file:
        file.write(conf or '')
    return subprocess.run([PROGRAM, *arguments], cwd=folder, capture_output=True, text=True,
                          env={'PATH': os.environ['PATH'], 'LASTHELLO_CONF': path, **environment})


def in_force(folder, command, word, **options):
    """The values of an option, and where they are from."""
    done = run(folder, 'config', command, **options)
    assert done.returncode == 0, done
    return re.findall(rf'^  {word} +(\S+) +(.*)$', done.stdout, re.MULTILINE)


def the_default_holds_where_nobody_says_otherwise(folder):
    assert in_force(folder, 'watch', 'memory') == [('256', 'default')]


def the_file_comes_before_the_default(folder):
    assert in_force(folder, 'watch', 'memory', conf='\nmemory = 64\n') == [('64', f'{folder}/lasthello.conf:2')]


def the_section_of_a_command_comes_before_what_holds_for_all(folder):
    conf = 'memory = 64\n[watch]\nmemory = 128\n'
    assert in_force(folder, 'watch', 'memory', conf=conf)[0][0] == '128' and in_force(folder, 'read', 'memory', conf=conf)[0][0] == '64'


def the_environment_comes_before_the_file(folder):
    assert in_force(folder, 'watch', 'memory', conf='memory = 64\n', LASTHELLO_MEMORY='32') == [('32', 'LASTHELLO_MEMORY')]


def a_flag_comes_before_both(folder):
    """The wrong values of the others are not looked at."""
    done = run(folder, 'read', '-o', 'i.db', '--memory', '16', os.path.join(PCAPS, 'file-pcap'), conf='memory = no\n', LASTHELLO_MEMORY='no')
    assert done.returncode == 0, done


def the_file_is_obeyed(folder):
    done = run(folder, 'read', os.path.join(PCAPS, 'file-pcap'), conf='[read]\noutput = other.db\n')
    assert done.returncode == 0 and os.path.exists(f'{folder}/other.db'), done


def several_lines_are_several_values(folder):
    values = in_force(folder, 'watch', 'interface', conf='[watch]\ninterface = eth1\ninterface = eth2\n')
    assert [value for value, _ in values] == ['eth1', 'eth2']


def a_flag_without_a_value_is_yes_or_no(folder):
    done = run(folder, 'read', 'x', conf='discover = perhaps\n')
    assert done.returncode == 2 and done.stderr == f"lasthello: {folder}/lasthello.conf:1: discover is yes or no, not 'perhaps'\n"
    assert 'no such file' in run(folder, 'read', 'x', conf='discover = no\n').stderr


def what_is_wrong_is_said_with_its_place(folder):
    for conf, line, words in ((' \n[watch]\nkeep = 0\n', 3, '--keep takes'), ('memmory = 3\n', 1, 'no command has an option'),
                              ('[wach]\nkeep = 3\n', 2, 'like no command'), ('[report]\nkeep = 3\n', 2, 'this command has no option'),
                              ('[watch]\ninterface = eth1\ninterface = eth1\n', 3, 'named twice'), ('keep\n', 1, 'neither')):
        done = run(folder, 'watch', conf=conf)
        assert done.returncode == 2 and done.stderr.startswith(f'lasthello: {folder}/lasthello.conf:{line}: '), done
        assert words in done.stderr and done.stderr.count('\n') == 1, done.stderr
    assert run(folder, 'watch', LASTHELLO_KEEP='0').stderr.startswith('lasthello: LASTHELLO_KEEP: --keep takes')
    done = run(folder, 'report', conf='[report]\nfixed-days = 0\n')
    assert done.returncode == 2 and done.stderr.startswith(f"lasthello: {folder}/lasthello.conf:2: --fixed-days takes a whole number"), done


def a_file_that_is_named_must_be_there(folder):
    done = subprocess.run([PROGRAM, 'config'], capture_output=True, text=True, env={'LASTHELLO_CONF': '/nowhere/x.conf'})
    assert done.returncode == 2 and '/nowhere/x.conf' in done.stderr


def the_shipped_file_is_understood_with_all_that_it_proposes(folder):
    with open(SHIPPED) as file:
        conf = re.sub(r'^#([\w-]+ = )', r'\1', file.read(), flags=re.MULTILINE)
    done = run(folder, 'config', conf=conf)
    assert done.returncode == 0 and 'eth1,eth2' in done.stdout, done


def the_shipped_file_proposes_each_option_that_is_no_question(folder):
    """What one asks for from one time to the next belongs on the command line."""
    asked = {'help', 'usage', 'version', 'as-of', 'since', 'until', 'network', 'provider', 'service', 'cause', 'verdict', 'owner', 'format', 'wide',
             'fail-on', 'anonymise', 'no-sandbox', 'once', 'print-schema'}
    options = set()
    for command in ('watch', 'report', 'serve', 'sync'):
        options |= set(re.findall(r'^ +(?:-., )?--([a-z-]+)', run(folder, command, '--help').stdout, re.MULTILINE))
    with open(SHIPPED) as file:
        proposed = set(re.findall(r'^#?([a-z-]+) = ', file.read(), re.MULTILINE))
    assert options - asked == proposed - {'word'}, (options - asked) ^ proposed


def version_says_with_what_it_was_built(folder):
    lines = run(folder, '--version').stdout.splitlines()
    assert re.match(r'lasthello \d+\.\d+\.\d+ \(nDPI 4', lines[0]), lines
    assert re.match(r'built with libpcap [\d.]+, nDPI [\d.]+, SQLite [\d.]+, OpenSSL [\d.]+; in-kernel offload \(shunt\): (yes|no)$', lines[1])
    assert lines[2].startswith('policies ') and lines[3].startswith('providers ')


with tempfile.TemporaryDirectory() as work:
    for promise in (the_default_holds_where_nobody_says_otherwise, the_file_comes_before_the_default,
                    the_section_of_a_command_comes_before_what_holds_for_all, the_environment_comes_before_the_file,
                    a_flag_comes_before_both, the_file_is_obeyed, several_lines_are_several_values, a_flag_without_a_value_is_yes_or_no,
                    what_is_wrong_is_said_with_its_place, a_file_that_is_named_must_be_there,
                    the_shipped_file_is_understood_with_all_that_it_proposes,
                    the_shipped_file_proposes_each_option_that_is_no_question, version_says_with_what_it_was_built):
        promise(work)
        print('ok', promise.__name__)
