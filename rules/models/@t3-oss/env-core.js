// The environment by one zod schema for each variable; what is missing throws.
import { parseFields } from 'pm2lint/schema';

export const createEnv = (options) => {
  const given = options.runtimeEnv ?? options.runtimeEnvStrict ?? { ...process.env, ...options.experimental__runtimeEnv };
  if (options.skipValidation) return given;
  return parseFields({ ...options.server, ...options.shared, ...options.client }, given);
};
