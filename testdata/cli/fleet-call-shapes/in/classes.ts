import cron from 'node-cron';

function OnlyFirst(): MethodDecorator {
  return (target, key, descriptor: any) => {
    const original = descriptor.value;
    descriptor.value = function (...given: any[]) {
      if (process.env.NODE_APP_INSTANCE !== '0') return;
      return original.apply(this, given);
    };
  };
}

class Jobs {
  static #made = 0;
  @OnlyFirst()
  start() {
    cron.schedule('1 * * * *', () => fetch('/decorated'));
  }
  #hidden() {
    cron.schedule('2 * * * *', () => fetch('/private'));
  }
  run() {
    this.#hidden();
    Jobs.#made++;
    return this;
  }
  get lazy() {
    return cron.schedule('3 * * * *', () => fetch('/getter'));
  }
  static {
    cron.schedule('4 * * * *', () => fetch('/static'));
  }
  dead() {
    cron.schedule('5 * * * *', () => fetch('/never called'));
  }
}
new Jobs().run().start();
new Jobs().lazy;

enum Mode { On = 'on', Off = 'off' }
if ((process.env.name === 'classes' ? Mode.On : Mode.Off) === Mode.On) {
  cron.schedule('6 * * * *', () => fetch('/enum'));
}

namespace Inner {
  export const go = () => cron.schedule('7 * * * *', () => fetch('/namespace'));
}
Inner.go();

abstract class Base {
  constructor(protected name: string) {
    this.begin();
  }
  abstract begin(): void;
}
class Derived extends Base {
  begin() {
    cron.schedule('8 * * * *', () => fetch('/derived'));
  }
}
new Derived('x');
