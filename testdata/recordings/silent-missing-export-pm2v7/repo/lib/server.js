const { boot } = require('./boot');
boot({ port: 23142 });
