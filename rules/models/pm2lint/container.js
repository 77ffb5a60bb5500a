// A container that makes each class once, with what its constructor asks for.
import { isKnown, keyOf, undecided } from 'pm2lint';

const named = {};

// What is known for a token: a class or other object itself, or what stands for a string or a symbol.
const entryOf = (token) => {
  const key = keyOf(token);
  if (key) return (named[key] ??= {});
  if (!isKnown(token)) return undefined;
  if (!Object.hasOwn(token, '$entry')) token.$entry = {};
  return token.$entry;
};

export const register = (token, make) => {
  const entry = entryOf(token);
  if (entry) entry.registered = [...(entry.registered ?? []), { make }];
};

const madeBy = (registration) => {
  if (!registration.isMade) {
    registration.isMade = true;
    registration.instance = registration.make();
  }
  return registration.instance;
};

export const resolve = (token) => {
  if (!keyOf(token) && token?.$all) return resolveAll(token.$all);
  const entry = entryOf(token);
  if (!entry) return token && new token();
  const registered = (entry.registered ??= keyOf(token) ? [] : [{ make: () => construct(token) }]);
  return registered.length > 0 ? madeBy(registered[registered.length - 1]) : undecided;
};

export const resolveAll = (token) => (entryOf(token)?.registered ?? []).map(madeBy);

export const isRegistered = (token) => (entryOf(token)?.registered ?? []).length > 0;

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

export const injectAll = (token) => inject({ $all: token });

// A decorator that changes nothing here.
export const decorator = () => () => {};
