const fs = require('fs');
const path = require('path');

const file = path.resolve(__dirname, '../config/local.json');
module.exports = JSON.parse(fs.readFileSync(file, 'utf8'));
