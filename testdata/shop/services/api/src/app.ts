import express, { type Express } from 'express';
import { orders } from './routes/orders';

export function createApp(): Express {
  const app = express();
  app.use(express.json());
  app.get('/healthz', (_req, res) => res.send('ok'));
  app.use('/orders', orders);
  return app;
}
