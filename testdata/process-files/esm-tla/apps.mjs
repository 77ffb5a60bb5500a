export const apps = [{ name: 'base', script: 'b.js' }];
