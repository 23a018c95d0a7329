#!/usr/bin/env bash
# Grace periods, proven on the code that the product runs (core-nostd/tests/grace): loom looks at every execution of small
# models, shuttle at random ones of the registry, Miri runs the stress with 16 seeds for each of three targets, and a
# signal comes before every step of a pin. Then each deliberate bug of ci/mutants must fail one of these checks: the one
# that its file names, in a copy of the crate.
#
# Usage: ci/models.sh [full]
# `full` has no bound on preemptions but where there is no end without one, and writes docs/models.md.
set -euo pipefail
cd "$(dirname "$0")/.."
full=${1:-}
[ -z "$full" ] || [ "$full" = full ] || { echo "usage: ci/models.sh [full]"; exit 2; }
export DYNPATCH_MODELS=$full
target=${CARGO_TARGET_DIR:-$PWD/target}/models
unset CARGO_TARGET_DIR RUSTFLAGS
mkdir -p "$target"

# The copy that mutants are made in lies outside of the tree, and is a workspace of its own.
copy=$target/copy
rm -rf "$copy"
mkdir -p "$copy"
cp -R interface macros core-nostd Cargo.lock clippy.toml "$copy"
awk '/^members = \[/ { print "members = [\"interface\", \"core-nostd\", \"macros\"]"; inside = 1 }
    /^(default-members|exclude) = / { next }
    !inside { print }
    /^\]/ { inside = 0 }' Cargo.toml >"$copy/Cargo.toml"
# Checkers are slow without optimisation; mutants are built often and run briefly.
cat >>"$copy/Cargo.toml" <<'PROFILE'

[profile.model]
inherits = "dev"
debug = false
opt-level = 1

[profile.model.package."*"]
opt-level = 3
PROFILE
tree=$PWD
cd "$copy"

build() { # checker
    local flags=()
    case $1 in loom | shuttle) flags=(--cfg "$1") ;; esac
    RUSTFLAGS="${flags[*]}" cargo test --quiet --profile model --package dynpatch-core --test grace --no-run \
        --target-dir "$target/$1" --message-format json 2>"$target/build.log" >"$target/build.json" ||
        { cat "$target/build.log"; echo "models: does not compile for $1"; exit 1; }
    program=$(grep -o '"executable":"[^"]*"' "$target/build.json" | tail -1 | cut -d'"' -f4)
    [ -x "$program" ] || { echo "models: cargo names no program for $1"; exit 1; }
}

# A mutant may leave a model without an end.
run() { # name of the log, arguments
    RUST_BACKTRACE=0 timeout --kill-after=10 900 "$program" --nocapture "${@:2}" >"$target/$1.log" 2>&1
}

results=$target/results
: >"$results"
check() { # checker, tests
    build "$1"
    local start=$SECONDS
    run "$1" "${@:2}" || { grep -vE '^ +(at|[0-9]+:) ' "$target/$1.log" | tail -40; echo "models: $1 fails"; exit 1; }
    grep -E '^test result: ok\. [1-9]' "$target/$1.log" >/dev/null || { cat "$target/$1.log"; echo "models: $1 ran nothing"; exit 1; }
    sed -n "s/^model: /$1: /p; s/^\(signals\|stress\): /$1: \1: /p" "$target/$1.log" | sort | tee -a "$results"
    echo "models: $1 passes, in $((SECONDS - start)) s"
}

check native
check loom
check shuttle registry models::thread_end

# Miri is a part of nightly.
rustup toolchain list | grep -qE '^nightly-' || rustup toolchain install nightly --profile minimal
rustup component add --toolchain nightly miri rust-src >/dev/null 2>&1 ||
    { echo "models: this nightly has no Miri: rustup component add --toolchain nightly miri rust-src"; exit 1; }
for name in x86_64-unknown-linux-gnu i686-unknown-linux-gnu s390x-unknown-linux-gnu; do
    start=$SECONDS
    MIRIFLAGS="-Zmiri-many-seeds=0..16" cargo +nightly miri test --target "$name" --target-dir "$target/miri" \
        --package dynpatch-core --test grace -- stress >"$target/miri.log" 2>&1 ||
        { tail -60 "$target/miri.log"; echo "models: Miri finds something for $name"; exit 1; }
    # Seeds run side by side, and their lines run into each other.
    seeds=$(grep -o 'Trying seed: ' "$target/miri.log" | wc -l)
    if [ "$seeds" != 16 ] || ! grep -q '2 passed' "$target/miri.log"; then
        tail -60 "$target/miri.log"
        echo "models: Miri ran $seeds seeds of 16 for $name"
        exit 1
    fi
    echo "miri: stress, $name: 16 seeds, nothing found, in $((SECONDS - start)) s" | tee -a "$results"
