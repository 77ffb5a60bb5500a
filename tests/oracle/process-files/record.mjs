// Records what Node gets from the process files of `testdata/process-files`: `node tests/oracle/process-files/record.mjs MODULES`
// (Node 20) rewrites each `node.json` there. MODULES is a folder whose `node_modules` has dotenv, dotenv-expand, dotenv-flow,
// js-yaml 4 (as PM2), json5, typescript.
//
// Each file is loaded twice, in two hosts that differ in all that a checkout does not tell: where it lies, the number of CPUs,
// memory, the time, what commands print. A leaf that comes out different is `{"$host": true}`: nobody can know it.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [modules] = process.argv.slice(2);
const cases = fileURLToPath(new URL('../../../testdata/process-files/', import.meta.url));
const LOADER = fileURLToPath(new URL('load.cjs', import.meta.url));
const HOSTS = [
  { folder: 'one', cpus: 4, memory: 8e9, time: 0, random: 0.25, prints: 'printed\nhere', machine: { version: 'v20.20.2', arch: 'x64', pid: 4711 } },
  { folder: 'another/one/deeper', cpus: 96, memory: 64e9, time: 4e11, random: 0.75, prints: 'otherwise', machine: { version: 'v24.21.0', arch: 'arm64', pid: 815 } },
];

function load(name, file, host) {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'host-')));
  const root = join(home, host.folder, name);
  mkdirSync(dirname(root), { recursive: true });
  cpSync(join(cases, name), root, { recursive: true, verbatimSymlinks: true });
  symlinkSync(join(resolve(modules), 'node_modules'), join(home, 'node_modules'));
  linkWorkspaces(root);
  try {
    const env = { PATH: `/opt/${host.folder}/bin`, HOME: home, HOST: JSON.stringify(host) };
    return JSON.parse(execFileSync(process.execPath, [LOADER, root, file], { env, encoding: 'utf8' }));
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** As `npm install` links the packages of a monorepo. */
function linkWorkspaces(root) {
  const packages = join(root, 'packages');
  for (const name of existsSync(packages) ? readdirSync(packages) : []) {
    const manifest = join(packages, name, 'package.json');
    if (!existsSync(manifest)) continue;
    const link = join(root, 'node_modules', JSON.parse(readFileSync(manifest, 'utf8')).name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(packages, name), link);
  }
}

function merge(one, other) {
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) return one.map((part, at) => merge(part, other[at]));
  const areObjects = [one, other].every(value => value && typeof value === 'object' && !Array.isArray(value));
  if (areObjects && Object.keys(one).join() === Object.keys(other).join()) {
    return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, merge(value, other[key])]));
  }
  return JSON.stringify(one) === JSON.stringify(other) ? one : { $host: true };
}

const isProcessFile = name => /^(ecosystem|pm2|process)\b.*\.(c|m)?(js|ts|json|ya?ml)$/.test(name);
function* files(folder, below = '') {
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') yield* files(folder, path);
    else if (isProcessFile(entry.name)) yield path;
  }
}

for (const name of readdirSync(cases).sort()) {
  const [file] = files(join(cases, name));
  const [one, other] = HOSTS.map(host => load(name, file, host));
  writeFileSync(join(cases, name, 'node.json'), `${JSON.stringify({ file, ...merge(one, other) }, null, 2)}\n`);
}
