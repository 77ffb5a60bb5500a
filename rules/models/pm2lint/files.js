// Files by patterns, and the modules of a folder.
import { isKnown, matching, undecided } from 'pm2lint';
const fs = require('fs');
const path = require('path');

const matched = (patterns, folder) => {
  const files = [];
  for (const pattern of patterns) {
    const found = matching(pattern, folder);
    if (!isKnown(found)) return undecided;
    files.push(...found);
  }
  return [...new Set(files)];
};

// One pattern or several, those with a `!` excluded; spelt as the patterns are, unless `absolute`.
export const filesOf = (patterns, { cwd = process.cwd(), absolute, ignore = [] } = {}) => {
  const all = [patterns].flat();
  const files = matched(all.filter((pattern) => !pattern.startsWith('!')), cwd);
  if (!isKnown(files)) return undecided;
  const excluded = all.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const without = matched([...excluded, ...[ignore].flat()], cwd);
  const whole = (file) => path.resolve(cwd, file);
  const left = isKnown(without) ? without.map(whole) : [];
  const kept = left.length > 0 ? files.filter((file) => !left.includes(whole(file))) : files;
  return absolute ? kept.map(whole) : kept;
};

// Whether the checkout has it: what a build may make is not counted on.
export const isThere = (file) => isKnown(fs.existsSync(file)) && fs.existsSync(file);

export const isModule = (file) => /\.(js|cjs|mjs|ts|cts|mts|json)$/.test(file);

// What is in `folder`: an object of what `take(name, file, isFolder)` gives for each, but `undefined`, by the name it puts
// before it.
export const modulesOf = (folder, take) => {
  const modules = {};
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const [name, module] = take(entry.name, path.join(folder, entry.name), entry.isDirectory()) ?? [];
    if (name) modules[name] = module;
  }
  return modules;
};
