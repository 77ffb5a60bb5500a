// What the libraries that find files by patterns have in common.
const { filesOf } = require('pm2lint/files');
const { undecided } = require('pm2lint');

const optionsOf = (given) => given.find((one) => typeof one === 'object') ?? {};

const findSync = (patterns, ...given) => filesOf(patterns, optionsOf(given));

const find = (patterns, ...given) => {
  const files = findSync(patterns, ...given);
  const callback = given.find((one) => typeof one === 'function');
  if (callback) setImmediate(callback, null, files);
  return Promise.resolve(files);
};

const others = {};
for (const name of ['Glob', 'hasMagic', 'stream', 'globStream', 'globbyStream', 'globIterate', 'escapePath', 'isDynamicPattern']) {
  others[name] = undecided;
}

module.exports = Object.assign(find, others, {
  async: find,
  glob: find,
  globby: find,
  promise: find,
  sync: findSync,
  globSync: findSync,
  globbySync: findSync,
});
