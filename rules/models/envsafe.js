// Variables of the environment by a schema: what is missing ends the process, the rest is read as its type.
export * from 'envsafe';

const validator =
  (read) =>
  (options = {}) => ({ ...options, read });

export const makeValidator = validator;
export const str = validator((text) => text);
export const email = str;
export const url = str;
export const num = validator((text) => Number(text));
export const port = num;
export const bool = validator((text) => ['true', 't', 'yes', 'on', '1'].includes(text));
export const json = validator((text) => JSON.parse(text));

const fallback = (spec, environment) =>
  'devDefault' in spec && environment.NODE_ENV !== 'production' ? spec.devDefault : spec.default;

export const envsafe = (specs, { env = process.env, reporter } = {}) => {
  const clean = {};
  for (const name of Object.keys(specs)) {
    const spec = specs[name];
    const given = spec.input ?? env[name];
    if (given !== undefined) clean[name] = spec.read(given);
    else if ('default' in spec || 'devDefault' in spec) clean[name] = fallback(spec, env);
    else if (reporter) reporter({ errors: { [name]: new Error(name) }, env });
    else process.exit(1);
  }
  return clean;
};
