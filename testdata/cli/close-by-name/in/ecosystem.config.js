module.exports = {
  apps: [
    { name: 'orders', script: 'orders.js', exec_mode: 'cluster', instances: 2 },
    { name: 'stock', script: 'stock.ts', exec_mode: 'cluster', instances: 2 },
    { name: 'web', script: 'web.js', exec_mode: 'cluster', instances: 2 },
    { name: 'mail', script: 'mail.js', exec_mode: 'cluster', instances: 2 },
  ],
};
