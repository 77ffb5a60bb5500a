let secrets; try { secrets = require('./no-such-file.json'); } catch (e) { secrets = { fallback: e.code === 'MODULE_NOT_FOUND' }; }
let parsed; try { parsed = JSON.parse('{bad'); } catch ({ name, message }) { parsed = name; }
let read; try { read = require('fs').readFileSync(__dirname + '/no-such', 'utf8'); } catch (err) { read = err.code; }
const deep = () => { try { return 'try'; } finally { parsed += '!'; } };
class ConfigError extends Error { constructor(m) { super(m); this.name = 'ConfigError'; } } let custom; try { throw new ConfigError('x'); } catch (e) { custom = e instanceof ConfigError ? e.name + e.message : ''; }
module.exports = { apps: [{ name: deep(), script: 'a.js', env: { P: parsed, R: read, C: custom } }] };
