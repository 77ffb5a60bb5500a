// Classes are made when the container is asked for them.
import { construct, inject, register, resolve } from 'pm2lint/container';
export * from 'tsyringe';

const decorator = () => () => {};
export { inject, decorator as injectable, decorator as singleton, decorator as scoped, decorator as autoInjectable };

export const container = {
  resolve,
  register(token, { useValue, useClass, useFactory, useToken }) {
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
};
