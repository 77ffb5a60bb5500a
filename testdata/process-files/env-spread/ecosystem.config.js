require('dotenv').config();
const common = { NODE_ENV: 'production', TZ: 'UTC' };
module.exports = { apps: [
 { name: 'a', script: 'a.js', env: { ...common, ...(process.env.EXTRA ? { EXTRA: process.env.EXTRA } : {}), PORT: process.env.PORT || 3000, DB: process.env.DB_HOST ?? 'localhost', QUIET: process.env.QUIET === 'true', N: Number(process.env.WORKERS) + 1, EMPTY: process.env.EMPTY || 'fallback' } , instances: parseInt(process.env.WORKERS, 10) || 1},
]};
