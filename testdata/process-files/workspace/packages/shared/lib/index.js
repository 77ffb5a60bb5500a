module.exports = { PORTS: { api: 9000 }, app: name => ({ name, script: name + '.js' }) };
