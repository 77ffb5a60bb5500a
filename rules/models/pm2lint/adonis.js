// AdonisJS since 6: `bin/server.ts` handles the signals, by the application that `tap` gives it.
import { Application as library } from '@adonisjs/core/app';

class Application extends library {
  constructor(isManaged) {
    super();
    this.managedByPm2 = isManaged;
  }

  listen(signal, handler) {
    process.on(signal, handler);
    return this;
  }

  listenOnce(signal, handler) {
    process.once(signal, handler);
    return this;
  }

  listenIf(condition, signal, handler) {
    return condition ? this.listen(signal, handler) : this;
  }

  listenOnceIf(condition, signal, handler) {
    return condition ? this.listenOnce(signal, handler) : this;
  }
}

// `Ignitor`, whose application takes itself for run by PM2 where the variable is set.
export const ignitor = (base, variable) =>
  class extends base {
    tap(callback) {
      callback(new Application(Boolean(process.env[variable])));
      return this;
    }
  };
