// The environment by one zod schema for each variable, which is converted first; what is missing throws.
import { convertFields } from 'pm2lint/schema';
export * from 'znv';

export const parseEnv = (environment, fields) => convertFields(fields, environment);
