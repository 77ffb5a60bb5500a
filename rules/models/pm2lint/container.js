// A container that makes each class once, with what its constructor asks for.
import { isKnown } from 'pm2lint';

const named = {};

// What is known for a token: a class or other object itself, or a string.
const entryOf = (token) => {
  if (typeof token === 'string') return (named[token] ??= {});
  if (!Object.hasOwn(token, '$entry')) token.$entry = {};
  return token.$entry;
};

export const register = (token, make) => {
  if (isKnown(token)) entryOf(token).make = make;
};

export const resolve = (token) => {
  if (!isKnown(token)) return token && new token();
  const entry = entryOf(token);
  if (!entry.isMade) {
    entry.isMade = true;
    entry.instance = entry.make ? entry.make() : construct(token);
  }
  return entry.instance;
};

export const construct = (type) => {
  const types = Reflect.getMetadata('design:paramtypes', type) ?? [];
  const made = new type(...types.map((given, index) => resolve(type.$tokens?.[index] ?? given)));
  for (const [key, token] of type.prototype?.$properties ?? []) {
    made[key] = resolve(token ?? Reflect.getMetadata('design:type', type.prototype, key));
  }
  return made;
};

export const inject = (token) => (target, key, index) => {
  if (index === undefined) target.$properties = [...(target.$properties ?? []), [key, token]];
  else target.$tokens = { ...target.$tokens, [index]: token };
};
