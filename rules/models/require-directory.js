// The modules of a folder and those below, but the one that asks.
const path = require('path');
const { callerFolder } = require('pm2lint');
const { isModule, modulesOf } = require('pm2lint/files');

const requireDirectory = (asking, folder = '.', options = {}) => {
  const { include, exclude, recurse = true, rename = (name) => name, visit = (module) => module } = options;
  const matches = (test, file, name) => (typeof test === 'function' ? test(file, name) : test.test(file));
  const whole = path.resolve(callerFolder(), folder);
  return modulesOf(whole, (entry, file, isFolder) => {
    if (isFolder) return recurse ? [rename(entry, file, entry), requireDirectory(asking, file, options)] : undefined;
    if (!isModule(entry) || (whole === callerFolder() && /^index\./.test(entry))) return undefined;
    if ((include && !matches(include, file, entry)) || (exclude && matches(exclude, file, entry))) return undefined;
    const module = require(file);
    return [rename(path.parse(entry).name, file, entry), visit(module, file, entry) ?? module];
  });
};

module.exports = requireDirectory;
