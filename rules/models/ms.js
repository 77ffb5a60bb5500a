// Times as text: `10s` in milliseconds. What is no such text stays the library's.
const library = require('ms');

const UNITS = {
  '': 1, ms: 1, s: 1000, sec: 1000, secs: 1000, second: 1000, seconds: 1000, m: 60000, min: 60000, mins: 60000,
  minute: 60000, minutes: 60000, h: 3600000, hr: 3600000, hour: 3600000, hours: 3600000, d: 86400000, day: 86400000,
  days: 86400000,
};

module.exports = (text) => {
  const unit = typeof text === 'string' ? UNITS[text.replace(/^[0-9.]+ */, '')] : undefined;
  return unit ? parseFloat(text) * unit : library(text);
};
