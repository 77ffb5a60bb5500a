// What bundlers put in the place of a call: the modules of files by patterns.
import { callerFolder, isKnown, undecided } from 'pm2lint';
import { filesOf } from 'pm2lint/files';
const fs = require('fs');
const path = require('path');

// `require.context(folder, recursive, pattern)` of webpack.
export const context = (bundler, folder, recursive = true, pattern = /\./) => {
  const whole = path.resolve(callerFolder(), folder);
  const files = fs.readdirSync(whole, { recursive }).map((file) => `./${file}`).filter((file) => pattern.test(file));
  const load = (file) => require(path.join(whole, file));
  return Object.assign(load, { id: whole, keys: () => files, resolve: (file) => file });
};

// `import.meta.glob(patterns, options)` of Vite.
export const glob = (bundler, patterns, { eager } = {}) => {
  const folder = callerFolder();
  const files = filesOf(patterns, { cwd: folder });
  if (!isKnown(files)) return undecided;
  const modules = {};
  for (const file of files) {
    const whole = path.resolve(folder, file);
    modules[file] = eager ? require(whole) : () => import(whole);
  }
  return modules;
};

export const globEager = (bundler, patterns) => glob(bundler, patterns, { eager: true });
