#!/usr/bin/env bash
# Builds what a release consists of into dist/: an archive for each target, the npm packages, and their checksums.
#   release/release.sh [TARGET ...]      default: all below that rustup has
# Linux binaries are static (musl), so that one serves every distribution, Alpine too.
set -euo pipefail
cd "$(dirname "$0")/.."

platform() {
  case $1 in
    x86_64-unknown-linux-musl | x86_64-unknown-linux-gnu) echo linux-x64 ;;
    aarch64-unknown-linux-musl) echo linux-arm64 ;;
    x86_64-apple-darwin) echo darwin-x64 ;;
    aarch64-apple-darwin) echo darwin-arm64 ;;
    x86_64-pc-windows-msvc) echo win32-x64 ;;
    *) printf 'no npm platform is known for %s\n' "$1" >&2; return 1 ;;
  esac
}

installed() {
  local wanted='x86_64-unknown-linux-musl aarch64-unknown-linux-musl x86_64-apple-darwin aarch64-apple-darwin x86_64-pc-windows-msvc'
  rustup target list --installed | grep -Fx "$(tr ' ' '\n' <<<"$wanted")" || rustc -vV | sed -n 's/^host: //p'
}

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(installed)
rm -rf dist && mkdir dist

binaries=()
for target in "${targets[@]}"; do
  cargo build --release --locked --target "$target"
  suffix=''
  [[ $target == *windows* ]] && suffix=.exe
  name=pm2lint-$version-$target
  mkdir "dist/$name"
  cp "target/$target/release/pm2lint$suffix" README.md LICENSE-MIT LICENSE-APACHE "dist/$name/"
  tar -C dist -czf "dist/$name.tar.gz" "$name"
  binaries+=("$(platform "$target")=dist/$name/pm2lint$suffix")
done
node npm/pack.mjs dist "${binaries[@]}"
find dist -mindepth 1 -maxdepth 1 -type d -exec rm -r {} +
(cd dist && sha256sum -- * >SHA256SUMS)
ls -l dist
