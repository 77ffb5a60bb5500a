module.exports = { apps: [{ name: 'cdn', script: 'index.js', instances: 2 }] };
