#!/usr/bin/env bash
# What `#[derive(PatchType)]` costs whoever compiles it: `cargo check` of 100 types of 20 fields each, with the derive and
# without, as processor time of the fastest of five runs. Fails when a type takes 30 ms or more.
set -euo pipefail
# Everything anew, each time.
export CARGO_INCREMENTAL=0
cd "$(dirname "$0")/.."
limit=30
folder=${CARGO_TARGET_DIR:-$PWD/target}/derive-cost
types=100
fields=(u8 u32 u64 bool String 'Vec<u8>' 'Option<u32>' '[u16; 4]' "&'static str" '(u8, u32)' 'Vec<String>'
    'HashMap<String, u32>' 'Option<Box<u64>>' f64 'Arc<str>' usize 'Result<u8, String>' char i64)

# A package of the types; each but every tenth has the one before as its last field.
write() {
    local package=$folder/$1 derive=$2 index name
    mkdir -p "$package/src"
    cat >"$package/Cargo.toml" <<EOF
[package]
name = "$1"
version = "1.0.0"
edition = "2024"

[dependencies]
dynpatch = { path = "$PWD/std-adapter" }

[workspace]
EOF
    cp Cargo.lock "$package/"
    {
        echo '#![allow(dead_code, unused_imports)]'
        echo 'use dynpatch::prelude::*; use std::collections::HashMap; use std::sync::Arc;'
        for ((index = 0; index < types; index++)); do
            echo "$derive pub struct Type$index {"
            for name in "${!fields[@]}"; do echo "    field_$name: ${fields[name]},"; done
            if ((index % 10)); then echo "    last: Vec<Option<Box<Type$((index - 1))>>>,"; else echo '    last: u8,'; fi
            echo '}'
        done
    } >"$package/src/lib.rs"
}

check() {
    cargo check --quiet --manifest-path "$folder/$1/Cargo.toml" --target-dir "$folder/target"
}

# Milliseconds of processor time.
fastest() {
    local best=999999 run took TIMEFORMAT=%U
    for run in 1 2 3 4 5; do
        touch "$folder/$1/src/lib.rs"
        took=$({ time check "$1" >&2; } 2>&1 | tail -1)
        took=$(awk -v seconds="$took" 'BEGIN { printf "%d", seconds * 1000 }')
        if ((took < best)); then best=$took; fi
    done
    echo "$best"
}

write derived '#[derive(PatchType)]'
write plain ''
check derived
check plain
derived=$(fastest derived)
plain=$(fastest plain)
# A derive that costs nothing was not run.
((derived > plain)) || { echo "derive cost: $derived ms with, $plain ms without: nothing was measured"; exit 1; }
each=$(awk -v all=$((derived - plain)) -v types=$types 'BEGIN { printf "%.1f", all / types }')
echo "derive cost: $each ms for a type of 20 fields ($derived ms with, $plain ms without, $types types); limit $limit ms"
awk -v each="$each" -v limit=$limit 'BEGIN { exit !(each < limit) }'
