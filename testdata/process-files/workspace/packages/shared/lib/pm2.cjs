module.exports.defaults = { kill_timeout: 8000 };
