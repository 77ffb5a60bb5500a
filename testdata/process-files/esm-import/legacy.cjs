module.exports = { value: 'cjs' };
