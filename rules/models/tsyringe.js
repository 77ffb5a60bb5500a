// Classes are made when the container is asked for them.
import { construct, decorator, inject, injectAll, isRegistered, register, resolve, resolveAll } from 'pm2lint/container';
export * from 'tsyringe';

export { inject, injectAll, decorator as injectable, decorator as scoped, decorator as autoInjectable };

// The class is its own token, or those that are given are.
export const singleton = (token) => (type) => {
  if (token) register(token, () => resolve(type));
};
export const registry = (registrations) => () => {
  for (const { token, ...provider } of registrations ?? []) container.register(token, provider);
};

export const container = {
  resolve,
  resolveAll,
  isRegistered,
  register(token, provider) {
    const { useValue, useClass, useFactory, useToken } = typeof provider === 'function' ? { useClass: provider } : provider;
    register(token, () => useFactory?.(container) ?? (useToken ? resolve(useToken) : useClass && construct(useClass)) ?? useValue);
    return container;
  },
  registerInstance(token, value) {
    register(token, () => value);
    return container;
  },
  registerSingleton(token, type) {
    register(token, () => construct(type ?? token));
    return container;
  },
  registerType(token, type) {
    register(token, () => resolve(type));
    return container;
  },
  createChildContainer: () => container,
  beforeResolution() {},
  afterResolution() {},
  clearInstances() {},
  reset() {},
  async dispose() {},
};
export { container as instance };
