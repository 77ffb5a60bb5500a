// Like `require-all`, which it comes from.
module.exports = require('require-all');
