// The forerunner of `consign`.
const consign = require('consign');
module.exports = (entry, options) => consign(options).include(entry);
