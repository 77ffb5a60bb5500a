const app = { name: 'a', script: 'a.js' };
export default { apps: [app, { ...app, name: 'b' }] };
