const TelegramBot = require('node-telegram-bot-api');
const bot = new TelegramBot(process.env.BOT_TOKEN, { polling: true });

bot.on('message', (msg) => bot.sendMessage(msg.chat.id, 'hello'));
bot.on('polling_error', (error) => console.error(error.message));
console.log('bot started');
process.on('SIGINT', () => { bot.stopPolling(); process.exit(0); });
