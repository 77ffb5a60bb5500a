// Records what Node makes of the test programs: `node tests/oracle/record.mjs` (Node 20) rewrites `testdata/oracle/*.jsonl`,
// one `{"program", "value"}` or `{"program", "throws"}` a line. `tests/oracle.rs` compares.
//
// `node tests/oracle/record.mjs FOLDER SEED COUNT` records other programs elsewhere; `PM2LINT_ORACLE=FOLDER cargo test
// --test oracle` compares those.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';

import { programs } from './generate.mjs';

const [folder, seed = '1', count = '1800'] = process.argv.slice(2);
const OUT = folder ? pathToFileURL(`${folder}/`) : new URL('../../testdata/oracle/', import.meta.url);
const TRICKY = new URL('tricky/', import.meta.url);
const nodeRequire = createRequire(import.meta.url);

/** A library whose answers nobody can know without running it. */
const mystery = {
  bool: n => (n * 7919) % 13 < 6,
  num: n => (n * 31) % 17,
  str: n => `m${n % 5}`,
};

function modules(name) {
  if (name === 'mystery') return mystery;
  return nodeRequire(name);
}

/** The exports of a CommonJS program; programs that do not end in time fail with ERR_SCRIPT_EXECUTION_TIMEOUT. */
function run(program) {
  const module = { exports: {} };
  globalThis.given = [module.exports, modules, module, '/<root>/program.js', '/<root>'];
  const body = `(function (exports, require, module, __filename, __dirname) {${program}\n})`;
  vm.runInThisContext(`${body}.apply(given[0], given)`, { timeout: 300 });
  return module.exports;
}

/** A value as JSON; what JSON cannot say is an object with one `$` key. */
function encode(value, above = []) {
  switch (typeof value) {
    case 'undefined': return { $undefined: true };
    case 'function': return { $function: value.name };
    case 'symbol': case 'bigint': return { $other: typeof value };
    case 'number': return Number.isFinite(value) ? value : { $number: String(value) };
    case 'string': return value.isWellFormed() ? value : { $other: 'half a character' };
    case 'object': return value === null ? null : encodeObject(value, above);
    default: return value;
  }
}

function encodeObject(value, above) {
  if (above.includes(value)) return { $other: 'an object that contains itself' };
  const inside = [...above, value];
  if (Array.isArray(value)) return Array.from(value, element => encode(element, inside));
  const plain = Object.entries(value).map(([key, property]) => [key.isWellFormed() ? key : '?', encode(property, inside)]);
  return Object.fromEntries(plain);
}

function record(program) {
  let value;
  try {
    value = run(program);
  } catch (error) {
    if (error?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    return { program, throws: String(error?.name ?? error) };
  }
  return { program, value: encode(value) };
}

function write(name, all) {
  const records = [...all].map(record).filter(Boolean);
  const lines = records.map(entry => JSON.stringify(entry));
  writeFileSync(new URL(`${name}.jsonl`, OUT), `${lines.join('\n')}\n`);
  const thrown = lines.filter(line => line.includes('"throws"')).length;
  console.log(`${name}: ${lines.length} programs, ${thrown} throw`);
}

function* tricky() {
  for (const file of readdirSync(TRICKY).sort()) {
    const text = readFileSync(new URL(file, TRICKY), 'utf8');
    yield* text.split(/^\/\/ ----.*\n/m).filter(program => program.trim());
  }
}

mkdirSync(OUT, { recursive: true });
write('tricky', tricky());
write('known', programs(Number(seed), Number(count)));
write('partial', programs(Number(seed) + 1, Math.ceil(Number(count) / 3), 0.5));
