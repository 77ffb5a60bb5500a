class App {
  static count = 0;
  #name; options = { instances: 1 };
  constructor(name) { this.#name = name; App.count += 1; this.id = App.count; }
  get name() { return this.#name; }
  set workers(n) { this.options.instances = n; }
  with(extra) { Object.assign(this.options, extra); return this; }
  toJSON() { return { name: this.name, script: `${this.#name}.js`, ...this.options, env: { ID: this.id } }; }
  static of(...names) { return names.map(n => new this(n)); }
}
class Cluster extends App { constructor(name, n) { super(name); this.workers = n; } toJSON() { return { ...super.toJSON(), exec_mode: 'cluster' }; } }
const [a, b] = App.of('a', 'b');
const c = new Cluster('c', 4).with({ max_memory_restart: '300M' });
const lazy = { get script() { return 'lazy.js'; }, name: 'lazy', get env() { return { T: typeof this.script }; } };
module.exports = { apps: [a, b, c].map(x => x.toJSON()).concat({ ...lazy }) };
