// Folders and files in their order, each module that is a function called with what they are loaded into.
const path = require('path');
const { isModule, isThere, modulesOf } = require('pm2lint/files');
const fs = require('fs');

const filesIn = (entry) => {
  if (!isThere(entry)) return [`${entry}.js`];
  if (!fs.statSync(entry).isDirectory()) return [entry];
  const files = [];
  modulesOf(entry, (name, file, isFolder) => {
    if (isFolder) files.push(...filesIn(file));
    else if (isModule(name)) files.push(file);
  });
  return files;
};

const consign = ({ cwd = process.cwd() } = {}) => {
  const [entries, excluded] = [[], []];
  const all = (some) => some.flatMap((entry) => filesIn(path.resolve(cwd, entry)));
  const loader = {
    include: (entry) => {
      entries.push(entry);
      return loader;
    },
    exclude: (entry) => {
      excluded.push(entry);
      return loader;
    },
    into: (...given) => {
      const left = all(excluded);
      for (const file of all(entries).filter((file) => !left.includes(file))) {
        const module = require(file);
        if (typeof module === 'function') module(...given);
      }
      return loader;
    },
  };
  loader.then = loader.include;
  return loader;
};

module.exports = consign;
