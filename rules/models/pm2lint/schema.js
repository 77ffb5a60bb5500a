// Reads data by a schema of zod's, joi's, yup's, valibot's or superstruct's, which until then is a value of its library: `steps`
// tells how it was made.
import { isKnown, steps, undecided } from 'pm2lint';

const TEXTS = ['string', 'enum', 'nativeEnum', 'literal', 'url', 'email', 'uuid', 'valid'];
const YES = ['true', '1', 'yes', 'on', 'y', 'enabled'];

const last = (names) => names[names.length - 1];

// In zod every field must be there that does not say otherwise, and a text is converted only where it is coerced.
const zod = {
  mayMiss: (names) =>
    names.includes('coerce')
      ? last(names) !== 'number'
      : !TEXTS.includes(last(names)) && !['number', 'boolean', 'stringbool'].includes(last(names)),
  convert: (names, text) => {
    if (names.includes('coerce') && last(names) === 'number') return Number(text);
    if (names.includes('coerce') && last(names) === 'boolean') return Boolean(text);
    if (last(names) === 'stringbool') return YES.includes(text.toLowerCase());
    return TEXTS.includes(last(names)) ? text : undecided;
  },
};

// In joi and yup a field may miss unless it is required, and a text is converted.
const converting = {
  mayMiss: () => true,
  convert: (names, text) => {
    if (last(names) === 'number') return Number(text);
    if (['boolean', 'bool'].includes(last(names))) return text.toLowerCase() === 'true';
    return TEXTS.includes(last(names)) ? text : undecided;
  },
};

// Of a field: what it becomes where `text` is given, and whether it may miss.
const readField = (library, schema, text) => {
  const [first, ...others] = steps(schema);
  if (!first) return { value: undecided, mayMiss: true };
  const names = first.name.split('.');
  let value = text === undefined ? undefined : library.convert(names, text);
  let mayMiss = library.mayMiss(names);
  for (const { name, given } of others) {
    if (['optional', 'nullish', 'exactOptional', 'notRequired', 'or', 'pipe', 'when', 'alter'].includes(name)) mayMiss = true;
    if (['required', 'exist', 'defined'].includes(name)) mayMiss = false;
    if (['default', 'prefault', 'catch'].includes(name)) {
      mayMiss = true;
      value = value ?? (typeof given[0] === 'function' ? given[0]() : given[0]);
    }
    if (name === 'transform') value = value === undefined ? undefined : given[0](value);
  }
  return { value, mayMiss };
};

// The fields of an object's schema; `undefined` where not all of them are known.
const fieldsOf = (schema) => {
  let fields = {};
  for (const { name, given } of steps(schema)) {
    if (['object', 'strictObject', 'looseObject', 'keys', 'shape', 'append', 'extend', 'safeExtend', 'augment', 'merge', 'concat'].includes(last(name.split('.')))) {
      const more = isKnown(given[0]) ? given[0] : fieldsOf(given[0]);
      fields = fields && more && { ...fields, ...more };
    }
  }
  return fields;
};

const readFields = (library, fields, given) => {
  const data = { ...given };
  let isComplete = true;
  for (const name of Object.keys(fields)) {
    const { value, mayMiss } = readField(library, fields[name], given[name]);
    data[name] = value;
    isComplete = isComplete && (mayMiss || given[name] !== undefined);
  }
  return { data, isComplete };
};

const read = (library, schema, given) => {
  const fields = fieldsOf(schema);
  return fields ? readFields(library, fields, given) : { data: undecided, isComplete: true };
};

const insist = ({ data, isComplete }) => {
  if (!isComplete) throw new Error('a variable is missing');
  return data;
};

// zod's fields, of which every text is converted.
const coercing = { ...zod, convert: converting.convert };

export const convertFields = (fields, given) => insist(readFields(coercing, fields, given));
export const parseFields = (fields, given) => insist(readFields(zod, fields, given));
export const zodParse = (schema, given) => insist(read(zod, schema, given));
export const zodParseAsync = async (schema, given) => zodParse(schema, given);
export const zodSafeParse = (schema, given) => {
  const { data, isComplete } = read(zod, schema, given);
  return { success: isComplete, data, error: undecided };
};

export const joiValidate = (schema, given) => {
  const { data, isComplete } = read(converting, schema, given);
  return { value: data, error: isComplete ? undefined : new Error('a variable is missing') };
};
export const joiValidateAsync = async (schema, given) => insist(read(converting, schema, given));
export const joiAttempt = (_, given, schema) => insist(read(converting, schema, given));

export const yupValidateSync = (schema, given) => insist(read(converting, schema, given));
export const yupValidate = async (schema, given) => yupValidateSync(schema, given);

// Of a field of valibot's, in which calls stand within calls: `v.optional(v.pipe(v.string(), v.transform(Number)), '3000')`.
const readNested = (schema, text) => {
  const [made] = steps(schema);
  if (!made) return { value: undecided, mayMiss: true };
  const name = last(made.name.split('.'));
  const [inner, ...others] = made.given;
  if (['optional', 'nullish', 'nullable', 'exactOptional', 'fallback', 'defaulted'].includes(name)) {
    const fallback = typeof others[0] === 'function' ? others[0]() : others[0];
    return { ...readNested(inner, text ?? fallback), mayMiss: true };
  }
  if (name === 'pipe') {
    const { value, mayMiss } = readNested(inner, text);
    return { value: value === undefined ? undefined : others.reduce(changed, value), mayMiss };
  }
  if (name === 'coerce') return { value: text === undefined ? undefined : others[1](text), mayMiss: false };
  const isText = ['string', 'nonempty', 'pattern', 'size', 'picklist', 'enum', 'enums', 'literal'].includes(name);
  return { value: isText || text === undefined ? text : undecided, mayMiss: !isText };
};

const changed = (value, action) => {
  const [made] = steps(action);
  const name = made && last(made.name.split('.'));
  if (name === 'transform') return made.given[0](value);
  return name === 'toNumber' ? Number(value) : value;
};

export const valibotParse = (_, schema, given) => {
  const fields = steps(schema)[0]?.given[0];
  return isKnown(fields) ? insist(readEach(fields, (field, name) => readNested(field, given[name]))) : undecided;
};

const readEach = (fields, read) => {
  const data = {};
  let isComplete = true;
  for (const name of Object.keys(fields)) {
    const { value, mayMiss } = read(fields[name], name);
    data[name] = value;
    isComplete = isComplete && (mayMiss || value !== undefined);
  }
  return { data, isComplete };
};

export const superstructCreate = (_, given, schema) => valibotParse(_, schema, given);
