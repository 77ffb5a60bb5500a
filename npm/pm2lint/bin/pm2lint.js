#!/usr/bin/env node
'use strict';
// Runs the binary of this platform, which comes as an optional dependency of its own.
const { spawnSync } = require('child_process');

const FAILED = 3;
const name = `@pm2lint/cli-${process.platform}-${process.arch}`;

function binary() {
  if (process.env.PM2LINT_BINARY) return process.env.PM2LINT_BINARY;
  try {
    return require.resolve(`${name}/pm2lint${process.platform === 'win32' ? '.exe' : ''}`);
  } catch {
    return null;
  }
}

function fail(message) {
  process.stderr.write(`pm2lint: ${message}\n`);
  process.exit(FAILED);
}

const path = binary();
if (!path) {
  fail(
    `${name} is not installed. If there is a binary for this platform, optional dependencies were left out ` +
      '(--omit=optional, or a lock file written on another platform): install again with them. ' +
      'Else build it with `cargo install pm2lint` and set PM2LINT_BINARY.',
  );
}
const { status, signal, error } = spawnSync(path, process.argv.slice(2), { stdio: 'inherit' });
if (error) fail(`cannot run ${path}: ${error.message}`);
if (signal) process.kill(process.pid, signal);
process.exitCode = status ?? FAILED;
