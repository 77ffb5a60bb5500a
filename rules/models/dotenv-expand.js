// Variables that name other variables: `URL=https://${HOST}/`.
const expandedIn = (text, env) =>
  text.replace(/(\\)?\$(?:\{([^{}]+)\}|([A-Za-z_][A-Za-z0-9_]*))/g, (whole, escape, braced, plain) => {
    if (escape) return whole.slice(1);
    const [, name, fallback] = /^(\w+)(?::?-(.*))?$/.exec(braced ?? plain);
    return expandedIn(env[name] || fallback || '', env);
  });

const expand = (options) => {
  const { parsed } = options;
  const done = {};
  for (const key of Object.keys(parsed)) {
    const isSetBefore = process.env[key] && process.env[key] !== parsed[key];
    done[key] = isSetBefore ? process.env[key] : expandedIn(parsed[key], { ...done, ...process.env });
    parsed[key] = done[key];
  }
  Object.assign(process.env, parsed);
  return options;
};

module.exports = Object.assign(expand, { expand });
