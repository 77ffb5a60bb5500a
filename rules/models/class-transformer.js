// Instances made of plain data: `$types` and `$transforms` on a prototype say what becomes of a property.
import { isKnown, undecided } from 'pm2lint';
export * from 'class-transformer';

const note = (list) => (read) => (target, key) => {
  target[list] = { ...target[list], [key]: read };
};

export const Type = note('$types');
export const Transform = note('$transforms');

const convert = (type, value) => {
  if (type === Number) return Number(value);
  if (type === Boolean) return Boolean(value);
  return value;
};

const typeOf = (prototype, key, isImplicit) => {
  const given = prototype.$types?.[key];
  if (given) return given();
  return isImplicit ? Reflect.getMetadata('design:type', prototype, key) : undefined;
};

export const plainToInstance = (type, plain, options) => {
  if (!isKnown(type) || !isKnown(plain)) return undecided;
  return Array.isArray(plain) ? plain.map((one) => instanceOf(type, one, options)) : instanceOf(type, plain, options);
};

const instanceOf = (type, plain, options) => {
  if (typeof plain !== 'object' || plain === null) return plain;
  const { prototype } = type;
  const made = new type();
  const instance = Object.assign(new type(), plain);
  const keys = { ...prototype.$checks, ...prototype.$types, ...prototype.$transforms };
  for (const key of Object.keys(keys)) {
    const typeOfKey = typeOf(prototype, key, options?.enableImplicitConversion);
    instance[key] = plain[key] === undefined ? made[key] : convert(typeOfKey, plain[key]);
    const transform = prototype.$transforms?.[key];
    if (transform) instance[key] = transform({ value: instance[key], key, obj: plain, options });
  }
  return instance;
};

export { plainToInstance as plainToClass };
