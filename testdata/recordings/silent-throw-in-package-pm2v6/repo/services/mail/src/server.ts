import { mustHave } from '../../../packages/core/src/env';
declare function require(x: string): any; declare const process: any;

const smtp = { host: mustHave('SMTP_HOST'), port: 25 };
const server = require('http').createServer((_q: any, r: any) => r.end(smtp.host));
server.listen(23110);
process.on('SIGINT', () => server.close(() => process.exit(0)));
