// Variables of the environment by a schema: what is missing ends the process, the rest is read as its type.
import { cleanEnv as library } from 'envalid';
import { bool, json, num, readInto, str, validator } from 'pm2lint/validators';
export * from 'envalid';
export { bool, json, num, str };

export const makeValidator = validator;
export const makeExactValidator = validator;
export const makeStructuredValidator = validator;

export const email = str;
export const host = str;
export const url = str;
export const port = num;

export const cleanEnv = (environment, specs, options) =>
  readInto({ ...library(environment) }, specs, environment, options?.reporter);
