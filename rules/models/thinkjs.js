// ThinkJS: the primary forks workers, each of which runs the program's `bootstrap/worker.js` and serves. PM2's own cluster
// workers serve at once. lib/application.js (thinkjs 3)
const cluster = require('cluster');
const { isThere } = require('pm2lint/files');
const http = require('http');
const path = require('path');

class Application {
  constructor({ ROOT_PATH, APP_PATH, env }) {
    const own = isThere(path.join(ROOT_PATH, 'app')) ? 'app' : 'src';
    this.folder = APP_PATH ?? path.join(ROOT_PATH, own);
    this.env = env;
  }

  // What a file of the program exports, where it is there.
  load(name) {
    const file = path.join(this.folder, name);
    return isThere(file) ? require(file) : undefined;
  }

  config() {
    return { port: 8360, ...this.load('config/config.js'), ...this.load(`config/config.${this.env}.js`) };
  }

  run() {
    if (cluster.isPrimary) {
      this.load('bootstrap/master.js');
      cluster.fork();
    } else {
      this.load('bootstrap/worker.js');
      const port = Number(process.argv[2]);
      const server = http.createServer().listen(port || this.config().port);
      if (process.env.exec_mode === 'cluster_mode') process.on('SIGINT', () => server.close(() => process.exit(0)));
    }
  }
}

module.exports = Application;
