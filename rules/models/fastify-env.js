module.exports = require('@fastify/env');
