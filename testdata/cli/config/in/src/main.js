const http=require('http');
require('node-cron').schedule('* * * * *', () => console.log(1));
http.createServer().listen(3000);
