module.exports = { apps: [{ name: 'vault', script: 'src/boot.js' }] };
