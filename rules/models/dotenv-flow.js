// `.env`, then `.env.local`, then those of the environment: the later ones win.
const fs = require('fs');
const path = require('path');
const dotenv = require('dotenv');
const { isKnown } = require('pm2lint');

// A file that is not committed is not counted on.
const isCommitted = (file) => isKnown(fs.existsSync(file)) && fs.existsSync(file);

exports.listFiles = ({ node_env, path: folder = process.cwd() } = {}) => {
  const names = ['.env.defaults', '.env', '.env.local'];
  if (node_env) names.push(`.env.${node_env}`, `.env.${node_env}.local`);
  const files = names.map((name) => path.resolve(folder, name));
  return files.filter(isCommitted);
};

exports.config = (options = {}) => {
  const node_env = options.node_env || process.env.NODE_ENV || options.default_node_env;
  const files = exports.listFiles({ ...options, node_env });
  return dotenv.config({ path: files.length > 0 ? files.reverse() : undefined });
};
