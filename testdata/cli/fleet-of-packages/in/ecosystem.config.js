module.exports = {
  apps: [
    { name: 'web', script: 'node_modules/next/dist/bin/next', args: 'start -p 4000', exec_mode: 'cluster', instances: 2 },
    { name: 'site', script: '.output/server/index.mjs', env: { NITRO_PORT: 5000 } },
    { name: 'cms', script: 'node_modules/.bin/strapi', args: 'start' },
    { name: 'files', script: './node_modules/.bin/serve', args: '--listen=8080 dist' },
    { name: 'broker', script: 'node_modules/.bin/moleculer-runner', args: 'services' },
    { name: 'tool', script: './bin/tool.sh' },
    { name: 'behind npm', script: 'npm', args: 'start' },
    { name: 'behind npx', script: 'npx', args: 'serve -l 5001 dist' },
    { name: 'kit', script: 'build/index.js', env: { PORT: 5002 } },
    { name: 'served by bun', script: 'bun.ts', interpreter: 'bun', exec_mode: 'fork' },
    { name: 'not served by node', script: 'bun.mjs' },
  ],
};
