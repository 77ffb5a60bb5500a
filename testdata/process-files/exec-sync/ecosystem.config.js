const { execSync, spawnSync } = require('child_process');
const { execSync: exec } = require('node:child_process');
let commit = 'unknown';
try { commit = execSync('git rev-parse --short HEAD').toString().trim(); } catch (e) { commit = 'none'; }
const branch = exec('git branch --show-current', { encoding: 'utf8' }).trim();
const globalModules = execSync('npm root -g', { encoding: 'utf-8' }).split('\n')[0];
const nodePath = execSync('which node', { stdio: 'pipe' }).toString().trim();
module.exports = {
  apps: [{
    name: `api-${branch}`, script: 'server.js', instances: 2, exec_mode: 'cluster',
    env: { COMMIT: commit, NODE_PATH: globalModules, NODE_ENV: 'production' },
    interpreter: nodePath || 'node',
  }],
};
