module.exports = { ports: { api: 3000, get web() { return this.api + 1; } } };
