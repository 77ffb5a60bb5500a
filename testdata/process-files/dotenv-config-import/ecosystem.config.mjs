import 'dotenv/config';
import { cpus } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
const __dirname = path.dirname(fileURLToPath(import.meta.url));
export const apps = [{ name: process.env.APP_NAME, script: path.join(__dirname, 'dist', 'main.js'), cwd: __dirname, instances: Number(process.env.INSTANCES ?? 1) }];
export const deploy = { production: { user: 'node', host: ['a', 'b'] } };
