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

export const CronExpression = {
  EVERY_SECOND: '* * * * * *',
  EVERY_MINUTE: '*/1 * * * *',
  EVERY_HOUR: '0 0-23/1 * * *',
  EVERY_DAY_AT_MIDNIGHT: '0 0 * * *',
  EVERY_WEEK: '0 0 * * 0',
  EVERY_WEEKDAY: '0 0 * * 1-5',
  EVERY_WEEKEND: '0 0 * * 6,0',
  EVERY_1ST_DAY_OF_MONTH_AT_MIDNIGHT: '0 0 1 * *',
  EVERY_1ST_DAY_OF_MONTH_AT_NOON: '0 12 1 * *',
  EVERY_2ND_HOUR: '0 */2 * * *',
  EVERY_2ND_HOUR_FROM_1AM_THROUGH_11PM: '0 1-23/2 * * *',
  EVERY_2ND_MONTH: '0 0 1 */2 *',
  EVERY_QUARTER: '0 0 1 */3 *',
  EVERY_6_MONTHS: '0 0 1 */6 *',
  EVERY_YEAR: '0 0 1 1 *',
  EVERY_30_MINUTES_BETWEEN_9AM_AND_5PM: '0 */30 9-17 * * *',
  EVERY_30_MINUTES_BETWEEN_9AM_AND_6PM: '0 */30 9-18 * * *',
  EVERY_30_MINUTES_BETWEEN_10AM_AND_7PM: '0 */30 10-19 * * *',
  MONDAY_TO_FRIDAY_AT_09_30AM: '0 30 09 * * 1-5',
  MONDAY_TO_FRIDAY_AT_11_30AM: '0 30 11 * * 1-5',
};
for (const seconds of [5, 10, 30]) CronExpression[`EVERY_${seconds}_SECONDS`] = `*/${seconds} * * * * *`;
for (const minutes of [5, 10, 15, 30]) CronExpression[`EVERY_${minutes}_MINUTES`] = `0 */${minutes} * * * *`;
for (const hours of [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) CronExpression[`EVERY_${hours}_HOURS`] = `0 0-23/${hours} * * *`;
for (let hour = 1; hour < 24; hour++) {
  const name = hour < 12 ? `${hour}AM` : `${hour === 12 ? 12 : hour - 12}PM`;
  const text = `${hour}`.padStart(2, '0');
  CronExpression[`EVERY_DAY_AT_${hour === 12 ? 'NOON' : name}`] = `0 ${text} * * *`;
  CronExpression[`MONDAY_TO_FRIDAY_AT_${name}`] = `0 0 ${text} * * 1-5`;
}

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
