exports.start = ({ port }) => require('http').createServer((q, r) => r.end()).listen(port);
