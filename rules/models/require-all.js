// The modules of a folder, and of those below, by the names that a filter gives them.
const { modulesOf } = require('pm2lint/files');

const requireAll = (options) => {
  const given = typeof options === 'string' ? { dirname: options } : options;
  const { dirname, filter = /^([^.].*)\.js(on)?$/, excludeDirs = /^\./, recursive = true } = given;
  const { map = (name) => name, resolve = (module) => module } = given;
  const nameOf = (file) => {
    if (typeof filter === 'function') return filter(file);
    const match = file.match(filter);
    return match && (match[1] ?? match[0]);
  };
  return modulesOf(dirname, (entry, file, isFolder) => {
    if (isFolder) {
      const isLeftOut = !recursive || (excludeDirs && excludeDirs.test(entry));
      return isLeftOut ? undefined : [map(entry, file), requireAll({ ...given, dirname: file })];
    }
    const name = nameOf(entry);
    return name ? [map(name, file), resolve(require(file))] : undefined;
  });
};

module.exports = requireAll;
