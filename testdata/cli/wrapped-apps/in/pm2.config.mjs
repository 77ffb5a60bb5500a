import { defineConfig } from 'company-pm2';

export default defineConfig({
  apps: [{ name: 'jobs', script: 'jobs.js', instnces: 1 }],
});
