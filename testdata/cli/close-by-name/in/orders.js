const fastify = require('fastify')();

fastify.listen({ port: 3001 });
