const cron = require('node-cron');
const { asClass, asValue, createContainer } = require('awilix');

class Job {
  constructor({ pattern }) {
    this.pattern = pattern;
  }
  start() {
    cron.schedule(this.pattern, () => fetch('/container'));
  }
}

const container = createContainer();
container.register({ job: asClass(Job).singleton(), pattern: asValue('1 * * * *') });
container.resolve('job').start();
