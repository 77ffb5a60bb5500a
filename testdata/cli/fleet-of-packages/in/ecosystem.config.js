module.exports = {
  apps: [
    { name: 'web', script: 'node_modules/next/dist/bin/next', args: 'start -p 4000', exec_mode: 'cluster', instances: 2 },
    { name: 'site', script: '.output/server/index.mjs', env: { NITRO_PORT: 5000 } },
    { name: 'cms', script: 'node_modules/.bin/strapi', args: 'start' },
    { name: 'files', script: './node_modules/.bin/serve', args: '--listen=8080 dist' },
    { name: 'broker', script: 'node_modules/.bin/moleculer-runner', args: 'services' },
    { name: 'tool', script: './bin/tool.sh' },
  ],
};
