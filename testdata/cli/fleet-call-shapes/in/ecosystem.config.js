module.exports = {
  apps: [
    { name: 'classes', script: 'classes.ts', interpreter: 'tsx', instances: 2, exec_mode: 'fork' },
    { name: 'functions', script: 'functions.js' },
    { name: 'promises', script: 'promises.mjs' },
    { name: 'container', script: 'container.js' },
    { name: 'jsx', script: 'page.jsx', interpreter: 'babel-node', exec_mode: 'fork' },
  ],
};
