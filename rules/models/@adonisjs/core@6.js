// 6: @adonisjs/application asks for `pm2_id`, which PM2 never sets, so that SIGINT is not handled (build/chunk-4QIG4EF6.js:1125, 8.4.2).
import { Ignitor as library } from '@adonisjs/core';
import { ignitor } from 'pm2lint/adonis';
export * from '@adonisjs/core';

export const Ignitor = ignitor(library, 'pm2_id');
