#!/usr/bin/env bash
# A patch whose types the same compiler laid out in another order (`-Zrandomize-layout`) is refused before it is mapped.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test --package dynpatch-tests --test live -- --ignored a_randomised_layout
