// A schema of settings: each has a default, and an environment variable that overrides it.
const { isKnown } = require('pm2lint');
const library = require('convict');

const NUMBERS = ['int', 'integer', 'nat', 'port', 'number'];

const typed = (spec, text) => {
  if (NUMBERS.includes(spec.format) || typeof spec.default === 'number') return Number(text);
  if (spec.format === 'Boolean' || spec.format === Boolean || typeof spec.default === 'boolean') return text === 'true';
  return text;
};

const values = (schema) => {
  const made = {};
  for (const key of Object.keys(schema)) {
    const spec = schema[key];
    if (typeof spec !== 'object' || spec === null) made[key] = spec;
    else if (!('default' in spec)) made[key] = values(spec);
    else if (spec.env && process.env[spec.env] !== undefined) made[key] = typed(spec, process.env[spec.env]);
    else made[key] = spec.default;
  }
  return made;
};

class Config {
  constructor(schema) {
    this.schema = schema;
    this.values = isKnown(schema) ? values(schema) : undefined;
    this.files = undefined;
  }

  get(path) {
    if (path === undefined) return this.values;
    const value = path.split('.').reduce((found, key) => found?.[key], this.values);
    // A file that was loaded may say otherwise.
    return this.files ? (this.files.get(path) ?? value) : value;
  }

  getProperties() {
    return this.values;
  }

  has(path) {
    return this.get(path) !== undefined;
  }

  loadFile(file) {
    this.files = library(this.schema).loadFile(file);
    return this;
  }

  load(loaded) {
    this.files = library(this.schema).load(loaded);
    return this;
  }

  validate() {
    return this;
  }
}

const convict = (schema) => new Config(schema);
convict.addFormat = () => {};
convict.addFormats = () => {};
convict.addParser = () => {};

module.exports = convict;
