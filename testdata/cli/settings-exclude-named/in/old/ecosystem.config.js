module.exports = { apps: [ };
