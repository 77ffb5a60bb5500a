// Schemas that check and convert, as far as they are used on the environment.
const type = (convert) => {
  const schema = {};
  const same = () => schema;
  for (const name of ['required', 'optional', 'valid', 'allow', 'min', 'max', 'integer', 'positive', 'port', 'uri', 'email', 'trim', 'description', 'insensitive', 'hostname', 'length', 'pattern', 'empty', 'when', 'label', 'messages']) {
    schema[name] = same;
  }
  schema.default = (fallback) => Object.assign(schema, { fallback });
  schema.convert = (given) => (given === undefined ? schema.fallback : convert(given));
  return schema;
};

const keysOf = (keys, given) => {
  const value = { ...given };
  for (const [key, schema] of Object.entries(keys)) value[key] = schema.convert(given?.[key]);
  return value;
};

exports.any = () => type((given) => given);
exports.string = exports.any;
exports.array = exports.any;
exports.number = () => type(Number);
exports.boolean = () => type((given) => given === true || given === 'true');
exports.bool = exports.boolean;

exports.object = (keys = {}) => {
  const schema = type((given) => keysOf(schema.fields, given));
  schema.fields = { ...keys };
  schema.keys = (more) => Object.assign(schema.fields, more) && schema;
  schema.append = schema.keys;
  schema.unknown = () => schema;
  schema.options = schema.unknown;
  schema.prefs = schema.unknown;
  schema.validate = (given) => ({ value: schema.convert(given), error: undefined });
  schema.validateAsync = async (given) => schema.convert(given);
  return schema;
};

exports.attempt = (given, schema) => schema.convert(given);
