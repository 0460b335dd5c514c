# SPDX-License-Identifier: BSD-2-Clause
"""A test is a function whose name is its promise. Here they are found, tried one after the other, and told of."""
import contextlib
import functools
import inspect
import os
import random
import shutil
import sys
import tempfile
import time


def promises_of(names, *parameters, helpers=()):
    """The functions of a test (its globals()) that take these parameters and no other, in their order; helpers are no promises."""
    return [value for value in names.values() if inspect.isfunction(value) and value.__module__ == names['__name__']
            and value not in helpers and tuple(inspect.signature(value).parameters) == parameters]


def with_arguments(promises, *arguments):
    """(what holds, call) of each promise, which is given the arguments."""
    return [(promise.__name__.replace('_', ' '), functools.partial(promise, *arguments)) for promise in promises]


def in_folders(promises, *arguments):
    """The same; each is given a folder of its own behind the arguments."""
    def in_a_folder(call):
        with tempfile.TemporaryDirectory() as folder, kept_if_it_fails(folder):
            call(folder)
    return [(name, functools.partial(in_a_folder, call)) for name, call in with_arguments(promises, *arguments)]


def of_seeds(what, promise, usual):
    """(what and seed, call) of as many seeds as the third argument of the test says, from its fourth on. The usual number are always the
    same ones, so that what failed yesterday is tried today; more begin anywhere."""
    count = int(sys.argv[3]) if len(sys.argv) > 3 else usual
    first = int(sys.argv[4]) if len(sys.argv) > 4 else random.randrange(10**9) if count > usual else 1
    return [(f'{what} {seed}', functools.partial(promise, seed)) for seed in range(first, first + count)]


@contextlib.contextmanager
def explained(steps):
    """What is found wrong is told with the steps that led to it."""
    try:
        yield
    except AssertionError as error:
        raise AssertionError(f'{error}\n  what happened:\n    ' + '\n    '.join(steps)) from error


@contextlib.contextmanager
def kept_if_it_fails(folder):
    """Files of a test that failed are copied to the folder that $KEEP_FAILED names."""
    try:
        yield
    except AssertionError:
        if os.environ.get('KEEP_FAILED'):
            shutil.copytree(folder, os.environ['KEEP_FAILED'], symlinks=True, dirs_exist_ok=True)
        raise


def try_all(tests):
    """Calls each of (what holds, call) and tells how it went. Returns the exit status: 0 where all held."""
    failed = 0
    for name, call in tests:
        began = time.monotonic()
        try:
            call()
            print(f'ok   {name} ({time.monotonic() - began:.1f} s)', flush=True)
        except (Exception, SystemExit) as error:
            failed += 1
            print(f'FAIL {name}\n     {type(error).__name__}: {str(error)[:4000]}', flush=True)
    print(f'{len(tests) - failed} passed, {failed} failed')
    return 1 if failed else 0
