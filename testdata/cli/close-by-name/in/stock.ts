import express from 'express';
import type { Server } from 'node:http';

const app = express();
const listening: Server = app.listen(3002);
listening.setTimeout(5000);
