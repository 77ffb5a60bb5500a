import http from 'node:http';
import { root, temp } from './lib/paths.js';

http.createServer((req, res) => res.end(root + temp)).listen(38360);
