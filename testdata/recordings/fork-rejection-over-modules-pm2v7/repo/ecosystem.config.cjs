module.exports = { apps: [{ name: 'feeds', script: './src/start.js', time: true }] };
