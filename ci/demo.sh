#!/usr/bin/env bash
# The demo command of the README, shortened: it fails when a request failed or an answer mixed versions.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo run --release -p dynpatch-examples --bin http_handler -- --seconds 3
cargo run --release -p dynpatch-examples --bin service_swap -- --seconds 2
cargo run --release -p dynpatch-examples --bin config_reload
