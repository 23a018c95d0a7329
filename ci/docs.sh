#!/usr/bin/env bash
# The documentation builds without a warning; its examples run with the tests.
set -euo pipefail
cd "$(dirname "$0")/.."
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps -p dynpatch-interface -p dynpatch-core -p dynpatch-macro -p dynpatch-loader-linux -p dynpatch-loader-windows -p dynpatch-image -p dynpatch
