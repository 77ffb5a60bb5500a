// Makes the npm packages: node npm/pack.mjs OUT PLATFORM=BINARY ...
//   node npm/pack.mjs dist linux-x64=target/release/pm2lint
// OUT gets a tarball of the launcher and one of each platform. The version is that of Cargo.toml.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const [out, ...platforms] = process.argv.slice(2);
if (!out || platforms.length === 0) {
  console.error('usage: node npm/pack.mjs OUT PLATFORM=BINARY ...');
  process.exit(2);
}
const version = readFileSync(join(root, 'Cargo.toml'), 'utf8').match(/^version = "(.*)"$/m)[1];
const launcher = JSON.parse(readFileSync(join(root, 'npm/pm2lint/package.json'), 'utf8'));
const work = mkdtempSync(join(tmpdir(), 'pm2lint-npm-'));

function pack(folder, manifest) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2) + '\n');
  for (const file of ['README.md', 'LICENSE-MIT', 'LICENSE-APACHE']) copyFileSync(join(root, file), join(folder, file));
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', resolve(out)], { cwd: folder, encoding: 'utf8' });
  console.log(basename(packed.trim()));
}

function platformPackage(platform, binary) {
  const name = `@pm2lint/cli-${platform}`;
  if (!(name in launcher.optionalDependencies)) throw new Error(`npm/pm2lint/package.json has no ${name}`);
  const [os, cpu] = platform.split('-');
  const file = os === 'win32' ? 'pm2lint.exe' : 'pm2lint';
  const folder = join(work, platform);
  mkdirSync(folder);
  copyFileSync(binary, join(folder, file));
  chmodSync(join(folder, file), 0o755);
  const { description, license, repository } = launcher;
  pack(folder, { name, version, description: `${description}: the binary for ${platform}`, license, repository, os: [os], cpu: [cpu], files: [file] });
}

mkdirSync(out, { recursive: true });
try {
  for (const [platform, binary] of platforms.map((pair) => pair.split('='))) platformPackage(platform, binary);
  cpSync(join(root, 'npm/pm2lint'), join(work, 'pm2lint'), { recursive: true });
  const optionalDependencies = Object.fromEntries(Object.keys(launcher.optionalDependencies).map((name) => [name, version]));
  pack(join(work, 'pm2lint'), { ...launcher, version, optionalDependencies });
} finally {
  rmSync(work, { recursive: true });
}
