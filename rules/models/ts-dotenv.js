// Variables of the environment and of `.env`, each read as its type; a required one that is missing throws.
import { config } from 'dotenv';
import { undecided } from 'pm2lint';

const convert = (type, text) => {
  if (type === Number) return Number(text);
  if (type === Boolean) return text === 'true';
  return type === String ? text : undecided;
};

export const load = (schema) => {
  config();
  const read = {};
  for (const name of Object.keys(schema)) {
    const spec = schema[name]?.type ? schema[name] : { type: schema[name] };
    const text = process.env[name];
    if (text !== undefined) read[name] = convert(spec.type, text);
    else if ('default' in spec || spec.optional) read[name] = spec.default;
    else throw new Error(name);
  }
  return read;
};
