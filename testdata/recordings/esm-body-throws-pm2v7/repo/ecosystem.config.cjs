module.exports = {
  apps: [
    {
      name: 'names',
      script: 'index.js',
      instances: 2,
      exec_mode: 'cluster',
    },
  ],
};
