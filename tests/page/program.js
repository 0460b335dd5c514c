// SPDX-License-Identifier: BSD-2-Clause
// program.js: the program as these tests start and end it.
import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';

const {PROGRAM, POLICIES} = process.env;

export const run = (...args) => execFileSync(PROGRAM, args, {stdio: 'ignore'});

// Returns when it has said so. What it says later is read, too: a program whose standard error is closed would be another one.
export const start = (words, ...args) => new Promise((resolve, reject) => {
    const child = spawn(PROGRAM, args, {stdio: ['ignore', 'ignore', 'pipe']});

    child.said = '';
    child.stderr.on('data', text => (child.said += text).includes(words) && resolve(child));
    child.on('error', reject);
    child.on('close', () => reject(new Error(`${args[0]} ended: ${child.said}`)));
});
export const end = async child => {
    if (!child)
        return;
    if (child.exitCode === null && child.signalCode === null) {
        child.kill();
        await once(child, 'close');
    }
    assert.equal(child.exitCode, 0, child.said);
};

export const serve = (inventory, port) => start('is served at', 'serve', '--listen', `127.0.0.1:${port}`, '--policy', POLICIES, inventory);
// At a port that nobody else has: of those below the ones that connections get by themselves, which a browser that tries to come back
// could get.
export const serveSomewhere = async inventory => {
    for (;;) {
        const port = 20_000 + Math.floor(Math.random() * 10_000);
        const server = await serve(inventory, port).catch(error => {
            if (!error.message.includes('another program listens there'))
                throw error;
        });

        if (server)
            return {server, port};
    }
};
