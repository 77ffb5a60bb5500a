// Fastify's plugin that reads the environment by a JSON schema: a required variable that is missing ends the start.
const envSchema = require('env-schema');

const fastifyEnv = (_, options) => {
  envSchema(options);
};

module.exports = Object.assign(fastifyEnv, { default: fastifyEnv, fastifyEnv });
