// Variables of the environment by a schema: what is missing ends the process, the rest is read as its type.
import { bool, json, num, readInto, str, validator } from 'pm2lint/validators';
export * from 'envsafe';
export { bool, json, num, str };

export const makeValidator = validator;

export const email = str;
export const url = str;
export const port = num;

export const envsafe = (specs, { env = process.env, reporter } = {}) => readInto({}, specs, env, reporter);
