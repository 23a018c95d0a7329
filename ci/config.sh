#!/usr/bin/env bash
# Watched files and configuration: every set of features compiles without warnings; and somebody writes a hundred times a
# second, good and bad, in every way, with events of the system and without: nothing torn is read, every count is exact.
#
# Usage: ci/config.sh [seconds for each way]
set -euo pipefail
cd "$(dirname "$0")/.."
for features in "" json yaml json,toml; do
    cargo clippy --quiet --package dynpatch-watcher --no-default-features --features "$features" -- -D warnings
    echo "config: features [$features]: no warnings"
done
cargo clippy --quiet --package dynpatch --no-default-features -- -D warnings

log=$(mktemp)
trap 'rm "$log"' EXIT
DYNPATCH_WRITER_SECONDS=${1:-5} cargo test --package dynpatch-watcher --all-features --test config --test files -- \
    --nocapture --test-threads 1 writers:: >"$log" 2>&1 || { cat "$log"; echo "config: what was read is wrong"; exit 1; }
grep -oE '[0-9]+ writes, .*' "$log" | sed 's/^/config: /'
# Four ways to write files, each with events, with a script of them, and without; two of configuration, with events and without.
runs=$(grep -cE '[0-9]+ writes, ' "$log") || true
[ "$runs" -eq 16 ] || { cat "$log"; echo "config: $runs of 16 runs are there"; exit 1; }
