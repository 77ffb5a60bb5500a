module.exports = {
  apps: [{
    name: 'mail',
    script: '../../out/services/mail/src/server.js',
    cwd: __dirname,
    instances: 2,
    exec_mode: 'cluster',
    env: { NODE_ENV: 'development' },
    env_staging: { SMTP_HOST: 'smtp.staging' },
  }],
};
