import type { StartOptions } from 'pm2';
interface Config { apps: StartOptions[] }
enum Mode { Fork = 'fork', Cluster = 'cluster' }
const enum Port { Api = 3000, Web }
enum Level { Low, High = 5, Higher }
type Env = Record<string, string | number>;
const env = { NODE_ENV: 'production', PORT: Port.Api } as const satisfies Env;
function app<T extends string>(name: T, port: number, mode: Mode = Mode.Cluster): StartOptions {
  return { name, script: `./${name}.js`, exec_mode: mode, env: { ...env, PORT: port as number, LEVEL: Level[Level.High]!, H: Level.Higher } } as StartOptions;
}
class Builder { private apps: StartOptions[] = []; constructor(private readonly prefix: string, public n = 1) {} add(name: string, port: number): this { this.apps.push({ ...app(name, port), name: `${this.prefix}${name}` }); return this; } build(): Config { return { apps: this.apps }; } }
const config: Config = new Builder('x-').add('api', Port.Api).add('web', Port.Web).build();
export const apps = config.apps;
