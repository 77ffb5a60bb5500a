import type { Server } from 'node:http';
import { pool } from './db';

const FORCE_AFTER_MS = 10_000;

export function closeOnSignal(server: Server): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => shutdown(server));
  }
}

function shutdown(server: Server): void {
  console.log('draining');
  server.close(() => {
    pool.end().finally(() => {
      console.log('drained');
      process.exit(0);
    });
  });
  setTimeout(() => {
    console.error('still busy, giving up');
    process.exit(1);
  }, FORCE_AFTER_MS).unref();
}
