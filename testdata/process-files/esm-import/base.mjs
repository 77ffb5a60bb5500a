export const ports = { api: 1 }; export default { script: 'a.js' }; export { ports as again };
