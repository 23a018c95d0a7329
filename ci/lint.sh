#!/usr/bin/env bash
# Formatting and lints, of the workspace and of the fixtures. Warnings are errors here, not at home.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo fmt --all --check
cargo fmt --all --check --manifest-path tests/fixtures/Cargo.toml
cargo fmt --all --check --manifest-path tests/stable_abi/Cargo.toml
cargo fmt --all --check --manifest-path tests/objects/Cargo.toml
cargo clippy --workspace --all-targets -- -D warnings
