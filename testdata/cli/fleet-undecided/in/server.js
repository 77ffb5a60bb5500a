const config = require('config');
const express = require('express');
const { report, clean } = require('./jobs');

const app = express();
app.get('/restart', () => process.exit(0));
app.listen(config.get('port'), () => process.send('ready'));

if (config.get('reports')) report();
if (process.env.NODE_APP_INSTANCE === '0' && config.get('clean')) clean();
config.util.load(() => process.on('SIGUSR2', () => {}));

async function connect() {
  try {
    await require('mongoose').connect(config.get('database'));
  } catch (error) {
    process.exit(1);
  }
}
connect().catch(() => process.exit(2));
