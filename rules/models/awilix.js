// What is registered under a name is made when it is asked for, from what else is registered.
import { createContainer as library } from 'awilix';
export * from 'awilix';

const registration = (make) => {
  const made = { make };
  for (const name of ['singleton', 'transient', 'scoped', 'proxy', 'classic', 'inject', 'disposer', 'setLifetime']) {
    made[name] = () => made;
  }
  return made;
};

export const asClass = (type) => registration((cradle) => new type(cradle));
export const asFunction = (make) => registration((cradle) => make(cradle));
export const asValue = (value) => registration(() => value);

export const createContainer = () => {
  const own = library();
  const cradle = { ...own.cradle };
  const container = {
    ...own,
    cradle,
    register(first, second) {
      const registrations = second ? { [first]: second } : first;
      for (const [name, { make }] of Object.entries(registrations)) {
        const made = {};
        Object.defineProperty(cradle, name, { get: () => (made.instance ??= make(cradle)) });
      }
      return container;
    },
    resolve: (name) => cradle[name],
    build: (type) => new type(cradle),
    createScope: () => container,
  };
  return container;
};
