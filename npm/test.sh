#!/usr/bin/env bash
# Packs a built binary as users get it, installs the tarballs offline in a clean folder, and runs it there.
#   npm/test.sh target/release/pm2lint
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
binary=$(realpath "$1")
platform=$(node -p '`${process.platform}-${process.arch}`')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

node "$root/npm/pack.mjs" "$work/dist" "$platform=$binary"
cp -r "$root/testdata/shop" "$work/shop"
mkdir "$work/user" && cd "$work/user"
npm init --yes >/dev/null
npm install --offline --no-audit --no-fund --no-save --ignore-scripts --cache "$work/cache" "$work"/dist/*.tgz

expect() {
  local wanted=$1 status=0
  shift
  "$@" >"$work/out" 2>&1 || status=$?
  [ "$status" -eq "$wanted" ] || { printf '%s: expected status %s, got %s\n' "$*" "$wanted" "$status" >&2; cat "$work/out" >&2; exit 1; }
}

expect 0 npx --no-install pm2lint --version
expect 1 npx --no-install pm2lint check ../shop --root ../shop --logs ../shop/pm2home
grep -q 'missing-ready-signal' "$work/out"
expect 2 npx --no-install pm2lint check --no-such-argument
rm -r node_modules/@pm2lint
expect 3 npx --no-install pm2lint --version
grep -q 'is not installed' "$work/out"
expect 0 env PM2LINT_BINARY="$binary" npx --no-install pm2lint --version
echo 'the npm packages work'
