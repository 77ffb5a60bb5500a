const base = { apps: [{ name: 'api', script: 'api.js', env: { A: 1 } }, { name: 'web', script: 'web.js' }] };
module.exports = base; module.exports.withEnv = env => ({ ...base, apps: base.apps.map(app => ({ ...app, env: { ...app.env, ...env } })) });
