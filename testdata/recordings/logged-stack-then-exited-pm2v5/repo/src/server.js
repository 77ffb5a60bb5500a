const http = require('http');

function loadRates() {
  const table = undefined;
  return table.rows;
}

async function main() {
  await new Promise((resolve) => setTimeout(resolve, 200));
  const rates = loadRates();
  http.createServer((req, res) => res.end(String(rates))).listen(29720);
}

main().catch((error) => {
  console.error('failed to start', error);
  process.exit(1);
});
