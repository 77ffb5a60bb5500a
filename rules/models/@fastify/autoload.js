// Registers every module of a folder and those below.
const { isModule, modulesOf } = require('pm2lint/files');

const register = async (app, { dir, options, ignorePattern, ignoreFilter, matchFilter, maxDepth = Infinity }) => {
  modulesOf(dir, async (name, file, isFolder) => {
    const isLeftOut = name === 'node_modules' || ignorePattern?.test(name);
    if (isFolder && !isLeftOut && maxDepth > 0) {
      await register(app, { dir: file, options, ignorePattern, ignoreFilter, matchFilter, maxDepth: maxDepth - 1 });
    }
    if (isFolder || isLeftOut || !isModule(name)) return;
    const module = await import(file);
    if (typeof (module.default ?? module) === 'function') app.register(module.default ?? module, { ...options });
  });
};

module.exports = Object.assign(register, { default: register, autoload: register, fastifyAutoload: register });
