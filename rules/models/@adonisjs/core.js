// 7: @adonisjs/application asks for `pm_id` (build/application-TLzZVFOE.js:2271, 9.1.0).
import { Ignitor as library } from '@adonisjs/core';
import { ignitor } from 'pm2lint/adonis';
export * from '@adonisjs/core';

export const Ignitor = ignitor(library, 'pm_id');
