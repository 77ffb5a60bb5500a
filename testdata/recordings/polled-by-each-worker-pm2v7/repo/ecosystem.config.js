module.exports = { apps: [{ name: 'bot', script: 'bot.js', instances: 2, exec_mode: 'cluster', env: { BOT_TOKEN: process.env.BOT_TOKEN || 'x' } }] };
