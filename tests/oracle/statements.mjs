// Statements, with a scope that knows which names hold which type, so that most programs run to their end.

import { Expressions, quote } from './expressions.mjs';

const TYPES = ['num', 'str', 'bool', 'nums', 'strs', 'obj', 'any'];

class Scope {
  constructor() {
    this.frames = [[]];
    this.count = 0;
  }

  of(type) {
    const names = this.frames.flat();
    return names.filter(name => type === 'any' || name.type === type).map(name => name.name);
  }

  /** Names that can be assigned to. */
  mutable(type) {
    return this.frames.flat().filter(name => name.mutable && name.type === type).map(name => name.name);
  }

  add(type, mutable = false) {
    const name = `${type[0]}${this.count++}`;
    this.frames.at(-1).push({ name, type, mutable });
    return name;
  }

  in(body) {
    this.frames.push([]);
    const text = body();
    this.frames.pop();
    return text;
  }
}

export class Statements {
  /** `unknowns`: share of conditions that only a library knows. */
  constructor(random, unknowns = 0) {
    this.random = random;
    this.unknowns = unknowns;
    this.scope = new Scope();
    this.expressions = new Expressions(random, this.scope);
  }

  program(size) {
    const lines = Array.from({ length: size }, () => this.statement(2));
    const names = this.scope.frames[0].map(name => name.name);
    return `${this.prelude()}${lines.join('\n')}\nmodule.exports = { apps: [{ ${names.join(', ')} }], log };\n`;
  }

  prelude() {
    const mystery = this.unknowns ? "const mystery = require('mystery');\n" : '';
    return `const path = require('path');\n${mystery}const log = [];\n`;
  }

  of(type, depth = 2) {
    return this.expressions.of(type, depth);
  }

  condition() {
    return this.random.chance(this.unknowns) ? `mystery.bool(${this.random.below(50)})` : this.of('bool');
  }

  value(type) {
    if (this.random.chance(this.unknowns / 3) && ['num', 'str', 'bool'].includes(type)) return `mystery.${type}(${this.random.below(50)})`;
    return this.of(type);
  }

  statement(depth) {
    const simple = [this.declare, this.declare, this.declare, this.assign, this.assign, this.mutate, this.note, this.destructure];
    const nested = [this.branch, this.branch, this.loop, this.loop, this.choose, this.attempt, this.func, this.func, this.klass, this.labelled, this.closure];
    const form = this.random.pick(depth > 0 && this.random.chance(0.5) ? nested : simple);
    return form.call(this, depth - 1);
  }

  block(depth, size = 1 + this.random.below(2), also = '') {
    return this.scope.in(() => `{ ${Array.from({ length: size }, () => this.statement(depth)).join(' ')}${also} }`);
  }

  declare() {
    const type = this.random.pick(TYPES);
    const value = this.value(type);
    const keyword = this.random.pick(['const', 'let', 'const']);
    return `${keyword} ${this.scope.add(type, keyword === 'let')} = ${value};`;
  }

  destructure() {
    const r = this.random;
    const forms = [
      () => `const { name: ${this.name('any')}, port: ${this.name('any')} = ${this.of('num', 1)} } = ${this.source('obj')};`,
      () => `const [${this.name('any')}, ${this.name('any')} = ${this.of('str', 1)}, ...${this.name('nums')}] = ${this.source('nums')};`,
      () => `const { env: { a: ${this.name('any')} = 1 } = {}, ...${this.name('obj')} } = ${this.source('obj')};`,
      () => `const [, ${this.name('any')}] = ${this.source('strs')};`,
      () => `const { length: ${this.name('num')} } = ${this.source('strs')};`,
      () => `const { [${quote(r.pick(['a', 'b', 'name']), r)}]: ${this.name('any')} } = ${this.source('obj')};`,
    ];
    this.pending = [];
    const text = r.pick(forms)();
    for (const add of this.pending) add();
    return text;
  }

  /** A name that becomes known once the statement is over. */
  name(type) {
    const name = `${type[0]}${this.scope.count++}`;
    this.pending.push(() => this.scope.frames.at(-1).push({ name, type, mutable: false }));
    return name;
  }

  source(type) {
    return this.of(type, 1);
  }

  assign() {
    const r = this.random;
    const [type, operators] = r.pick([['num', ['=', '+=', '-=', '*=', '??=', '||=', '&&=', '|=']], ['str', ['=', '+=', '||=', '&&=']], ['any', ['=', '??=', '||=']], ['bool', ['=', '&&=', '||=']]]);
    const names = this.scope.mutable(type);
    if (!names.length) return this.declare();
    if (type === 'num' && r.chance(0.2)) return `${r.pick(names)}${r.pick(['++', '--'])};`;
    return `${r.pick(names)} ${r.pick(operators)} ${this.value(type)};`;
  }

