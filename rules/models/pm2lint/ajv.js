// Validates data by a JSON schema, as ajv does.
import { isKnown, steps, undecided } from 'pm2lint';

// Whether data has what a JSON schema requires; `useDefaults` fills in the rest.
const isValid = (options, schema, data) => {
  if (!isKnown(schema)) return undecided;
  if (options?.useDefaults) {
    for (const name of Object.keys(schema.properties ?? {})) {
      const { default: fallback } = schema.properties[name];
      if (fallback !== undefined) data[name] ??= fallback;
    }
  }
  return (schema.required ?? []).every((name) => data[name] !== undefined);
};

export const validate = (library, schema, data) => isValid(steps(library)[0]?.given[0], schema, data);
export const compiled = (compiledSchema, data) => {
  const made = steps(compiledSchema);
  return isValid(made[0]?.given[0], made[made.length - 1]?.given[0], data);
};
