// The former name.
module.exports = require('@fastify/autoload');
