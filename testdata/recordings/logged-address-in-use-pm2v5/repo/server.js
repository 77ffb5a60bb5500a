import Fastify from 'fastify';

const fastify = Fastify({ logger: true });
fastify.get('/', async () => ({ hits: [] }));

try {
  await fastify.listen({ port: 29520, host: '127.0.0.1', exclusive: true });
} catch (error) {
  fastify.log.error(error);
  process.exit(1);
}

process.on('SIGINT', async () => {
  await fastify.close();
  process.exit(0);
});
