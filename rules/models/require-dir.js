// The modules of a folder by their names without extension, but the one that asks; folders below where it is asked to.
const path = require('path');
const { callerFolder } = require('pm2lint');
const { isModule, modulesOf } = require('pm2lint/files');

const requireDir = (folder = '.', options = {}) => {
  const { recurse, filter = () => true, mapKey = (key) => key, mapValue = (value) => value } = options;
  const whole = path.resolve(callerFolder(), folder);
  return modulesOf(whole, (entry, file, isFolder) => {
    if (isFolder) return recurse && entry !== 'node_modules' ? [entry, requireDir(file, options)] : undefined;
    if (!isModule(entry) || !filter(file) || whole === callerFolder() && /^index\./.test(entry)) return undefined;
    const name = path.parse(entry).name;
    return [mapKey(name, name), mapValue(require(file), name)];
  });
};

module.exports = requireDir;
