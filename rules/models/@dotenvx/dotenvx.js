// The successor of `dotenv`.
module.exports = require('dotenv');
