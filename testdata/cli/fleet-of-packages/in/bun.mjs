export default {
  port: 5003,
  fetch: () => new Response('ok'),
};
