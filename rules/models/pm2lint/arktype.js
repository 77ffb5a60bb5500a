// Reads data by a type of arktype's: what is missing is told by what it gives instead of the data, or thrown.
import { type } from 'arktype';
import { isKnown, steps, undecided } from 'pm2lint';

// Of a field of arktype's: `'DEBUG?': 'string'` may miss, `PORT: 'string.integer.parse = "3000"'` too.
const readDefinition = (definition, given) => {
  if (typeof definition !== 'string') return { value: given === undefined ? given : undecided, mayMiss: true };
  const [form, fallback] = definition.split(' = ');
  const text = given ?? fallback?.replaceAll(/['"]/g, '');
  if (text === undefined) return { value: text, mayMiss: form.includes('undefined') };
  const isNumber = form.includes('string.integer.parse') || form.includes('string.numeric.parse');
  const isText = form.startsWith('string') && !form.includes('.parse');
  return { value: isNumber ? Number(text) : isText ? text : undecided, mayMiss: true };
};

const readFields = (schema, given) => {
  const definition = steps(schema)[0]?.given[0];
  if (!isKnown(definition) || typeof definition !== 'object') return { data: undecided, isComplete: true };
  const data = { ...given };
  let isComplete = true;
  for (const key of Object.keys(definition)) {
    const name = key.endsWith('?') ? key.slice(0, -1) : key;
    const { value, mayMiss } = readDefinition(definition[key], given[name]);
    data[name] = value;
    isComplete = isComplete && (mayMiss || name !== key || value !== undefined);
  }
  return { data, isComplete };
};

export const assert = (schema, given) => {
  const { data, isComplete } = readFields(schema, given);
  if (!isComplete) throw new Error('a variable is missing');
  return data;
};

export const read = (schema, given) => {
  const { data, isComplete } = readFields(schema, given);
  return isComplete ? data : new type.errors();
};
