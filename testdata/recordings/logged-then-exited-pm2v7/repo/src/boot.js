const pino = require('pino');
const { unseal } = require('./keys');
const log = pino();

unseal()
  .then((key) => {
    const s = require('http').createServer((q, r) => r.end(key)).listen(23128);
    process.on('SIGINT', () => s.close(() => process.exit(0)));
  })
  .catch((err) => {
    log.fatal({ err }, 'vault could not be unsealed');
    process.exit(1);
  });
