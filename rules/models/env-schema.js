// The environment by a JSON schema, converted to its types; a required variable that is missing throws.
const { config } = require('dotenv');
const { isKnown, undecided } = require('pm2lint');

const convert = (type, text) => {
  if (['number', 'integer'].includes(type)) return Number(text);
  if (type === 'boolean') return text === 'true';
  return type === 'string' ? text : undecided;
};

const envSchema = ({ schema, data, env = true, dotenv }) => {
  if (!isKnown(schema) || !isKnown(schema.properties)) return undecided;
  if (dotenv) config();
  const given = (name) => data?.[name] ?? (env ? process.env[name] : undefined);
  const read = {};
  for (const name of Object.keys(schema.properties)) {
    const { type, default: fallback } = schema.properties[name];
    const text = given(name);
    read[name] = text === undefined ? (fallback ?? text) : convert(type, text);
    if (read[name] === undefined && schema.required?.includes(name)) throw new Error(name);
  }
  return read;
};

module.exports = Object.assign(envSchema, { envSchema });
