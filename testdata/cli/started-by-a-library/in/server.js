const { lifecycle } = require('company-lifecycle');
const life = lifecycle();
life.onStart(() => require('http').createServer().listen(3000));
life.start();
