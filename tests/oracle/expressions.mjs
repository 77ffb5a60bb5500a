// Expressions by type: `num`, `str`, `bool`, `nums`, `strs`, `obj`, `any`. What they do is biased to what process files do:
// names, ports, paths, environment blocks, merged defaults, lists of apps.

const WORDS = ['api', 'worker', 'production', './dist/index.js', 'v1.2.3', ' pad ', '', 'a,b,,c', '10', '0x1f', '3.5kg', 'NODE_ENV=dev', 'Übung', 'café', '😀x',
  'camelCaseName', 'line1\\nline2', 'true', 'null', '-0', 'aaa', 'Hello World', '/var/log/../app//x.log', 'index.test.js', '1e3', '{"a":1}', '2024-01-05'];
const NUMBERS = ['0', '1', '-1', '2', '3', '4', '7', '2.5', '0.1', '-0.5', '10', '100', '3000', '8080', '1e3', '0x1f', '0b101', '1e21', '1e-7', 'NaN', 'Infinity', '-0', '255', '1024 * 3', '2 ** 31'];
const KEYS = ['name', 'port', 'script', 'env', 'b', 'a', '10', '2', 'x-y', 'instances'];
const PLAIN_KEYS = ['name', 'port', 'script', 'env', 'b', 'a', 'instances'];

const ARITHMETIC = ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>', '>>>', '**'];
const COMPARE = ['<', '<=', '>', '>=', '===', '!==', '==', '!='];
const MATH = ['floor', 'ceil', 'round', 'trunc', 'abs', 'sign', 'sqrt'];
const ONE_WORD = ['toUpperCase()', 'toLowerCase()', 'trim()', 'trimStart()', 'trimEnd()', 'toString()', 'normalize()', 'valueOf()'];
const REGEXES = ['/a/g', '/[a-z]+/gi', '/\\d+/', '/(\\w)(\\w)/', '/^\\s+|\\s+$/g', '/,/', '/[^a-z]/gi', '/(?<first>[a-z])/', '/\\.js$/', '/e|o/g', '/$/', '/(a)|(b)/', '/./', '/[A-Z]/g'];

export class Expressions {
  constructor(random, scope) {
    this.random = random;
    this.scope = scope;
  }

  /** An expression of `type`, nested at most `depth` deep. */
  of(type, depth = 3) {
    const known = this.scope.of(type);
    if (known.length && this.random.chance(depth <= 0 ? 0.7 : 0.35)) return this.random.pick(known);
    const forms = depth <= 0 ? this.leaves(type) : this[type](depth - 1);
    const form = this.random.pick(forms);
    return typeof form === 'function' ? form() : form;
  }

  leaves(type) {
    const r = this.random;
    switch (type) {
      case 'num': return NUMBERS;
      case 'str': return [() => quote(r.pick(WORDS), r)];
      case 'bool': return ['true', 'false'];
      case 'nums': return ['[]', () => `[${[1, 2, 3].map(() => r.pick(NUMBERS)).join(', ')}]`, '[3, 1, 2]'];
      case 'strs': return ['[]', () => `[${[1, 2].map(() => quote(r.pick(WORDS), r)).join(', ')}]`, "['b', 'a', 'c']"];
      case 'obj': return ['{}', () => `{ ${r.pick(PLAIN_KEYS)}: ${r.pick(NUMBERS)} }`, "{ name: 'api', port: 3000 }"];
      default: return ['null', 'undefined', '0', "''", 'NaN', 'false', '[]', '{}', "'5'", '[1]', "' '", 'true', '12'];
    }
  }

