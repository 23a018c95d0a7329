#!/usr/bin/env bash
# What is too long for every change and belongs before a release: the fuzzers for ten minutes each, from the corpus of
# earlier runs and a new seed; and the soak runs.
set -euo pipefail
cd "$(dirname "$0")/.."

ci/fuzz.sh 600 0

# Soak runs. Each proves over hours' worth of work what a test proves over a second's.
# Whatever the loader accepts of a hundred thousand damaged libraries, the dynamic linker survives.
DYNPATCH_MUTATIONS=100000 cargo test --release --package dynpatch-loader-linux --test loader mutations

# Five thousand generations come and go under eight threads, and nothing grows: docs/soaks.md.
for profile in release dev; do
    DYNPATCH_STRESS_GENERATIONS=5000 cargo test --profile "$profile" --package dynpatch-tests --test reclaim -- --nocapture stress::
done

# Half a minute of somebody who writes a hundred times a second, in each way.
ci/config.sh 30

# What the derive costs whoever compiles it.
ci/derive_cost.sh

# The grace periods, without a bound on preemptions where that ends.
ci/models.sh full
