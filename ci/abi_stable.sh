#!/usr/bin/env bash
# The feature `abi_stable`: a patch whose types only that crate can tell from the host's is refused, one that fits runs.
set -euo pipefail
cd "$(dirname "$0")/../tests/stable_abi"
target="${CARGO_TARGET_DIR:-$PWD/../../target}/stable-abi"
unset SHARED_VERSION SHARED_CHANGED
cargo build --quiet --package host --target-dir "$target/host"
SHARED_VERSION=2 cargo build --quiet --package patch --target-dir "$target/fits"
SHARED_VERSION=2 SHARED_CHANGED=1 cargo build --quiet --package patch --target-dir "$target/changed"
"$target/host/debug/host" "$target/fits/debug/libpatch.so" "$target/changed/debug/libpatch.so"
