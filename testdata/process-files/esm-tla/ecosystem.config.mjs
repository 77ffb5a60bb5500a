const { apps: base } = await import('./apps.mjs');
const extra = await Promise.all([1, 2].map(async n => ({ name: 'n' + n, script: 'n.js' })));
export const apps = [...base, ...extra];