done

command -v patch >/dev/null || apt-get install -y --no-install-recommends patch >/dev/null ||
    { echo "models: needs patch(1)"; exit 1; }
# Each mutant, in the copy.
mutants=$target/mutants
: >"$mutants"
survivors=()
for patch in "$tree"/ci/mutants/*.patch; do
    name=$(basename "$patch" .patch)
    note=$(sed -n 's/^Breaks: //p' "$patch")
    read -r checker test < <(sed -n 's/^Fails: //p' "$patch")
    rm -r core-nostd/src
    cp -R "$tree/core-nostd/src" core-nostd/
    find core-nostd/src -name '*.rs' -exec touch {} +
    patch --quiet --strip=1 --fuzz=0 <"$patch" || { echo "models: $name no longer applies"; exit 1; }
    build "$checker"
    if run mutant --exact "$test"; then
        survivors+=("$name")
        echo "mutant: $name SURVIVES $checker $test"
    elif ! grep -q 'panicked at' "$target/mutant.log"; then
        cat "$target/mutant.log"
        echo "models: $name fails otherwise than by a finding"
        exit 1
    else
        how=$(grep -oE 'Causality violation|ran what is not mapped|inside of what was freed|nobody is left|[a-z ]+holds something|still listed|is not listed|left the word changed|needs fences of its own|does not rest|never happened|it has made one|unmapped out of turn' "$target/mutant.log" | head -1)
        printf '%s|%s|%s|%s\n' "$name" "$note" "$checker $test" "${how:-fails}" | tee -a "$mutants" | tr '|' ' '
    fi
done
cd "$tree"
[ ${#survivors[@]} = 0 ] || { echo "models: survivors: ${survivors[*]}"; exit 1; }
echo "models: $(wc -l <"$mutants") mutants, each fails"
[ "$full" = full ] || exit 0

figures() { # checker
    sed -n "s/^$1: //p" "$results"
}
{
    echo '# Models of the grace periods'
    echo
    echo 'Written by `ci/models.sh full`. What runs is the code of `core-nostd/src/grace/`; the models are in'
    echo '`core-nostd/tests/grace/`. The numbers are those of its ordering note.'
    echo
    echo 'Three models of the fence. *Symmetric*: both halves are full fences. *Own*: the system has no barrier, and readers'
    echo 'fence by themselves. *Interrupt*: readers have no fence at all, and the updater asks each of them for one, which it'
    echo 'runs between any two steps; an execution in which one has not answered tells nothing more and is *unanswered*. That'
    echo 'is what a process-wide barrier really does.'
    echo
    echo '## loom'
    echo
    echo '| model | fences | explored | executions | freed | kept | unanswered |'
    echo '|---|---|---|---|---|---|---|'
    figures loom | sed -nE 's/^(.*), (Symmetric|Own|Interrupt), (all|at most [0-9]+ preemptions): ([0-9]+) executions, ([0-9]+) freed, ([0-9]+) kept, ([0-9]+) unanswered.*/| \1 | \2 | \3 | \4 | \5 | \6 | \7 |/p; s/^(records[^,]*), ([^:]*): ([0-9]+) executions.*/| \1 | Symmetric | \2 | \3 | | | |/p'
    echo
    echo '## Others'
    echo
    figures shuttle | sed -E 's/, [0-9]+ freed.*//; s/^/- shuttle: /'
    figures miri | sed -E 's/, in [0-9]+ s$//; s/^/- Miri: /'
    figures native | sed -nE 's/^signals: /- a signal at every step: /p'
    echo
    echo '## Mutants'
    echo
    echo 'Each is a file of `ci/mutants/`, and fails the check that it names.'
    echo
    echo '| mutant | breaks number | fails | how |'
    echo '|---|---|---|---|'
    sed -E 's/^([^|]*)\|([^|]*)\|([^|]*)\|(.*)$/| \1 | \2 | \3 | \4 |/' "$mutants"
} >docs/models.md
echo "models: docs/models.md is written"
