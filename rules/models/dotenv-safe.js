// `dotenv` that insists on the names of `.env.example`.
const { config } = require('dotenv');

module.exports = { config, load: config };