  mutate() {
    const r = this.random;
    const of = type => this.scope.of(type);
    const forms = [];
    if (of('nums').length) {
      const list = r.pick(of('nums'));
      forms.push(
        () => `${list}.push(${this.value('num')}, ${this.of('num', 1)});`,
        () => `${list}.unshift(${this.of('num', 1)});`,
        () => `log.push(${list}.${r.pick(['pop()', 'shift()', 'splice(0, 1)', 'reverse()', 'length'])});`,
        () => `${list}[${r.pick(['0', '1', `${list}.length`])}] = ${this.value('num')};`,
        () => `${list}.sort((a, b) => a - b);`,
        () => `${list}.length = ${r.below(3)};`,
        () => `${list}.forEach((n, i) => { log.push(n + i); });`,
      );
    }
    if (of('obj').length) {
      const object = r.pick(of('obj'));
      forms.push(
        () => `${object}.${r.pick(['a', 'added', 'name'])} = ${this.value('any')};`,
        () => `${object}[${this.of('str', 1)}] = ${this.of('num', 1)};`,
        () => `delete ${object}.${r.pick(['a', 'b', 'name'])};`,
        () => `Object.assign(${object}, ${this.of('obj', 1)});`,
        () => `${object}.count = (${object}.count || 0) + 1;`,
        () => `${object}.${r.pick(['a', 'b'])} ??= ${this.value('any')};`,
        () => `for (const [k, v] of Object.entries(${object})) log.push(k + typeof v);`,
      );
    }
    return forms.length ? r.pick(forms)() : this.declare();
  }

  note() {
    return `log.push(${this.value(this.random.pick(TYPES))});`;
  }

  branch(depth) {
    const otherwise = this.random.chance(0.5) ? ` else ${this.block(depth)}` : '';
    return `if (${this.condition()}) ${this.block(depth)}${otherwise}`;
  }

  leave() {
    return this.random.chance(0.3) ? ` if (${this.condition()}) ${this.random.pick(['break', 'continue'])};` : '';
  }

  loop(depth) {
    const r = this.random;
    const counter = `i${this.scope.count++}`;
    const item = type => {
      this.scope.frames.at(-1).push({ name: counter, type, mutable: false });
    };
    const body = type => this.scope.in(() => (item(type), this.block(depth, 1, this.leave())));
    const forms = [
      () => `for (let ${counter} = 0; ${counter} < ${r.below(4)}; ${counter}++) ${body('num')}`,
      () => `for (const ${counter} of ${this.of('nums', 1)}) ${body('num')}`,
      () => `for (const ${counter} of ${this.of('strs', 1)}) ${body('str')}`,
      () => `for (const ${counter} in ${this.of('obj', 1)}) ${body('str')}`,
      () => `for (const ${counter} of ${this.of('str', 0)}) ${body('str')}`,
      () => `for (const [${counter}] of new Map([['x', 1], ['y', 2]])) ${body('str')}`,
      () => `{ let ${counter} = 0; while (${counter}++ < ${r.below(3)}) ${body('num')} }`,
      () => `{ let ${counter} = 3; do ${body('num')} while (--${counter} > ${r.below(3)}); }`,
      () => `${this.of('nums', 1)}.forEach(${counter} => ${this.scope.in(() => (item('num'), this.block(depth, 1)))});`,
    ];
    return r.pick(forms)();
  }

  labelled(depth) {
    const r = this.random;
    const label = `out${this.scope.count++}`;
    const leave = `if (${this.condition()}) ${r.pick(['break', 'continue'])} ${label};`;
    return `${label}: for (const x of ${this.of('nums', 1)}) { for (const y of [1, 2]) { ${leave} log.push(x + y); } ${this.statement(depth)} }`;
  }

  choose(depth) {
    const r = this.random;
    const value = r.chance(this.unknowns) ? `mystery.num(${r.below(50)}) % 3` : this.of('num', 1);
    const cases = [0, 1, 2].map(n => `case ${r.chance(0.8) ? n : this.of('num', 0)}: ${this.block(depth, 1)}${r.chance(0.6) ? ' break;' : ''}`);
    if (r.chance(0.7)) cases.splice(r.below(4), 0, `default: ${this.block(depth, 1)}${r.chance(0.5) ? ' break;' : ''}`);
    return `switch (${value}) { ${cases.join(' ')} }`;
  }

