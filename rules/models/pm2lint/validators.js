// Validators as envalid and envsafe make them, and the environment read by them.
export const validator =
  (read) =>
  (options = {}) => ({ ...options, read });

export const str = validator((text) => text);
export const num = validator((text) => Number(text));
export const bool = validator((text) => ['true', 't', 'yes', 'on', '1'].includes(text));
export const json = validator((text) => JSON.parse(text));

const fallback = (spec, environment) =>
  'devDefault' in spec && environment.NODE_ENV !== 'production' ? spec.devDefault : spec.default;

// What is missing is reported, or ends the process; the rest is read as its type into `clean`.
export const readInto = (clean, specs, environment, reporter) => {
  for (const name of Object.keys(specs)) {
    const spec = specs[name];
    const given = spec.input ?? environment[name];
    if (given !== undefined) clean[name] = spec.read(given);
    else if ('default' in spec || 'devDefault' in spec) clean[name] = fallback(spec, environment);
    else if (reporter) reporter({ errors: { [name]: new Error(name) }, env: clean });
    else process.exit(1);
  }
  return clean;
};
