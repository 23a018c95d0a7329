#!/usr/bin/env bash
# Every combination of the features of the crates without std builds for chips without an operating system, one of them
# without compare-and-swap.
set -euo pipefail
cd "$(dirname "$0")/.."
targets=(thumbv6m-none-eabi thumbv7m-none-eabi thumbv7em-none-eabihf riscv32imac-unknown-none-elf)

installed=$(rustup target list --installed)
for target in "${targets[@]}"; do
    grep -qx "$target" <<<"$installed" || rustup target add "$target"
done
cargo hack --version >/dev/null 2>&1 || cargo install --locked cargo-hack || {
    echo "powerset: cargo-hack is missing and could not be installed"
    exit 1
}

for target in "${targets[@]}"; do
    # These targets have no std.
    said=$(cargo hack build --feature-powerset --exclude-features std --package dynpatch-interface --package dynpatch-core \
        --target "$target" 2>&1) || {
        echo "$said"
        exit 1
    }
    echo "powerset: $target: $(grep -c '^info: running' <<<"$said") combinations build"
done
