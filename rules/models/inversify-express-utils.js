// An application of Express, with routes of controllers.
import express from 'express';
import { decorator } from 'pm2lint/container';
export * from 'inversify-express-utils';

export { decorator as controller, decorator as httpMethod, decorator as all };
export { decorator as httpGet, decorator as httpPost, decorator as httpPut, decorator as httpPatch, decorator as httpDelete };

export class InversifyExpressServer {
  constructor(container, router, routing, app) {
    this.app = app ?? express();
    this.before = [];
    this.after = [];
  }
  setConfig(configure) {
    this.before.push(configure);
    return this;
  }
  setErrorConfig(configure) {
    this.after.push(configure);
    return this;
  }
  build() {
    for (const configure of [...this.before, ...this.after]) configure(this.app);
    return this.app;
  }
}
