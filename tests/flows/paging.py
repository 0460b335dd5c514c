#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""paging.py PROGRAM FILL: the page of an inventory with more clients than a page holds, which bench/fill made: the server searches,
chooses, sorts and pages, and what it shows is what `report clients` says. Each test is a function; its name is the promise."""
import contextlib
import csv
import html
import http.client
import io
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.parse

from promises import promises_of, try_all, with_arguments

PROGRAM, FILL = sys.argv[1], sys.argv[2]
CLIENTS, ROWS_A_PAGE = 3000, 200
AS_OF = '2025-12-07'
MUST_ACT = ('failing', 'breaks', 'legacy', 'exposed', 'fragile', 'login refused?')
PATIENCE_S = 120


class Page:
    """What stands in an answer."""

    def __init__(self, status, text):
        self.status, self.text = status, text
        table = re.search(r'<div id="rows">.*', text, re.DOTALL)
        self.rows = []
        for row in re.findall(r'<tr data-verdict="([^"]*)">(.*?)</tr>', table[0] if table else '', re.DOTALL):
            cells = {title: html.unescape(re.sub('<small>.*?</small>|<[^>]*>', '', cell))
                     for title, cell in re.findall(r'<td[^>]* data-title="([^"]*)"[^>]*>(.*?)</td>', row[1])}
            self.rows.append((cells['Client'], cells['Target'], row[0]))

    def link(self, words):
        found = re.search(rf'<a[^>]*href="([^"]*)"[^>]*>{re.escape(words)}</a>', self.text)
        return found and html.unescape(found[1])

    def count(self):
        text = re.search(r'class="count" role="status">([^<]*)<', self.text)[1]
        return int(text.split(' of ')[-1].split()[0].replace(',', '')) if text[0].isdigit() else 0


class Server:
    def __init__(self, inventory):
        with socket.socket() as sock:
            sock.bind(('127.0.0.1', 0))
            self.port = sock.getsockname()[1]
        self.child = subprocess.Popen([PROGRAM, 'serve', '--listen', f'127.0.0.1:{self.port}', inventory], stderr=subprocess.PIPE)
        assert b'is served at' in self.child.stderr.readline()

    def close(self):
        self.child.send_signal(signal.SIGTERM)
        assert self.child.wait(PATIENCE_S) == 0
        self.child.stderr.close()

    def get(self, path, **parameters):
        if parameters:
            path += '?' + urllib.parse.urlencode({'as-of': AS_OF, **parameters}, quote_via=urllib.parse.quote)
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=PATIENCE_S)
        connection.request('GET', path)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return Page(answer.status, text)


def reported(inventory):
    """Rows of the report whose client must act."""
    said = subprocess.run([PROGRAM, 'report', 'clients', '--as-of', AS_OF, '--format', 'csv', inventory], capture_output=True, text=True,
                          check=True).stdout
    return [row for row in csv.DictReader(io.StringIO(said)) if row['verdict'] in MUST_ACT]


def of_report(rows):
    return [(row['client'], row['to'], row['verdict']) for row in rows]


def all_pages(server, page):
    """The rows of this page and of those that its links lead to."""
    rows = []
    while True:
        rows += page.rows
        link = page.link('Rows after these')
        if link is None:
            return rows
        assert len(page.rows) == ROWS_A_PAGE, len(page.rows)
        page = server.get(link)


def the_pages_together_have_each_row_of_the_report_once_and_in_its_order(server, report):
    first = server.get('/', page=1)
    assert first.count() == len(report) > 1000 and 'data-whole' not in first.text
    assert all_pages(server, first) == of_report(report)


def a_page_that_nobody_chose_is_the_first(server, report):
    assert server.get('/', owner='').rows == of_report(report)[:ROWS_A_PAGE]


def a_search_finds_the_rows_that_have_all_words(server, report):
    wanted = [row for row in report if '10.0.1' in row['client'] and 'pop3s' in row['service']]
    found = server.get('/', q='POP3S 10.0.1')
    assert 0 < len(wanted) == found.count(), (len(wanted), found.count())
    assert all_pages(server, found) == of_report(wanted)
    nothing = server.get('/', q='nobody-has-this')
    assert nothing.count() == 0 and nothing.rows == [] and 'no row has that' in nothing.text


def a_verdict_is_chosen_and_the_headline_stays(server, report):
    page = server.get('/', page=1)
    headline = re.search('<h1>.*?</h1>', page.text)[0]
    chosen = server.get(page.link('exposed'))
    assert all_pages(server, chosen) == of_report([row for row in report if row['verdict'] == 'exposed'])
    assert re.search('<h1>.*?</h1>', chosen.text)[0] == headline


def address(row):
    """As strverscmp orders them: digits are numbers."""
    return [(1, int(part), '') if part.isdigit() else (0, 0, part) for part in re.split(r'(\d+)', row[0]) if part]


def a_column_sorts_all_rows_and_again_the_other_way_round(server, report):
    four = [row for row in of_report(report) if '.' in row[0]]  # letters and digits of IPv6 are ordered by strverscmp's rules
    page = server.get('/', page=1)
    up = server.get(page.link('Client'))
    assert [row for row in all_pages(server, up) if '.' in row[0]] == sorted(four, key=address)
    down = server.get(up.link('Client'))
    assert [row for row in all_pages(server, down) if '.' in row[0]] == sorted(four, key=address, reverse=True)
    worst = server.get('/', sort='verdict')
    assert [row[2] for row in all_pages(server, worst)] == [row[2] for row in of_report(report)]
    times = {(row['client'], row['to']): row['last_seen'] for row in report}
    latest = all_pages(server, server.get('/', sort='-last_seen'))
    assert [times[row[:2]] for row in latest] == sorted(times.values(), reverse=True)


def what_was_chosen_stays_when_something_else_is(server, report):
    page = server.get('/', q='imaps', show='legacy', sort='client', network='10.0.0.0/8')
    for words in ('failing', 'all', 'Client', 'Target'):
        link = page.link(words)
        assert 'network=10.0.0.0%2F8' in link and 'q=imaps' in link and f'as-of={AS_OF}' in link, link
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.text))
    assert fields == {'as-of': AS_OF, 'network': '10.0.0.0/8', 'show': 'legacy', 'sort': 'client'}, fields


def what_was_searched_for_is_text(server, report):
    page = server.get('/', q='"><script>alert(1)</script>')
    assert page.status == 200 and '<script>alert' not in page.text and page.count() == 0


def the_table_alone_is_that_of_the_page(server, report):
    page, alone = server.get('/', q='10.0.2', sort='-client'), server.get('/table', q='10.0.2', sort='-client')
    rows = re.search(r'<div id="rows">.*</section>\n</div>\n', page.text, re.DOTALL)[0]
    assert alone.text == rows


def a_view_that_is_none_is_a_sentence(server, report):
    for name, value, sentence in (('page', '0', 'from 1 to 1000'), ('page', '1001', 'from 1 to 1000'), ('page', '2x', 'from 1 to 1000'),
                                  ('page', '-1', 'from 1 to 1000'), ('sort', 'nonesuch', 'sort takes a column'), ('sort', '-', 'sort takes'),
                                  ('show', 'safe', 'show takes a verdict'), ('q', 'x' * 300, 'too long')):
        page = server.get('/', **{name: value})
        assert page.status == 400 and sentence in page.text, (name, value, page.status, page.text[:200])
    for order in ({}, {'sort': 'due'}):
        page = server.get('/', page='999', **order)
        assert page.status == 200 and page.rows == [], order


def a_host_has_its_page_and_its_story(server, report):
    page = server.get(f'/host/{report[0]["client"]}', page=1)
    assert {row[0] for row in page.rows} == {report[0]['client']}
    assert 'Its days' in page.text and 'What its programs offer' in page.text


def main():
    with tempfile.TemporaryDirectory() as folder:
        inventory = f'{folder}/i.db'
        subprocess.run([FILL, inventory, str(CLIENTS)], stdout=subprocess.DEVNULL, check=True)
        report = reported(inventory)
        with contextlib.closing(Server(inventory)) as server:
            return try_all(with_arguments(promises_of(globals(), 'server', 'report'), server, report))


if __name__ == '__main__':
    sys.exit(main())
