import { Router } from 'express';
import { setTimeout as sleep } from 'node:timers/promises';
import { pool } from '../db';

export const orders = Router();

orders.get('/', (_req, res, next) => {
  pool
    .query('SELECT id, total FROM orders ORDER BY id DESC LIMIT 50')
    .then(({ rows }) => res.json(rows))
    .catch(next);
});

/** Accounting downloads the whole table; the database is read in small steps so that it stays responsive. */
orders.get('/export', async (_req, res, next) => {
  try {
    res.type('text/csv');
    for (let page = 0; page < 30; page += 1) {
      const { rows } = await pool.query('SELECT id, total FROM orders ORDER BY id LIMIT 500 OFFSET $1', [page * 500]);
      for (const row of rows) res.write(`${row.id},${row.total}\n`);
      await sleep(1000);
    }
    res.end();
  } catch (error) {
    next(error);
  }
});