  attempt(depth) {
    const r = this.random;
    const failures = [
      () => `throw new ${r.pick(['Error', 'TypeError', 'RangeError'])}(${this.of('str', 0)});`,
      () => `throw ${this.of('any', 0)};`,
      () => 'null.x;',
      () => 'undefined.y.z;',
      () => 'log.nothing();',
      () => `JSON.parse(${this.of('str', 0)});`,
      () => '[].reduce((a, b) => a + b);',
      () => 'notDefinedAnywhere;',
      () => "new Array(-1);",
      () => "'x'.repeat(-1);",
      () => '(void 0)();',
    ];
    const guard = r.chance(0.5) ? `if (${this.condition()}) ` : '';
    const body = this.scope.in(() => `{ ${this.statement(depth)} ${guard}${r.pick(failures)()} log.push('not thrown'); }`);
    const seen = r.pick(['e instanceof Error', 'e && e.name', 'e instanceof TypeError', 'typeof e', 'String(e && e.constructor && e.constructor.name)']);
    const handler = `catch (e) { log.push('caught', ${seen}); }`;
    const last = r.chance(0.4) ? ` finally { log.push('finally'); }` : '';
    return `try ${body} ${handler}${last}`;
  }

  func(depth) {
    const r = this.random;
    const name = `f${this.scope.count++}`;
    const early = r.chance(0.5) ? `if (${this.condition()}) return ${this.of('any', 1)};` : '';
    const [params, args] = r.pick([
      ['a, b = a', () => this.of('any', 1)],
      ['a, ...b', () => `${this.of('num', 1)}, ${this.of('num', 1)}, 3`],
      ['{ a = 1, b } = {}', () => r.pick(['', this.of('obj', 1)])],
      ['[a, b] = [1, 2]', () => r.pick(['', this.of('nums', 1)])],
      ['a, b', () => `...${this.of('nums', 1)}`],
    ]);
    const body = this.scope.in(() => {
      this.scope.frames.at(-1).push({ name: 'a', type: 'any' }, { name: 'b', type: 'any' });
      return `{ ${this.statement(depth)} ${early} ${this.statement(depth)} return ${r.pick(['[a, b]', 'typeof a', '{ a, b }', '`${a}:${b}`'])}; }`;
    });
    const head = r.pick([`function ${name}(${params}) `, `const ${name} = (${params}) => `]);
    const calls = Array.from({ length: 1 + r.below(2) }, () => `log.push(${name}(${args()}));`);
    return `${head}${body}\n${calls.join(' ')}`;
  }

  closure() {
    const r = this.random;
    const name = `f${this.scope.count++}`;
    return r.pick([
      () => `const ${name} = (() => { let n = ${this.of('num', 0)}; return { up: () => ++n, get now() { return n; } }; })(); ${name}.up(); log.push(${name}.up(), ${name}.now);`,
      () => `const ${name} = []; for (let i = 0; i < 3; i++) ${name}.push(() => i * ${this.of('num', 1)}); log.push(${name}.map(g => g()));`,
      () => `const ${name} = n => n <= 1 ? 1 : n * ${name}(n - 1); log.push(${name}(${r.below(8)}));`,
      () => `const ${name} = (...fs) => x => fs.reduce((v, g) => g(v), x); log.push(${name}(x => x + 1, x => x * 2)(${this.of('num', 1)}));`,
      () => `const ${name} = a => b => a + b; log.push(${name}(${this.of('any', 1)})(${this.of('any', 1)}));`,
      () => `function ${name}() { return [this === undefined, arguments.length, typeof ${name}]; } log.push(${name}.call(null, 1, 2)[1], ${name}.apply({}, [1])[1], ${name}.bind(null)(4, 5, 6)[1], ${name}.length, ${name}.name);`,
    ])();
  }

  klass() {
    const r = this.random;
    const name = `K${this.scope.count++}`;
    const base = `class ${name} { #secret = ${this.of('num', 1)}; kind = ${this.of('str', 1)}; static made = 0; constructor(n = 1) { this.n = n; ${name}.made += 1; } get double() { return this.n * 2; } set double(v) { this.n = v / 2; } show() { return \`\${this.kind}:\${this.#secret}\`; } static of(n) { return new this(n); } }`;
    const sub = r.chance(0.6)
      ? ` class ${name}b extends ${name} { extra = this.n; constructor(n) { super(n); this.late = ${this.of('any', 1)}; } show() { return 'b' + super.show(); } get double() { return super.double + 1; } }`
      : '';
    const used = sub ? `${name}b` : name;
    return `${base}${sub} const o${name} = ${r.pick([`new ${used}(${this.of('num', 1)})`, `${used}.of(${this.of('num', 1)})`])}; ${r.chance(0.5) ? `o${name}.double = 8;` : ''} log.push(o${name}, o${name}.double, o${name}.show(), ${name}.made, o${name} instanceof ${name}, Object.keys(o${name}), { ...o${name} }, o${name}.constructor.name);`;
  }
}
