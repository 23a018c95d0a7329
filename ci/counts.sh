#!/usr/bin/env bash
# Instructions of a patched call, counted by callgrind on two executables with LTO, one that never names `Reclaim` and one
# that names every policy; fails when a gate is missed.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v valgrind >/dev/null || { apt-get update && apt-get install -y --no-install-recommends valgrind; }
cargo run --profile bench-lto -p dynpatch-benches -- instructions
