// What is bound to a token is made when the container is asked for it.
import { construct, decorator, inject, injectAll, isRegistered, register, resolve, resolveAll } from 'pm2lint/container';
export * from 'inversify';

export { inject, injectAll as multiInject, decorator as injectable, decorator as named, decorator as tagged };
export { decorator as optional, decorator as unmanaged, decorator as targetName };

// What follows a binding: the scope, conditions, what is done once it is made.
const settings = (made) => {
  const chain = {};
  const names = ['inSingletonScope', 'inTransientScope', 'inRequestScope', 'when', 'whenTargetNamed', 'whenNamed', 'whenDefault'];
  for (const name of names) chain[name] = () => chain;
  chain.onActivation = (run) => {
    made.activate = run;
    return chain;
  };
  chain.onDeactivation = () => chain;
  return chain;
};

export class Container {
  bind(token) {
    const by = (make) => {
      const made = { activate: (context, instance) => instance };
      register(token, () => made.activate({ container: this }, make()));
      return settings(made);
    };
    const context = { container: this, get: resolve };
    return {
      to: (type) => by(() => construct(type)),
      toSelf: () => by(() => construct(token)),
      toConstantValue: (value) => by(() => value),
      toDynamicValue: (make) => by(() => make(context)),
      toService: (other) => by(() => resolve(other)),
      toResolvedValue: (make, tokens) => by(() => make(...(tokens ?? []).map(resolve))),
      toConstructor: (type) => by(() => type),
      toFunction: (run) => by(() => run),
      toFactory: (make) => by(() => make(context)),
      toProvider: (make) => by(() => make(context)),
      toAutoFactory: (other) => by(() => () => resolve(other)),
    };
  }
  rebind(token) {
    return this.bind(token);
  }
  get(token) {
    return resolve(token);
  }
  async getAsync(token) {
    return resolve(token);
  }
  getAll(token) {
    return resolveAll(token);
  }
  async getAllAsync(token) {
    return resolveAll(token);
  }
  getNamed(token) {
    return resolve(token);
  }
  getTagged(token) {
    return resolve(token);
  }
  resolve(type) {
    return construct(type);
  }
  load(...modules) {
    // Since version 7 a module is given an object of functions, before that the functions.
    const bind = Object.assign((token) => this.bind(token), { onActivation() {}, onDeactivation() {} });
    Object.assign(bind, { bind, rebind: bind, unbind: this.unbind, isBound: isRegistered });
    for (const { registry } of modules) registry(bind, this.unbind, isRegistered, bind);
  }
  async loadAsync(...modules) {
    this.load(...modules);
  }
  isBound(token) {
    return isRegistered(token);
  }
  createChild() {
    return this;
  }
  unbind() {}
  unbindAll() {}
  unload() {}
  applyMiddleware() {}
  onActivation() {}
  snapshot() {}
  restore() {}
}

export class ContainerModule {
  constructor(registry) {
    this.registry = registry;
  }
}
export { ContainerModule as AsyncContainerModule };
