// The plugin itself, marked.
const plugin = (given) => given;
module.exports = Object.assign(plugin, { default: plugin, fastifyPlugin: plugin });
