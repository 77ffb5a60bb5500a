const o = { b: 1, 2: 'two', a: 2, 1: 'one', ['c' + 1]: 3, get g() { return this.a * 2; }, set g(v) { this.a = v; }, m() { return super.toString !== undefined; }, async am() {}, 'quoted-key': 1, 0.5: 'half' };
o.g = 10; const { b, ...rest } = o; const copy = Object.assign(Object.create({ inherited: 1 }), rest);
Object.defineProperty(o, 'hidden', { value: 1, enumerable: false }); delete o[1];
const has = ['b' in o, 'hidden' in o, o.hasOwnProperty('toString'), Object.hasOwn(o, 'a')];
const keys = []; for (const k in copy) keys.push(k);
const grouped = [['a', 1], ['b', 2], ['a', 3]].reduce((m, [k, v]) => { (m[k] ||= []).push(v); return m; }, {});
const frozen = Object.freeze({ x: 1 }); try { 'use strict'; frozen.x = 2; } catch {}
const swap = ([x, y]) => [y, x]; let [p, q] = swap([1, 2]); [p, q] = [q, p];
const arr = [5, 3, 9]; const sorted = [...arr].sort((a, b) => a - b); arr.splice(1, 1, 'x', 'y'); const found = arr.findIndex(v => v === 'y');
class A { static #c = 0; static inc() { return ++A.#c; } static { A.inc(); } } A.inc();
var fnExpr = function named(n) { return n ? n * named(n - 1) : 1; };
module.exports = { apps: [{ name: 'o', script: 'o.js', env: { ...o, HAS: has.join(), KEYS: keys.join(), G: JSON.stringify(grouped), X: frozen.x, P: p, Q: q, S: sorted, ARR: arr, F: found, INC: A.inc(), FACT: fnExpr(5), ENTR: JSON.stringify(Object.entries(o)), LEN: (function (a, b = 1, ...c) {}).length, COND: o.x?.y?.z === undefined, COMMA: (1, 2), VOID: void 0 === undefined, NEW: new (class { constructor() { this.v = 7; } })().v } }] };
