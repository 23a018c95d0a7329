#!/usr/bin/env bash
# The feature `abi_stable`: patches whose types only that crate can tell from the host's are refused,
# one that fits runs.
set -euo pipefail
cd "$(dirname "$0")/../tests/stable_abi"
target="${CARGO_TARGET_DIR:-$PWD/../../target}/stable-abi"
unset SHARED_VERSION SHARED_CHANGED
cargo build --quiet --package host --target-dir "$target/host"
SHARED_VERSION=2 cargo build --quiet --package patch --target-dir "$target/fits"
SHARED_VERSION=2 SHARED_CHANGED=order cargo build --quiet --package patch --target-dir "$target/order"
SHARED_VERSION=2 SHARED_CHANGED=limit cargo build --quiet --package patch --target-dir "$target/limit"
"$target/host/debug/host" "$target/fits/debug/libpatch.so" "$target/order/debug/libpatch.so" "$target/limit/debug/libpatch.so"
