const frontend = require('node:http').createServer();

frontend.listen(3003);
