exports.script = 'dist/index.js'; exports.env = { NODE_ENV: 'production', FROM: __filename.split('/').pop() }; module.exports.autorestart = true;
