const fs = require('node:fs');
const path = require('node:path');
const { toCents } = require('./money');

const FEED = path.join(__dirname, '..', '..', 'data', 'supplier-feed.json');
const EVERY_MS = 15 * 60 * 1000;

const prices = new Map();

function refresh() {
  const { offers } = JSON.parse(fs.readFileSync(FEED, 'utf8'));
  for (const offer of offers) {
    prices.set(offer.sku, toCents(offer));
  }
  console.log(`prices: ${prices.size} offers`);
}

setTimeout(refresh, 200);
setInterval(refresh, EVERY_MS);