  num(d) {
    const r = this.random;
    return [
      () => r.pick(NUMBERS),
      () => `(${this.of('num', d)} ${r.pick(ARITHMETIC)} ${this.of('num', d)})`.replace(/\(-(\S+) \*\*/, '((-$1) **'),
      () => `(${this.of('any', d)} ${r.pick(['-', '*', '/', '%', '&', '|', '>>>'])} ${this.of('any', d)})`,
      () => `Math.${r.pick(MATH)}(${this.of('num', d)})`,
      () => `Math.${r.pick(['max', 'min'])}(${this.of('num', d)}, ${this.of('num', d)})`,
      () => `Math.max(...${this.of('nums', d)})`,
      () => `${r.pick(['Number', 'parseInt', 'parseFloat', '+', '-', '~'])}(${this.of('any', d)})`,
      () => `parseInt(${this.of('str', d)}, ${r.pick(['10', '16', '2', '36', 'undefined'])})`,
      () => `${this.of('str', d)}.length`,
      () => `${r.pick([this.of('nums', d), this.of('strs', d)])}.length`,
      () => `${this.of('str', d)}.${r.pick(['indexOf', 'lastIndexOf', 'search'])}(${quote(r.pick(['a', 'o', '1', '/', '']), r)})`,
      () => `${this.of('str', d)}.charCodeAt(${r.below(4)})`,
      () => `${this.of('nums', d)}.${r.pick(['indexOf', 'lastIndexOf'])}(${this.of('num', d)})`,
      () => `${this.of('nums', d)}.reduce((sum, n${r.chance(0.3) ? ', i' : ''}) => sum ${r.pick(['+', '-', '*'])} n, ${r.below(3)})`,
      () => `${this.of('nums', d)}.findIndex(n => n ${r.pick(COMPARE)} ${this.of('num', d)})`,
      () => `Object.keys(${this.of('obj', d)}).length`,
      () => `new Set(${this.of('nums', d)}).size`,
      () => `(${this.of('bool', d)} ? ${this.of('num', d)} : ${this.of('num', d)})`,
      () => `(${this.of('num', d)} ${r.pick(['||', '&&', '??'])} ${this.of('num', d)})`,
      () => `(n => n * 2 + ${this.of('num', d)})(${this.of('num', d)})`,
      () => `(${this.of('nums', d)}[${r.below(3)}] ?? ${this.of('num', d)})`,
      () => `${this.of('nums', d)}.at(${r.pick(['0', '-1', '1', '9', '1.7'])})`,
      () => `Number((${this.of('num', d)}).toFixed(${r.below(4)}))`,
    ];
  }

  str(d) {
    const r = this.random;
    const text = () => this.of('str', d);
    return [
      () => quote(r.pick(WORDS), r),
      () => `\`${r.pick(['', 'app-', 'x'])}\${${this.of('any', d)}}${r.pick(['', '.log', '/'])}\``,
      () => `(${text()} + ${this.of('any', d)})`,
      () => `(${this.of('any', d)} + ${text()})`,
      () => `${text()}.${r.pick(ONE_WORD)}`,
      () => `${text()}.${r.pick(['slice', 'substring', 'substr'])}(${r.pick(['1', '-2', '0', '2', 'NaN', "'1'"])}${r.chance(0.5) ? `, ${r.pick(['3', '-1', '1', '99', 'undefined'])}` : ''})`,
      () => `${text()}.${r.pick(['replace', 'replaceAll'])}(${quote(r.pick(['a', '.', '', ',', 'o']), r)}, ${r.pick(["'-'", "'[$&]'", "'$$'", "''", '(m, at) => m + at'])})`,
      () => `${text()}.replace(${r.pick(REGEXES)}, ${r.pick(["'-'", "'<$&>'", "'$1$2'", "''", 'm => m.toUpperCase()', '(m, a) => `[${a}]`'])})`,
      () => `${text()}.${r.pick(['padStart', 'padEnd'])}(${r.below(8)}, ${r.pick(["'0'", "' '", "'ab'", "''"])})`,
      () => `${text()}.repeat(${r.below(3)})`,
      () => `${text()}.${r.pick(['charAt', 'at'])}(${r.pick(['0', '1', '-1', '50'])})`,
      () => `(${text()}[${r.below(3)}] || ${text()})`,
      () => `${text()}.concat(${this.of('any', d)})`,
      () => `String(${this.of('any', d)})`,
      () => `${r.pick([this.of('nums', d), this.of('strs', d)])}.join(${r.pick(["','", "'-'", '', "''"])})`,
      () => `typeof ${this.of('any', d)}`,
      () => `(JSON.stringify(${this.of('any', d)}${r.chance(0.3) ? ', null, 2' : ''}) + '')`,
      () => `(${this.of('num', d)}).${r.pick(['toString()', 'toString(16)', 'toString(2)', 'toFixed(2)', 'toFixed()', 'toLocaleString'])}`.replace('.toLocaleString', '.toString()'),
      () => `path.${r.pick(['join', 'resolve'])}('/srv', ${text()}${r.chance(0.5) ? `, ${r.pick(["'..'", "'./a'", "'b/'", "''"])}` : ''})`,
      () => `path.${r.pick(['basename', 'dirname', 'extname', 'normalize'])}(${text()})`,
      () => `path.basename(${text()}, ${r.pick(["'.js'", "'.log'", "'x'"])})`,
      () => `path.relative('/srv/app', path.join('/srv', ${text()}))`,
      () => `(${this.of('bool', d)} ? ${text()} : ${text()})`,
      () => `(${text()} ${r.pick(['||', '&&'])} ${text()})`,
      () => `(${text()}.match(${r.pick(REGEXES)}) || ['none'])[0]`,
      () => `encodeURIComponent(${quote(r.pick(WORDS), r)})`,
      () => `Object.keys(${this.of('obj', d)}).join()`,
      () => `String.fromCharCode(65 + ${r.below(20)}, 97)`,
      () => `(s => s.split('').reverse().join(''))(${quote(r.pick(['abc', 'api', '12']), r)})`,
    ];
  }

  bool(d) {
    const r = this.random;
    return [
      'true',
      'false',
      () => `(${this.of('any', d)} ${r.pick(COMPARE)} ${this.of('any', d)})`,
      () => `(${this.of('num', d)} ${r.pick(COMPARE)} ${this.of('num', d)})`,
      () => `(${this.of('str', d)} ${r.pick(COMPARE)} ${this.of('str', d)})`,
      () => `!${this.of('any', d)}`,
      () => `!!${this.of('any', d)}`,
      () => `Boolean(${this.of('any', d)})`,
      () => `${this.of('str', d)}.${r.pick(['includes', 'startsWith', 'endsWith'])}(${quote(r.pick(['a', 'o', '', '1', '.js']), r)}${r.chance(0.2) ? ', 1' : ''})`,
      () => `${this.of('nums', d)}.includes(${this.of('num', d)})`,
      () => `${this.of('nums', d)}.${r.pick(['some', 'every'])}(n => n ${r.pick(COMPARE)} ${this.of('num', d)})`,
      () => `(${quote(r.pick(KEYS), r)} in ${this.of('obj', d)})`,
      () => `Object.hasOwn(${this.of('obj', d)}, ${quote(r.pick(KEYS), r)})`,
      () => `${this.of('obj', d)}.hasOwnProperty(${quote(r.pick(KEYS), r)})`.replace(/^\{/, '({').replace(/\}\.has/, '}).has'),
      () => `Array.isArray(${this.of('any', d)})`,
      () => `${r.pick(REGEXES.filter(regex => !regex.endsWith('g')))}.test(${this.of('str', d)})`,
      () => `Number.${r.pick(['isInteger', 'isFinite', 'isNaN', 'isSafeInteger'])}(${this.of('any', d)})`,
      () => `${r.pick(['isNaN', 'isFinite'])}(${this.of('any', d)})`,
      () => `(${this.of('bool', d)} ${r.pick(['&&', '||', '??', '!==', '==='])} ${this.of('bool', d)})`.replace(/\?\?/, '||'),
      () => `(${this.of('nums', d)} instanceof ${r.pick(['Array', 'Object', 'Map', 'Function'])})`,
      () => `Object.is(${this.of('num', d)}, ${this.of('num', d)})`,
      () => `path.isAbsolute(${this.of('str', d)})`,
    ];
  }

  nums(d) {
    const r = this.random;
    const list = () => this.of('nums', d);
    return [
      () => `[${[1, 2, 3].map(() => this.of('num', d)).join(', ')}]`,
      () => `[...${list()}, ${this.of('num', d)}]`,
      () => `${list()}.map(${r.pick(['n => n + 1', '(n, i) => n * i', 'Number', 'Math.abs', '(n, i, all) => all.length - i', 'n => -n', 'String', 'parseInt'])})`.replace('String', 'Number'),
      () => `${list()}.filter(${r.pick(['n => n > 1', '(n, i) => i % 2', 'Boolean', 'Number.isInteger', '(n, i, all) => all.indexOf(n) === i'])})`,
      () => `${list()}.${r.pick(['slice', 'slice', 'toSpliced'])}(${r.pick(['0', '1', '-2', '1, 2', '0, -1', '2, 99'])})`,
      () => `${list()}.concat(${r.pick([list(), this.of('num', d)])})`,
      () => `[...${list()}].sort(${r.pick(['', '(a, b) => a - b', '(a, b) => b - a', '(a, b) => a > b ? 1 : -1', '(a, b) => a > b'])})`,
      () => `${list()}.${r.pick(['reverse()', 'toReversed()', 'toSorted()', 'flat()', 'slice()', 'fill(7, 1)', 'fill(0)'])}`,
      () => `${list()}.splice(${r.pick(['0, 1', '1', '-1', '0, 2, 9', '1, 0, 5'])})`,
      () => `Array.from({ length: ${r.below(4)} }, (_, i) => i ${r.pick(['+', '*'])} ${this.of('num', d)})`,
      () => `[...Array(${r.below(4)}).keys()]`,
      () => `new Array(${r.below(3) + 1}).fill(${this.of('num', d)})`,
      () => `${this.of('strs', d)}.map(s => s.length)`,
      () => `${this.of('str', d)}.split('').map(c => c.charCodeAt(0))`,
      () => `[...new Set(${list()})]`,
      () => `Array.of(${this.of('num', d)}, ${this.of('num', d)})`,
      () => `[${list()}, [${this.of('num', d)}]].flat()`,
      () => `${list()}.flatMap(n => [n, n * 2])`,
      () => `JSON.parse(JSON.stringify(${list()}.map(n => Number.isFinite(n) ? n : 0)))`,
      () => `${list()}.reduceRight((all, n) => [...all, n], [])`,
      () => `(([first, ...rest]) => rest)(${list()})`,
      () => `((...all) => all.map(n => n * 2))(...${list()})`,
      () => `Object.values({ a: ${this.of('num', d)}, b: ${this.of('num', d)} })`,
    ];
  }

  strs(d) {
    const r = this.random;
    const list = () => this.of('strs', d);
    return [
      () => `[${[1, 2].map(() => this.of('str', d)).join(', ')}]`,
      () => `[...${list()}, ${this.of('str', d)}]`,
      () => `${this.of('str', d)}.split(${r.pick(["','", "''", "'a'", "'/'", "' '", '/[,.]/', '/(,)/', '/\\s+/', "',', 2"])})`,
      () => `Object.keys(${this.of('obj', d)})`,
      () => `Object.entries(${this.of('obj', d)}).map(([k, v]) => \`\${k}=\${v}\`)`,
      () => `${list()}.map(${r.pick(['s => s.toUpperCase()', '(s, i) => s + i', 'String', 's => s.trim()', 's => `${s}!`', 's => s[0] ?? "?"'])})`,
      () => `${list()}.filter(${r.pick(['Boolean', 's => s.length > 1', "s => s !== 'a'", '(s, i) => i > 0'])})`,
      () => `${list()}.${r.pick(['sort()', 'reverse()', 'slice(0, 1)', 'concat(["z"])', 'toSorted((a, b) => b < a ? -1 : 1)'])}`,
      () => `(${this.of('str', d)}.match(${r.pick(REGEXES.filter(regex => regex.endsWith('g')))}) || [])`,
      () => `[...${this.of('str', d)}]`,
      () => `${this.of('nums', d)}.map(n => 'n' + n)`,
      () => `Array.from(${this.of('str', d)}, c => c + c)`,
      () => `[...${this.of('str', d)}.matchAll(/[a-z]/g)].map(m => m[0] + m.index)`,
    ];
  }

  obj(d) {
    const r = this.random;
    const pairs = () => r.some(KEYS.slice(0, 6)).map(key => this.pair(key, d)).join(', ');
    const object = () => this.of('obj', d);
    return [
      () => `({ ${pairs()} })`,
      () => `({ ...${object()}, ${pairs()} })`,
      () => `({ ${pairs()}, ...${object()} })`,
      () => `({ ...(${this.of('bool', d)} && { extra: ${this.of('num', d)} }), ...null, ...${this.of('str', 0)} })`,
      () => `Object.assign({}, ${object()}, { ${pairs()} })`,
      () => `Object.fromEntries(${this.of('strs', d)}.map((s, i) => [s, i]))`,
      () => `Object.fromEntries(Object.entries(${object()}).filter(([k]) => k !== 'a'))`,
      () => `${this.of('strs', d)}.reduce((all, s) => ({ ...all, [s]: s.length }), {})`,
      () => `${this.of('strs', d)}.reduce((all, s) => { (all[s[0]] ||= []).push(s); return all; }, {})`,
      () => `JSON.parse(JSON.stringify(${object()}))`,
      () => `structuredClone(${object()})`,
      () => `Object.freeze(${object()})`,
      () => `(({ a, ...rest }) => rest)(${object()})`,
      () => `({ get total() { return ${this.of('num', d)}; }, base: ${this.of('num', d)}, sum() { return this.base + 1; } })`,
      () => `(o => { o.added = ${this.of('any', d)}; delete o.a; return o; })({ ...${object()} })`,
      () => `path.parse(${this.of('str', d)})`,
      () => `Object.fromEntries(new Map([['k', ${this.of('any', d)}], [${this.of('str', 0)}, 1]]))`,
      () => `(${this.of('bool', d)} ? ${object()} : ${object()})`,
    ];
  }

  pair(key, d) {
    const r = this.random;
    const value = this.of(r.pick(['num', 'str', 'bool', 'any', 'nums']), d);
    if (r.chance(0.15)) return `[${quote(key, r)}]: ${value}`;
    return /^[a-z]+$/.test(key) ? `${key}: ${value}` : `'${key}': ${value}`;
  }

  any(d) {
    const r = this.random;
    const types = ['num', 'str', 'bool', 'nums', 'strs', 'obj'];
    return [
      ...this.leaves('any'),
      ...types.map(type => () => this.of(type, d)),
      () => `${this.of('obj', d)}?.${r.pick(PLAIN_KEYS)}`.replace(/^\{/, '({').replace(/\}\?/, '})?'),
      () => `(${r.pick(['null', 'undefined', this.of('obj', d)])})?.${r.pick(PLAIN_KEYS)}?.${r.pick(['x', 'length', '[0]', 'at?.(0)'])}`,
      () => `(${this.of('any', d)} ${r.pick(['||', '&&'])} ${this.of('any', d)})`,
      () => `(${this.of('any', d)} ?? ${this.of('any', d)})`,
      () => `[${this.of('any', d)}, ${this.of('any', d)}]`,
      () => `((a, b = ${this.of('any', d)}) => b)(1${r.chance(0.5) ? `, ${this.of('any', d)}` : ''})`,
      () => `${this.of('nums', d)}.find(n => n > ${r.below(4)})`,
      () => `(${this.of('any', d)}, ${this.of('any', d)})`,
    ];
  }
}

/** `word` as a string literal. */
export function quote(word, random) {
  return random.chance(0.85) ? `'${word}'` : `"${word.replaceAll('"', '\\"')}"`;
}
