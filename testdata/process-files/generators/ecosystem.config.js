function* numbers(first) {
  let number = first;
  while (true) yield number++;
}

function* services() {
  yield 'api';
  yield* ['mailer', 'importer'];
  for (const name of ['search', 'never']) {
    if (name === 'never') return;
    yield name;
  }
}

class Hosts {
  constructor(domain) {
    this.domain = domain;
  }
  *all() {
    for (const host of ['a', 'b']) yield `${host}.${this.domain}`;
  }
}

// The body begins only when the first value is asked for.
const added = [];
const late = (function* () {
  yield* added;
})();
added.push('late');

const stopped = services();
for (const name of stopped) {
  if (name === 'mailer') break;
}

const ports = numbers(3000);
const [first, second] = numbers(1);
module.exports = {
  apps: [...services()].map((name) => ({ name, script: `services/${name}.js`, env: { PORT: ports.next().value } })),
  hosts: Array.from(new Hosts('example.org').all()),
  late: [...late],
  left: [...stopped],
  pair: [first, second],
  ended: (function* () {})().next().done,
  entries: Object.fromEntries((function* () {
    for (const name of services()) yield [name, name.length];
  })()),
};
