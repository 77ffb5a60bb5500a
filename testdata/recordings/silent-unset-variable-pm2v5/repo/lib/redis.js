const hosts = process.env.REDIS_NODES.split(',').map((h) => h.trim());
module.exports = { hosts };
