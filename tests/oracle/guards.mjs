// Records what Node makes of conditions on the environment that PM2 gives its workers: `node tests/oracle/guards.mjs` (Node 20) rewrites
// `testdata/oracle/guards.jsonl`, one `{"guard", "holds"}` a line, with a truth value for each instance number. `tests/guards.rs`
// compares.

import { writeFileSync } from 'node:fs';
import vm from 'node:vm';

import { Random } from './random.mjs';

const OUT = new URL('../../testdata/oracle/guards.jsonl', import.meta.url);
const COUNT = 700;
const INSTANCES = 4;

/** The environment of worker `instance`, as `tests/guards.rs` has PM2 make it. */
const environment = instance => ({
  NODE_APP_INSTANCE: String(instance),
  name: 'api',
  instances: String(INSTANCES),
  exec_mode: 'cluster_mode',
  NODE_ENV: 'production',
  ROLE: 'cron,web',
  PORT: '3000',
  EMPTY: '',
});

class Guards {
  constructor(random) {
    this.random = random;
  }

  pick(...forms) {
    return this.random.pick(forms);
  }

  /** A variable, mostly the instance number. */
  variable() {
    if (this.random.chance(0.7)) {
      return this.pick('process.env.NODE_APP_INSTANCE', "process.env['NODE_APP_INSTANCE']", 'process.env?.NODE_APP_INSTANCE',
        'process.env[`NODE_${"APP"}_INSTANCE`]', '(({ NODE_APP_INSTANCE }) => NODE_APP_INSTANCE)(process.env)',
        "(({ NODE_APP_INSTANCE: n = '9' }) => n)(process.env)", '({ ...process.env }).NODE_APP_INSTANCE');
    }
    return `process.env.${this.pick('name', 'instances', 'exec_mode', 'NODE_ENV', 'ROLE', 'PORT', 'EMPTY', 'MISSING')}`;
  }

  text() {
    const v = this.variable();
    return this.pick(v, v, v, `String(${v})`, `\`\${${v}}\``, `(${v} + '')`, `(${v} || '0')`, `(${v} ?? '0')`, `(${v} || '').trim()`,
      `${v}?.toLowerCase()`, `${v}?.padStart(2, '0')`, `${v}?.slice(0, 1)`, `${v}?.charAt(0)`, `${v}?.replace('0', 'zero')`,
      `${v}?.split(',')[0]`, `(${v} && ${this.variable()})`, `(${this.variable()} ? ${v} : '${this.random.below(4)}')`);
  }

  number() {
    const v = this.variable();
    return this.pick(`Number(${v})`, `+${v}`, `parseInt(${v}, 10)`, `parseInt(${v} || '0')`, `Number(${v} ?? 0)`, `(+${v} || 0)`, `~~${v}`,
      `(${v} | 0)`, `(${v} - 0)`, `(${v} * 1)`, `Math.max(+${v}, 1)`, `(Number(${v}) % ${1 + this.random.below(3)})`, `parseFloat(${v})`,
      `(Number(${v}) + 1)`, `(${v} % 2)`, `(${v} >> 1)`, `Math.floor(${v} / 2)`, `Number.parseInt(${v}, 16)`, `(${v} ?? '').length`,
      `['0', '1', '2'].indexOf(${v})`);
  }

  literal() {
    return this.pick('0', '1', '2', '3', "'0'", "'1'", "'2'", "''", 'null', 'undefined', 'false', 'true', 'NaN', "'production'", "'cron'");
  }

  condition(depth = 2) {
    const leaf = () => {
      const operator = this.pick('===', '!==', '==', '!=');
      return this.pick(
        `${this.text()} ${operator} ${this.literal()}`, `${this.text()} ${operator} ${this.literal()}`,
        `${this.number()} ${operator} ${this.random.below(4)}`, `${this.number()} ${this.pick('<', '<=', '>', '>=')} ${this.random.below(4)}`,
        `${this.variable()} ${this.pick('<', '<=', '>', '>=')} ${this.literal()}`, `!${this.variable()}`, `!!${this.variable()}`,
        `Boolean(${this.pick(this.text(), this.number())})`, `[${this.literal()}, ${this.literal()}].includes(${this.text()})`,
        `new Set(['${this.random.below(3)}', '3']).has(${this.text()})`, `/^${this.pick('0', '[01]', '\\d+', '$')}$/.test(${this.text()})`,
        `'${this.pick('NODE_APP_INSTANCE', 'MISSING', 'EMPTY', 'name')}' in process.env`, `typeof ${this.variable()} === '${this.pick('string', 'undefined', 'number')}'`,
        `isNaN(${this.text()})`, `Number.isNaN(${this.number()})`, `Number.isInteger(${this.number()})`,
        `['1', '2'].some(one => one === ${this.text()})`, `[${this.literal()}].indexOf(${this.text()}) === -1`,
        `Object.hasOwn(process.env, '${this.pick('NODE_APP_INSTANCE', 'MISSING')}')`, `(${this.variable()} ?? '').startsWith('${this.pick('0', 'p', '')}')`,
        `(({ NODE_APP_INSTANCE = 0 }) => NODE_APP_INSTANCE === ${this.pick('0', "'0'")})(process.env)`,
        `process.env.ROLE.split(',').includes('${this.pick('cron', 'mail')}')`);
    };
    if (depth === 0 || this.random.chance(0.4)) return leaf();
    const inner = () => this.condition(depth - 1);
    return this.pick(
      `(${inner()} && ${inner()})`, `(${inner()} || ${inner()})`, `!(${inner()})`, `(${inner()} ? ${inner()} : ${inner()})`,
      `(() => { if (${inner()}) return false; return ${inner()}; })()`,
      `(() => { switch (${this.text()}) { case ${this.literal()}: return ${inner()}; case '1': return true; default: return ${inner()}; } })()`,
      `(() => { const first = ${inner()}; let result = false; if (first) result = ${inner()}; return result; })()`,
      `(x => x ${this.pick('===', '==')} ${this.literal()})(${this.pick(this.text(), this.number())})`,
      `(() => { try { return ${inner()}; } catch { return false; } })()`,
      `((a, b = ${inner()}) => a || b)(${inner()})`);
  }
}

function holds(guard) {
  const each = Array.from({ length: INSTANCES }, (_, instance) => {
    const process = { env: environment(instance) };
    return Boolean(vm.runInNewContext(guard, { process }, { timeout: 200 }));
  });
  return each;
}

const guards = new Guards(new Random(5));
const recorded = new Map();
while (recorded.size < COUNT) {
  const guard = guards.condition();
  if (guard.length > 240 || recorded.has(guard)) continue;
  try {
    recorded.set(guard, holds(guard));
  } catch {
    // One that throws guards nothing.
  }
}
const lines = [...recorded].map(([guard, each]) => JSON.stringify({ guard, holds: each }));
writeFileSync(OUT, `${lines.join('\n')}\n`);
