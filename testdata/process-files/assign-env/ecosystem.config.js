process.env.NODE_ENV = process.env.NODE_ENV || 'production'; process.env.PORT = 8080; delete process.env.FOO;
Object.assign(process.env, { X: 1 });
module.exports = { apps: [{ name: 'a', script: 'a.js', env: { NODE_ENV: process.env.NODE_ENV, PORT: process.env.PORT, X: process.env.X, F: process.env.FOO, HAS: 'PORT' in process.env } }] };
