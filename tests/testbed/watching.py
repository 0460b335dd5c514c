# SPDX-License-Identifier: BSD-2-Clause
"""`lasthello watch` on the sensor's mirror port, as a process to be questioned."""
import json
import os
import signal
import subprocess

from network import wait_until


class Watching:
    def __init__(self, program, namespace, folder, *options):
        self.program, self.namespace, self.options = program, namespace, options
        self.inventory, self.events_path = os.path.join(folder, 'inventory.db'), os.path.join(folder, 'events.jsonl')
        self.messages_path = os.path.join(folder, 'messages')

    def __enter__(self):
        with open(self.messages_path, 'wb') as messages:
            self.process = self.namespace.popen(
                self.program, 'watch', '-i', 'eth1', '-o', self.inventory, '--events', self.events_path, *self.options,
                stdin=subprocess.DEVNULL, stdout=messages, stderr=messages)
        try:
            self.wait_for_message('eth1: capturing')
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=10)

    def messages(self):
        return open(self.messages_path, errors='replace').read()

    def wait_for_message(self, text, count=1, seconds=30):
        def is_said():
            if self.process.poll() is not None:
                raise AssertionError(f'watch ended with status {self.process.returncode}: {self.messages()}')
            return self.messages().count(text) >= count
        try:
            wait_until(is_said, seconds, '')
        except TimeoutError:
            raise TimeoutError(f'watch does not say "{text}" but: {self.messages()}') from None

    def events(self):
        if not os.path.exists(self.events_path):
            return []
        return [json.loads(line) for line in open(self.events_path).read().split('\n')[:-1]]

    def wait_for_events(self, count, seconds=45):
        """Returns when so many are there, or when no more came in time: the comparison will say what is missing."""
        try:
            wait_until(lambda: len(self.events()) >= count, seconds, '')
        except TimeoutError:
            pass

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        """SIGTERM; the exit status."""
        self.signal(signal.SIGTERM)
        return self.process.wait(timeout=15)
