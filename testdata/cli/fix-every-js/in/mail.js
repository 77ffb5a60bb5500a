const timer = setInterval(() => console.log('mail'), 60000);
process.on('SIGINT', () => {
  clearInterval(timer);
  setTimeout(() => process.exit(0), 3000);
});
process.send('up');
