const http = require('http');
const port = process.env.PORT || 8080;
const server = http.createServer((req, res) => res.end('ok'));
server.listen(port, () => console.log(`listening on ${port}`));
let closing = false;
function shutdown() {
  if (closing) return;
  closing = true;
  server.close((err) => process.exit(err ? 1 : 0));
  const t = setTimeout(() => process.exit(1), 5000);
  t.unref();
}
['SIGINT', 'SIGTERM'].forEach((s) => process.on(s, shutdown));
process.on('unhandledRejection', (e) => { console.error('unhandled', e); process.exit(1); });
