#!/usr/bin/env bash
# The test command of the README: every suite of the default members.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test
