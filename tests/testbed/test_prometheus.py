#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""test_prometheus.py PROGRAM: what `watch --metrics` writes, read by a Prometheus of this test's own: it takes every line, each query of the
dashboard has an answer, and each alert can be asked. In a network namespace of this process's own; needs root, and Debian's package prometheus
(exit status 77 without)."""
import ctypes
import http.server
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.parse
import urllib.request

from network import wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.abspath(sys.argv[1])
PCAPS = os.path.join(HERE, '..', '..', 'pcaps')
PACKAGING = os.path.join(HERE, '..', '..', 'packaging')
CLONE_NEWNET = 0x40000000
PATIENCE = 60
PORT, METRICS_PORT = 9090, 9100


def send(interface):
    """The frames of a capture in the old format: one session over imaps, TLS 1.0, established."""
    with open(f'{PCAPS}/file-pcap/capture.pcap', 'rb') as file:
        data, at = file.read(), 24
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((interface, 0))
        while at < len(data):
            length = int.from_bytes(data[at + 8:at + 12], 'little')
            wire.send(data[at + 16:at + 16 + length])
            at += 16 + length


def ask(path, **parameters):
    address = f'http://127.0.0.1:{PORT}/api/v1/{path}?{urllib.parse.urlencode(parameters)}'
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        text = error.read()  # 503 while it starts is no JSON
        return json.loads(text) if text.startswith(b'{') else {'status': 'not there yet'}
    except OSError:
        return {'status': 'not there yet'}


def query(expression):
    return ask('query', query=expression.replace('$__rate_interval', '1m'))


def count_of(expression):
    answer = query(expression)
    return len(answer['data']['result']) if answer['status'] == 'success' else 0


def sensor(folder):
    process = subprocess.Popen([PROGRAM, 'watch', '-i', 'sensor0', '-o', f'{folder}/i.db', '--events', f'{folder}/e.jsonl', '--metrics',
                                f'{folder}/lasthello.prom'], stderr=subprocess.DEVNULL, env={**os.environ, 'LASTHELLO_CONF': ''})
    wait_until(lambda: os.path.exists(f'{folder}/lasthello.prom'), PATIENCE, 'no metrics')
    send('mirror0')
    return process


def metrics_server(folder):
    """What node_exporter does with its textfile collector: the file, and when it was written."""
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802
            path = f'{folder}/lasthello.prom'
            with open(path) as file:
                text = file.read() + f'node_textfile_mtime_seconds{{file="{path}"}} {os.stat(path).st_mtime}\n'
            self.send_response(200)
            self.send_header('Content-Type', 'text/plain; version=0.0.4')
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(('127.0.0.1', METRICS_PORT), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def prometheus(folder):
    with open(f'{folder}/prometheus.yml', 'w') as file:
        json.dump({'global': {'scrape_interval': '1s', 'evaluation_interval': '1s'}, 'rule_files': [os.path.abspath(f'{PACKAGING}/lasthello.rules.yml')],
                   'scrape_configs': [{'job_name': 'lasthello', 'static_configs': [{'targets': [f'127.0.0.1:{METRICS_PORT}']}]}]}, file)  # JSON is YAML
    with open(f'{folder}/log', 'w') as log:
        return subprocess.Popen(['prometheus', f'--config.file={folder}/prometheus.yml', f'--storage.tsdb.path={folder}/data',
                                 f'--web.listen-address=127.0.0.1:{PORT}'], stdout=log, stderr=log)


def end(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Prometheus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix='lasthello-')
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.addClassCleanup(end, sensor(cls.folder))
        server = metrics_server(cls.folder)
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        cls.addClassCleanup(end, prometheus(cls.folder))
        wait_until(lambda: count_of('lasthello_clients{verdict="legacy"} == 1'), 2 * PATIENCE, 'prometheus has no count of clients')
        wait_until(lambda: count_of('count_over_time(lasthello_sessions_total[1m]) > 3'), PATIENCE, 'prometheus has not scraped again')

    def test_prometheus_takes_every_line(self):
        self.assertEqual(count_of('up == 1'), 1)
        with open(f'{self.folder}/lasthello.prom') as file:
            names = set(re.findall(r'^# TYPE (\S+)', file.read(), re.MULTILINE))
        self.assertGreater(len(names), 12)
        for name in names:
            self.assertTrue(count_of(name), name)
        self.assertEqual(count_of('scrape_samples_scraped != scrape_samples_post_metric_relabeling'), 0)
        with open(f'{self.folder}/log') as log:
            self.assertNotRegex(log.read(), 'duplicate|level=error')

    def test_each_query_of_the_dashboard_has_an_answer(self):
        with open(f'{PACKAGING}/lasthello-dashboard.json') as file:
            dashboard = json.load(file)
        expressions = [target['expr'] for panel in dashboard['panels'] for target in panel['targets']]
        self.assertGreater(len(expressions), 12)
        for expression in expressions:
            answer = query(expression)
            self.assertEqual(answer['status'], 'success', (expression, answer))
            if 'deadline' not in expression or count_of('lasthello_policy_deadline_timestamp_seconds'):  # where policies are installed
                self.assertTrue(answer['data']['result'], f'nothing: {expression}')

    def test_each_alert_can_be_asked(self):
        wait_until(lambda: all(rule['health'] == 'ok' for group in ask('rules')['data']['groups'] for rule in group['rules']), PATIENCE,
                   'a rule is not evaluated')
        rules = [rule for group in ask('rules')['data']['groups'] for rule in group['rules']]
        self.assertGreater(len(rules), 6)
        self.assertEqual({rule['name']: rule.get('lastError') for rule in rules if rule.get('lastError')}, {})


if __name__ == '__main__':
    if shutil.which('prometheus') is None:
        print('there is no prometheus (apt-get install prometheus)')
        sys.exit(77)
    if os.geteuid() != 0 or ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        print('needs root, for namespaces of its own')
        sys.exit(77)
    for words in (['link', 'set', 'lo', 'up'], ['link', 'add', 'mirror0', 'type', 'veth', 'peer', 'name', 'sensor0'],
                  ['link', 'set', 'mirror0', 'addrgenmode', 'none', 'up'], ['link', 'set', 'sensor0', 'addrgenmode', 'none', 'up']):
        subprocess.run(['ip', *words], check=True, timeout=20)
    unittest.main(argv=sys.argv[:1])
