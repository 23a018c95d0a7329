#!/usr/bin/env bash
# Formatting and lints: of the workspace, of every workspace beside it that no other lane formats, and of what this
# machine's own target leaves out: the code for Windows, optional features, the core on a chip without compare-and-swap.
# Warnings are errors here, not at home.
set -euo pipefail
cd "$(dirname "$0")/.."
windows=x86_64-pc-windows-gnu
chip=thumbv6m-none-eabi
installed=$(rustup target list --installed)
for target in "$windows" "$chip"; do
    grep -qx "$target" <<<"$installed" || rustup target add "$target" || {
        echo "lint: the target $target is missing and cannot be added; nothing was looked at"
        exit 1
    }
done

cargo fmt --all --check
for workspace in benches/fixtures fuzz tests/fixtures tests/objects tests/stable_abi tests/static_host; do
    cargo fmt --all --check --manifest-path "$workspace/Cargo.toml"
done
cargo clippy --workspace --all-targets -- -D warnings
# Not `--workspace`: the features of the benchmarks are not the product's.
cargo clippy --package dynpatch-interface --package dynpatch-core --package dynpatch --all-features -- -D warnings
# Nothing is linked, so this takes no linker for Windows. The update syntax that has no effect there has one elsewhere.
cargo clippy --package dynpatch-loader-windows --all-targets --target "$windows" -- -D warnings
cargo clippy --package dynpatch --target "$windows" -- -D warnings -A clippy::needless-update
cargo clippy --package dynpatch-core --all-features --target "$chip" -- -D warnings
