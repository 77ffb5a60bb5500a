module.exports.exec_mode = 'cluster';
exports.env = { NODE_ENV: 'production' };
