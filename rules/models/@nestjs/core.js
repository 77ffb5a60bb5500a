// Nest's container: makes the providers and controllers of the modules reached from the root, and calls their hooks.
// All modules share one space of tokens.
import { abortOnError, isKnown, keyOf, undecided } from 'pm2lint';
import { NestFactory as library } from '@nestjs/core';
export * from '@nestjs/core';

export const APP_GUARD = 'APP_GUARD';
export const APP_INTERCEPTOR = 'APP_INTERCEPTOR';

// By what guards, interceptors and middleware are called.
const SEES = ['canActivate', 'intercept', 'use'];

// Of a symbol nothing may be asked but its key.
const referred = (reference) => (!keyOf(reference) && reference?.forwardRef ? reference.forwardRef() : reference);

export class Container {
  modules = [];
  entries = [];
  named = {};
  instances = [];
  // What sees requests before their handlers do: classes, objects and functions.
  entrances = [];
  // The providers of what sees all of them, which do not take each other's place.
  globals = [];

  // A module: a class, or `{ module, imports, providers, controllers }`, or a promise of one.
  async add(reference) {
    const module = referred(await reference);
    if (!isKnown(module) || this.modules.includes(module)) return;
    this.modules.push(module);
    const type = module.module ?? module;
    for (const { imports, providers, controllers } of [type.$module ?? {}, module]) {
      for (const imported of imports ?? []) await this.add(imported);
      for (const provider of providers ?? []) this.provide(provider);
      for (const controller of controllers ?? []) this.provide(controller);
    }
    this.provide(type);
  }

  provide(provider) {
    if (!isKnown(provider)) return;
    const isGlobal = [APP_GUARD, APP_INTERCEPTOR].includes(provider.provide);
    const entry = isGlobal ? {} : this.entry(provider.provide ?? provider);
    if (isGlobal) this.globals.push(entry);
    if (!entry.provider) this.entries.push(entry);
    entry.provider = provider;
  }

  // What is known for a token: the class itself, what stands for a string or a symbol, or something that
  // only the library knows.
  entry(token) {
    const key = keyOf(token);
    if (key) return (this.named[key] ??= {});
    if (!isKnown(token)) return {};
    if (!Object.hasOwn(token, '$entry')) token.$entry = {};
    return token.$entry;
  }

  async makeAll() {
    for (const entry of this.entries) await this.instance(entry);
  }

  async resolve(reference) {
    const token = referred(reference);
    if (!isKnown(token) && !keyOf(token)) return token && new token();
    const entry = this.entry(token);
    if (keyOf(token) && !entry.provider) return undecided;
    entry.provider ??= token;
    return this.instance(entry);
  }

  async instance(entry) {
    if (!entry.isMade) {
      entry.isMade = true;
      entry.instance = await this.make(entry.provider);
      this.instances.push(entry.instance);
    }
    return entry.instance;
  }

  async make(provider) {
    if (provider.useFactory) return provider.useFactory(...(await this.resolveAll(provider.inject)));
    if (provider.useExisting) return this.resolve(provider.useExisting);
    if (provider.provide) return provider.useClass ? this.construct(provider.useClass) : provider.useValue;
    return this.construct(provider);
  }

  async resolveAll(tokens) {
    const made = [];
    for (const token of tokens ?? []) made.push(await this.resolve(keyOf(token) ? token : (token?.token ?? token)));
    return made;
  }

  async construct(type) {
    const types = Reflect.getMetadata('design:paramtypes', type) ?? [];
    const made = new type(...(await this.resolveAll(types.map((given, index) => type.$tokens?.[index] ?? given))));
    for (const [key, token] of type.prototype?.$properties ?? []) {
      made[key] = await this.resolve(token ?? Reflect.getMetadata('design:type', type.prototype, key));
    }
    this.admit(...(type.$entrances ?? []), ...(type.prototype?.$entrances ?? []));
    return made;
  }

  admit(...entrances) {
    for (const entrance of entrances) {
      if (isKnown(entrance) && !this.entrances.includes(entrance)) this.entrances.push(entrance);
    }
  }

  // What `configure` of a module is given.
  consumer() {
    const consumer = {
      apply: (...middleware) => {
        this.admit(...middleware);
        return routes;
      },
    };
    const routes = { exclude: () => routes, forRoutes: () => consumer };
    return consumer;
  }

  configure() {
    for (const module of this.modules) this.entry(module.module ?? module).instance?.configure?.(this.consumer());
  }

  // A class is made as all others are; the rest stands for itself.
  async madeEntrances() {
    const made = this.globals.map((entry) => entry.instance);
    for (const given of this.entrances) {
      made.push(SEES.some((key) => isKnown(given.prototype?.[key])) ? await this.resolve(given) : given);
    }
    return made;
  }

  // What an instance has of a library's class is the library's business.
  async call(hook) {
    for (const instance of this.instances) if (isKnown(instance) && isKnown(instance[hook])) await instance[hook]();
  }
}

const start = (create) => {
  class Application extends create {
    container = new Container();
    isInitialised = false;

    async init() {
      if (this.isInitialised) return this;
      this.isInitialised = true;
      await this.container.call('onModuleInit');
      await this.container.call('onApplicationBootstrap');
      this.container.configure();
      for (const entrance of await this.container.madeEntrances()) this.enter(entrance);
      for (const instance of this.container.instances) {
        for (const key of instance?.$handlers ?? []) super.use(instance[key].bind(instance));
      }
      return this;
    }

    enter(entrance) {
      if (typeof entrance === 'function') super.use(entrance);
      for (const key of SEES) if (isKnown(entrance?.[key])) super.use(entrance[key].bind(entrance));
    }

    useGlobalGuards(...guards) {
      this.container.admit(...guards);
      return this;
    }

    useGlobalInterceptors(...interceptors) {
      this.container.admit(...interceptors);
      return this;
    }

    async listen(...address) {
      await this.init();
      return super.listen(...address);
    }

    // The adapter makes the servers of the gateways.
    useWebSocketAdapter(adapter) {
      adapter?.createIOServer?.(0);
      return super.useWebSocketAdapter(adapter);
    }

    get(token) {
      return this.container.entry(token).instance ?? new token();
    }

    async resolve(token) {
      return this.container.resolve(token);
    }

    enableShutdownHooks(signals) {
      super.enableShutdownHooks(signals, () => this.destroy());
      return this;
    }

    async close() {
      await this.destroy();
      return super.close();
    }

    async destroy() {
      await this.container.call('onModuleDestroy');
      await this.container.call('beforeApplicationShutdown');
      await this.container.call('onApplicationShutdown');
    }
  }

  return async (root, ...options) => {
    const app = new Application(root, ...options);
    app.container.provide({ provide: Container, useValue: app.container });
    // Nest ends the process when this fails, unless told otherwise.
    await abortOnError(app.container.add(root));
    await abortOnError(app.container.makeAll());
    return app;
  };
};

export const NestFactory = {
  create: start(library.create),
  createMicroservice: start(library.createMicroservice),
  async createApplicationContext(...root) {
    return (await start(library.createApplicationContext)(...root)).init();
  },
};
