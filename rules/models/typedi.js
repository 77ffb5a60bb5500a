// Services are made when the container is asked for them.
import { construct, inject, register, resolve } from 'pm2lint/container';
export * from 'typedi';

export const Service = () => () => {};
export const Inject = inject;

export const Container = {
  get: resolve,
  set(token, value) {
    if (token?.id) register(token.id, () => (token.type ? construct(token.type) : (token.factory?.() ?? token.value)));
    else register(token, () => value);
    return Container;
  },
};
