import path = require('path');
import { readFileSync } from 'fs';
import type * as pm2 from 'pm2';
namespace Names { export const api = 'api'; export namespace Deep { export const web = `${api}-web`; } }
abstract class Base<T> { protected abstract readonly kind: T; constructor(readonly name: string) {} make() { return { name: this.name, script: this.script(), kind: this.kind }; } protected script(): string { return `${this.name}.js`; } }
class Api extends Base<'api'> { protected kind = 'api' as const; override script() { return super.script().replace('.js', '.cjs'); } }
function over(x: string): string; function over(x: number): number; function over(x: any) { return x; }
let n!: number; n = <number>(5 as unknown); declare const GLOBAL: string;
const tuple: readonly [string, ...number[]] = ['x', 1, 2]; const dict: { [k: string]: number } = { a: 1 };
type K = keyof typeof dict; const key: K = 'a'; const opt: { a?: { b: string } } = {};
export default { apps: [new Api(Names.api).make(), { name: Names.Deep.web, script: path.join('dist', over('x')), instances: over(2), env: { N: n!, T: tuple.length, D: dict[key], O: opt.a?.b ?? 'none', V: JSON.parse(readFileSync('./v.json', 'utf8')).v as string } } satisfies pm2.StartOptions] };
