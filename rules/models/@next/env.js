// The files of Next: those of the environment and local ones first; the first that sets a variable wins.
const path = require('path');
const dotenv = require('dotenv');

exports.loadEnvConfig = (folder = process.cwd(), isDevelopment = false) => {
  const mode = isDevelopment ? 'development' : 'production';
  const names = [`.env.${mode}.local`, '.env.local', `.env.${mode}`, '.env'];
  return dotenv.config({ path: names.map((name) => path.resolve(folder, name)) });
};
