// Services are made when the container is asked for them.
import { construct, decorator, inject, injectAll, isRegistered, register, resolve, resolveAll } from 'pm2lint/container';
export * from 'typedi';

export const Service = decorator;
export { inject as Inject, injectAll as InjectMany };

export const Container = {
  get: resolve,
  getMany: resolveAll,
  has: isRegistered,
  set(token, value) {
    if (token?.id) register(token.id, () => (token.type ? construct(token.type) : (token.factory?.() ?? token.value)));
    else register(token, () => value);
    return Container;
  },
  of: () => Container,
  import: () => Container,
  remove: () => Container,
  reset: () => Container,
};
export default Container;
