#!/usr/bin/env bash
# Instructions of a patched call, counted by callgrind on an executable with LTO; fails when a gate is missed.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v valgrind >/dev/null || { apt-get update && apt-get install -y --no-install-recommends valgrind; }
cargo run --profile bench-lto -p dynpatch-benches -- instructions
