// Configuration of Nest: variables of the environment, and what the functions of `load` give.
import dotenv from 'dotenv';
import { ConfigModule as library } from '@nestjs/config';
export * from '@nestjs/config';

const loaded = {};
let validated = {};

const found = (path) => path.split('.').reduce((value, key) => value?.[key], loaded);

export class ConfigService {
  get(path, options) {
    const fallback = typeof options === 'object' ? undefined : options;
    return validated[path] ?? process.env[path] ?? found(path) ?? fallback;
  }

  getOrThrow(path) {
    return this.get(path);
  }
}

export const registerAs = (name, load) => {
  load.KEY = name;
  load.asProvider = () => ({ imports: [], useFactory: load, inject: [] });
  return load;
};

// What is validated is checked here, and read as what came of it.
const check = ({ validate, validationSchema }) => {
  if (validate) validated = validate(process.env);
  const { error, value } = validationSchema?.validate(process.env) ?? {};
  if (error) throw error;
  if (value) validated = value;
};

const module = (load) => {
  for (const give of load ?? []) Object.assign(loaded, give.KEY ? { [give.KEY]: give() } : give());
  const namespaces = Object.keys(loaded).map((name) => ({ provide: name, useValue: loaded[name] }));
  return { module: ConfigModule, providers: [ConfigService, ...namespaces] };
};

export class ConfigModule {
  static forRoot(options) {
    library.forRoot(options);
    if (!options?.ignoreEnvFile) dotenv.config({ path: options?.envFilePath });
    check(options ?? {});
    return module(options?.load);
  }

  static forFeature(load) {
    return module([load]);
  }
}
