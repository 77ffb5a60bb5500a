module.exports = {
  apps: [
    {
      name: 'tax',
      script: 'src/server.js',
      exec_mode: 'fork',
    },
  ],
};
