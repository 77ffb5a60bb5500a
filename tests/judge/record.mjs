// Records what PM2 makes of the entries in `apps.mjs`:
//
//     for v in 4.5.6 5.4.3 6.0.14 7.0.4; do npm install --prefix /tmp/pm2/$v --ignore-scripts pm2@$v; done
//     node tests/judge/record.mjs /tmp/pm2          (Linux, as root, Node 20)
//
// rewrites `testdata/pm2/judged.jsonl`, which `tests/judge.rs` compares with. A line is `{"app", "env"?, "pm2": [[versions, answer], ...]}`,
// versions that answer alike together; the first line is what they start for `{ script: 'app.js' }`, and an
// answer's `launch` says what differs from that. PM2's own functions do the work: its client's `_startJson` and its daemon's `God.prepare`; only what would start a process is replaced.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { cases } from './apps.mjs';

const [versions] = process.argv.slice(2);
const VERSIONS = ['4.5.6', '5.4.3', '6.0.14', '7.0.4'];
const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = new URL('../../testdata/pm2/judged.jsonl', import.meta.url);

/** The host that all answers are from: a checkout, and a PATH with some interpreters, so that no answer depends on this machine. */
const HOST = '/tmp/pm2-judge';
const FILES = [
  'app.js', 'other.js', 'dist/main.js', 'run.sh', 'job.py', 'job.rb', 'job.php', 'job.pl', 'start', 'app.mjs', 'app.cjs', 'app.ts', 'app.tsx', '.hidden.js', 'a.b.js', 'my app.js', 'node_modules/next/dist/bin/next',
];
const PROGRAMS = ['python', 'python3', 'ruby', 'php', 'perl', 'tsx', 'bun', 'deno'];
const LOCAL_PROGRAMS = ['node_modules/.bin/tsx', 'bin/mynode', 'bin/node'];

function makeHost() {
  rmSync(HOST, { recursive: true, force: true });
  const write = (file, text, mode = 0o644) => {
    mkdirSync(dirname(join(HOST, file)), { recursive: true });
    writeFileSync(join(HOST, file), text);
    chmodSync(join(HOST, file), mode);
  };
  FILES.forEach(file => write(`app/${file}`, '// nothing\n'));
  LOCAL_PROGRAMS.forEach(file => write(`app/${file}`, '#!/bin/sh\n', 0o755));
  PROGRAMS.forEach(program => write(`bin/${program}`, '\x7fELF\0\0\0\0', 0o755));
  write('bin/npm', '#!/usr/bin/env node\n', 0o755);
  mkdirSync(join(HOST, 'home/.pm2'), { recursive: true });
  symlinkSync(process.execPath, join(HOST, 'bin/node'));
  ['bash', 'sh'].forEach(shell => symlinkSync(`/bin/${shell}`, join(HOST, `bin/${shell}`)));
}

/** The answers of one version, one for each case. */
function ask(version, asked) {
  makeHost();
  writeFileSync(join(HOST, 'cases.json'), JSON.stringify(asked));
  const env = { PATH: join(HOST, 'bin'), HOME: join(HOST, 'home'), PM2_HOME: join(HOST, 'home/.pm2'), PM2_SILENT: 'true' };
  const pm2 = join(versions, version, 'node_modules/pm2');
  console.log(`PM2 ${version} ...`);
  const ran = spawnSync(process.execPath, [join(HERE, 'ask.cjs'), pm2, HOST], { cwd: join(HOST, 'app'), env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (ran.status !== 0) throw new Error(`PM2 ${version} ended with ${ran.status}:\n${ran.stderr.slice(-4000)}`);
  return JSON.parse(readFileSync(join(HOST, 'answers.json'), 'utf8'));
}

const schema = JSON.parse(readFileSync(join(versions, '7.0.4/node_modules/pm2/lib/API/schema.json'), 'utf8'));
const asked = cases(schema);
const answers = VERSIONS.map(version => ask(version, asked));

/** What the versions say, those together that say the same. */
function grouped(said) {
  const groups = new Map();
  VERSIONS.forEach((version, column) => {
    const answer = JSON.stringify(said[column]);
    groups.set(answer, [...(groups.get(answer) ?? []), Number(version[0])]);
  });
  return [...groups].map(([answer, majors]) => [majors, JSON.parse(answer)]);
}

const lines = [
  JSON.stringify({ usual: grouped(answers.map(({ usual }) => usual)) }),
  ...asked.map((one, at) => JSON.stringify({ ...one, pm2: grouped(answers.map(({ answers }) => answers[at])) })),
];
writeFileSync(OUT, `${lines.join('\n')}\n`);
console.log(`${asked.length} entries, ${lines.slice(1).filter(line => JSON.parse(line).pm2.length > 1).length} on which the versions differ`);
