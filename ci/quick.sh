#!/usr/bin/env bash
# Before a commit, under a minute when warm: formatting, lints, and every suite but those named slow.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo fmt --all --check
cargo clippy --all-targets -- -D warnings
cargo test --quiet -p dynpatch-interface -p dynpatch-core -p dynpatch
cargo test --quiet -p dynpatch-tests --test live --test memory --test tidy -- --skip slow
