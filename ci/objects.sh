#!/usr/bin/env bash
# The records of described types lie in the file of every object format: compiled for ELF, COFF, Mach-O and a target
# without an operating system, and linked by Rust's linker into a library and a program that throw away what nobody uses.
# Each record reads, is what an independent encoder writes, and is not relocated; all files describe the same types.
set -euo pipefail
cd "$(dirname "$0")/../tests/objects"
target=${CARGO_TARGET_DIR:-$PWD/../../target}/objects
export CARGO_TARGET_DIR=$target
host=$(uname -m)-unknown-linux-gnu
targets=("$host" x86_64-pc-windows-gnu aarch64-apple-darwin thumbv7em-none-eabihf)

for name in "${targets[@]}"; do
    rustup target list --installed | grep -qx "$name" || rustup target add "$name"
done

cargo build --quiet --package checker
checker=$target/debug/checker

files=()
for name in "${targets[@]}"; do
    file=$target/$name.o
    rm -f "$file"
    # Cargo compiles nothing that is fresh, and then there would be no file.
    rm -rf "$target/$name/release/.fingerprint"/described-*
    cargo rustc --quiet --package described --lib --release --target "$name" -- -Ccodegen-units=1 "--emit=obj=$file"
    files+=("$file")
done

RUSTFLAGS="-Clink-arg=-Wl,--gc-sections" cargo build --quiet --profile smallest --target "$host" --package library --package program
linked=("$target/$host/smallest/liblibrary.so" "$target/$host/smallest/program")
for file in "${linked[@]}"; do
    # The symbol table of a stripped file is that of the dynamic linker alone.
    if readelf --section-headers --wide "$file" | grep -q ' \.symtab '; then
        echo "objects: $file is not stripped, so this proves little"
        exit 1
    fi
done
"$checker" "${files[@]}" "${linked[@]}"

# The checker refuses what has no records, and a record with one bit turned.
if "$checker" "$checker" 2>/dev/null; then
    echo "objects: the checker accepts a file without records of these types"
    exit 1
fi
damaged=$target/damaged.o
cp "${files[0]}" "$damaged"
at=$(grep --byte-offset --only-matching --text --max-count=1 dynp "$damaged" | head -1 | cut -d: -f1)
printf '\x7f' | dd of="$damaged" bs=1 seek=$((at + 20)) conv=notrunc status=none
if "$checker" "$damaged" 2>/dev/null; then
    echo "objects: the checker accepts a damaged record"
    exit 1
fi
echo "objects: all formats agree; a file without records and a damaged one are refused"
