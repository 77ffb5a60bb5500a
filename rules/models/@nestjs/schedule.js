// Decorators note a job; the module starts the jobs of every instance when the application has started.
import { isKnown } from 'pm2lint';
import { Container } from '@nestjs/core';
import { Cron as cron, Interval as interval, Timeout as timeout } from '@nestjs/schedule';
export * from '@nestjs/schedule';

const job =
  (decorator) =>
  (...options) =>
  (target, key) => {
    target.$jobs = [...(target.$jobs ?? []), { key, start: decorator(...options) }];
  };

export const Cron = job(cron);
export const Interval = job(interval);
export const Timeout = job(timeout);

class Jobs {
  constructor(container) {
    this.container = container;
  }

  onApplicationBootstrap() {
    for (const instance of this.container.instances) {
      if (!isKnown(instance)) continue;
      for (const { key, start } of instance.$jobs ?? []) start(instance, key, { value: instance[key].bind(instance) });
    }
  }
}
Jobs.$tokens = { 0: Container };

export class ScheduleModule {
  static forRoot() {
    return { module: ScheduleModule, providers: [Jobs] };
  }

  static forRootAsync() {
    return ScheduleModule.forRoot();
  }
}
