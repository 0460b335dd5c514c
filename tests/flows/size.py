#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""size.py PROGRAM FILL CLIENTS [SOURCES [DAYS]]: an inventory of so many clients, made by bench/fill, which counts while it makes: each
report, as JSON and as CSV, says the same numbers. No answer has a bound of its own. With DAYS the clients have stories: also what
reports of a part of the days say is known."""
import collections
import contextlib
import csv
import datetime
import json
import re
import sqlite3
import subprocess
import sys
import tempfile

PROGRAM, FILL, CLIENTS = sys.argv[1], sys.argv[2], int(sys.argv[3])
SOURCES = int(sys.argv[4]) if len(sys.argv) > 4 else 5
DAYS = int(sys.argv[5]) if len(sys.argv) > 5 else 0
FIRST = datetime.date(2025, 12, 1)
LATER = ('--as-of', str(FIRST + datetime.timedelta(DAYS + 365)))  # a year behind the last day
AS_OF = ('--as-of', '2025-12-07')  # the last day of those without stories: refusals of the last days are failing

# of fill's kinds, in their order: what a report says of a client
VERDICTS = ['legacy', 'failing', 'legacy', 'exposed', 'safe', 'legacy', 'safe', 'safe', 'safe', 'safe']
GOT = ['TLS 1.0', 'refused', 'TLS 1.0', 'no TLS', 'TLS 1.2+', 'TLS 1.0', 'TLS 1.2', 'TLS 1.3', 'TLS 1.3', 'TLS 1.2']


def rows(inventory, question, form):
    """The rows of a report, one after the other."""
    with subprocess.Popen([PROGRAM, 'report', question, *AS_OF, '--format', form, inventory], stdout=subprocess.PIPE, text=True) as report:
        if form == 'csv':
            yield from csv.DictReader(report.stdout)
        else:
            for line in report.stdout:  # an array, a row a line
                if line.strip() not in ('[', ']', '[]'):
                    yield json.loads(line.rstrip().rstrip(','))
    assert report.returncode == 0, report.returncode


def summed(made, numbers, names):
    """How many clients, or sessions, have each of the names."""
    total = collections.Counter()
    for name, number in zip(names, made[numbers]):
        total[name] += number
    return total


def the_summary_counts_them(inventory, made):
    told = json.loads(subprocess.run([PROGRAM, 'report', *AS_OF, '--format', 'json', inventory], check=True, stdout=subprocess.PIPE).stdout)
    for key in ('clients', 'servers', 'sources', 'legacy_clients', 'failing_clients', 'cleartext_clients', 'legacy_servers'):
        assert told[key] == made[key], (key, told[key], made[key])
    for cause in ('client', 'server', 'unknown'):
        assert told['legacy_by_cause'][cause] == made[f'cause_{cause}'], (cause, told['legacy_by_cause'], made)
    assert told['trust']['sessions'] == made['sessions'], told['trust']
    assert len(told['legacy']) == 10 and told['legacy_more'] == made['legacy_clients'] - 10, (len(told['legacy']), told['legacy_more'])


def each_client_has_a_row(inventory, made, form):
    verdicts, got, clients, sessions = collections.Counter(), collections.Counter(), set(), 0
    for row in rows(inventory, 'clients', form):
        verdicts[row['verdict']] += 1
        got[row['got']] += 1
        clients.add(row['client'])
        sessions += int(row['sessions'])
    assert len(clients) == made['clients'], len(clients)
    assert verdicts == summed(made, 'clients_by_kind', VERDICTS), verdicts
    assert got == summed(made, 'clients_by_kind', GOT), got
    assert sessions == made['sessions'], sessions


def each_server_has_its_clients(inventory, made, form):
    found = list(rows(inventory, 'servers', form))
    assert len(found) == made['servers'], len(found)
    assert sum(int(row['clients']) for row in found) == made['clients'], found
    assert sum(int(row['legacy_clients']) for row in found) == made['legacy_clients'], found
    assert sum(int(row['sessions']) for row in found) == made['sessions'], found
    assert sum(row['verdict'] == 'legacy' for row in found) == made['legacy_servers'], found


def each_observation_has_a_row(inventory, made, form):
    count = sessions = 0
    for row in rows(inventory, 'sessions', form):
        count += 1
        sessions += int(row['sessions'])
    assert (count, sessions) == (made['observations'], made['sessions']), (count, sessions)


def each_source_has_a_row(inventory, made, form):
    count = 0
    for row in rows(inventory, 'coverage', form):
        assert row['state'] == 'complete', row
        count += 1
    assert count == made['sources'], count


# ---- clients with stories ------------------------------------------------------------------------------------------------------

def report(inventory, *options):
    return json.loads(subprocess.run([PROGRAM, 'report', *options, '--format', 'json', inventory], check=True, stdout=subprocess.PIPE).stdout)


def clients_of(made, *stories):
    return sum(made['stories'][story]['clients'] for story in stories)


def assert_old(told, made, *stories):
    """So many clients of these stories have old TLS of their own making."""
    assert told['legacy_by_cause']['client'] == clients_of(made, *stories), (told['legacy_by_cause'], stories)


OLD = ('roll_out', 'old', 'fixed', 'back_again', 'several_programs')
# in 90ths of the days, when those had old TLS that had newer TLS alone on other days
OLD_TIMES = {'fixed': [(0, 45)], 'back_again': [(0, 30), (60, 90)]}
FIXED_DAYS = 14


def old_as_of(day):
    """The stories that are old still: others had newer TLS alone for long enough, by the same TLS stack."""
    def is_old(story):
        times = OLD_TIMES.get(story, [(0, 90)])
        last = max(d for d in range(min(day, DAYS - 1) + 1) if any(first <= d * 90 // DAYS < end for first, end in times))
        return day - last < FIXED_DAYS or last == DAYS - 1
    return [story for story in OLD if is_old(story)]


def all_days_are_counted(inventory, made):
    told = report(inventory, *LATER)
    assert (told['clients'], told['servers'], told['sources']) == (made['clients'], made['servers'], made['sources']), told
    assert told['trust']['sessions'] == made['sessions'], told['trust']
    assert_old(told, made, *old_as_of(DAYS + 365))
    assert told['legacy_by_cause']['server'] == clients_of(made, 'old_server'), told['legacy_by_cause']
    assert told['cleartext_clients'] == clients_of(made, 'cleartext'), told


def the_last_third_has_no_fixed_ones(inventory, made):
    told = report(inventory, '--since', str(FIRST + datetime.timedelta(DAYS * 2 // 3)), *LATER)
    assert told['clients'] == made['clients'], told
    assert_old(told, made, *(story for story in OLD if story != 'fixed'))


def on_a_day_in_the_middle_those_that_came_back_had_not(inventory, made):
    first, last = (str(FIRST + datetime.timedelta(DAYS * part // 18)) for part in (10, 11))
    assert_old(report(inventory, '--since', first, '--as-of', last), made, 'roll_out', 'old', 'several_programs')


def up_to_a_day_are_so_many_sessions(inventory, made):
    """Each client has as many on each day."""
    for day in (DAYS // 6, DAYS // 2, DAYS - 1, DAYS + 5):
        told = report(inventory, '--as-of', str(FIRST + datetime.timedelta(day)))
        assert told['trust']['sessions'] == made['sessions'] * min(day + 1, DAYS) // DAYS, (day, told['trust'])
        assert_old(told, made, *old_as_of(day))


def a_day_of_its_own_is_a_part_of_all_sessions(inventory, made):
    days = [report(inventory, '--since', str(FIRST + datetime.timedelta(day)), '--until', str(FIRST + datetime.timedelta(day + 1)))
            for day in range(0, DAYS, DAYS // 3)]
    for told in days:
        assert told['clients'] == made['clients'], told
    assert sum(told['trust']['sessions'] for told in days) < made['sessions']


def a_trend_has_each_day(inventory, made):
    trend = report(inventory, 'trend')
    days = collections.Counter()
    for row in trend:
        days[row['date']] += row['sessions']
    assert len(days) == DAYS and sum(days.values()) == made['sessions'], days
    last = str(FIRST + datetime.timedelta(DAYS - 1))
    clients = {row['became_of']: row['clients'] for row in trend if row['date'] == last}
    assert clients['no TLS'] == clients_of(made, 'cleartext'), clients
    # the roll-out refuses all of its sessions on the last day
    assert clients['refused'] == clients_of(made, 'roll_out', 'too_new'), clients
    assert clients['TLS 1.0'] == clients_of(made, 'old', 'back_again', 'several_programs', 'old_server'), clients


def text_of(inventory, *words):
    return subprocess.run([PROGRAM, 'report', *words, inventory], check=True, stdout=subprocess.PIPE, text=True).stdout


def the_last_days_are_shown_of_however_many(inventory, made):
    """Where not all have room, the last ones are those; and each that is shown is shown whole."""
    last = FIRST + datetime.timedelta(DAYS - 1)
    client = next(rows(inventory, 'clients', 'json'))['client']
    as_of = ('--as-of', str(last))
    assert f' to {last};' in text_of(inventory, 'trend', *as_of)
    assert f' to {last}\n' in text_of(inventory, 'host', client, *as_of)
    page = text_of(inventory, '--format', 'html', *as_of)
    chart, stories = (page[page.index(f'<section id="{name}">'):].split('</section>')[0] for name in ('days', 'stories'))
    clients = collections.Counter()
    for day, number in re.findall(r'<tr><td class="time">([^<]*)</td><td>[^<]*</td><td class="n">([^<]*)</td>', chart):
        clients[day] += int(number.replace(',', ''))
    assert str(last) in clients and set(clients.values()) == {made['clients']}, clients
    assert (len(clients) < DAYS) == ('Earlier days are not shown here' in chart), len(clients)
    assert all(f'<td class="time">{last}</td>' in fold for fold in stories.split('<details')[1:]), stories[:2000]


def contacts_are_the_sums(inventory):
    with contextlib.closing(sqlite3.connect(inventory)) as db:
        sums = [db.execute(f'SELECT count(DISTINCT client), sum(sessions), min(first_seen), max(last_seen) FROM {table}').fetchone()
                for table in ('observation', 'contact')]
        assert sums[0] == sums[1], sums
        assert db.execute('SELECT count(*) FROM observation').fetchone() == db.execute('SELECT count(*) FROM client_observation').fetchone()


def tell_stories(inventory, made):
    all_days_are_counted(inventory, made)
    the_last_third_has_no_fixed_ones(inventory, made)
    on_a_day_in_the_middle_those_that_came_back_had_not(inventory, made)
    up_to_a_day_are_so_many_sessions(inventory, made)
    a_day_of_its_own_is_a_part_of_all_sessions(inventory, made)
    a_trend_has_each_day(inventory, made)
    the_last_days_are_shown_of_however_many(inventory, made)
    contacts_are_the_sums(inventory)


def main():
    with tempfile.TemporaryDirectory() as folder:
        inventory = f'{folder}/i.db'
        more = [str(DAYS)] if DAYS else []
        made = json.loads(subprocess.run([FILL, inventory, str(CLIENTS), str(SOURCES), *more], check=True, stdout=subprocess.PIPE).stdout)
        assert made['clients'] == CLIENTS, made
        if DAYS:
            tell_stories(inventory, made)
            print(f'{CLIENTS:,} clients on {DAYS} days, {made["observations"]:,} observations: all reports say what was made')
            return
        the_summary_counts_them(inventory, made)
        for form in ('json', 'csv') if CLIENTS >= 1000000 or SOURCES >= 1000000 else ('json',):  # the long form asks twice
            each_client_has_a_row(inventory, made, form)
            each_source_has_a_row(inventory, made, form)
        each_server_has_its_clients(inventory, made, 'json')
        each_observation_has_a_row(inventory, made, 'csv')
    print(f'{CLIENTS:,} clients, {SOURCES:,} sources: all reports say what was made')


main()
