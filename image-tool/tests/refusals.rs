//! What becomes of files that the chips' own toolchains make: tiny programs, compiled and linked here.
//!
//! A test whose chip the toolchain lacks says so and does nothing; with `DYNPATCH_CHIP_TARGETS=required` it fails.

use dynpatch_core::image::{Image, Machine};
use dynpatch_image::{LINKER_SCRIPT, Made, image};
use dynpatch_interface::record::{HeaderDescription, ItemDescription, ItemKind, unsealed};
use dynpatch_interface::{Environment, ErrorCode, PatchError, PatchType, Version};
use std::path::{Path, PathBuf};
use std::process::Command;

const ARM: &str = "thumbv7em-none-eabihf";
const CHIPS: [(&str, Machine); 3] =
    [(ARM, Machine::ARM), ("thumbv6m-none-eabi", Machine::ARM), ("riscv32imac-unknown-none-elf", Machine::RISC_V)];

const PROGRAM: &str = "
#![no_std]
#![no_main]
#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! { loop {} }
pub static mut COUNT: u32 = 7;
pub static mut ZERO: u32 = 0;
fn connect() { unsafe { ZERO = COUNT } }
fn item() { unsafe { COUNT += ZERO } }
";
const TABLE: &str = "
#[repr(C)]
struct Table { length: u32, connect: fn(), item: Option<fn()> }
#[used]
#[unsafe(no_mangle)]
#[unsafe(link_section = \".dynpatch_table\")]
static DYNPATCH_TABLE: Table = Table { length: 12, connect, item: Some(item) };
";
const MANIFEST: &str = "
#[used]
#[unsafe(link_section = \".dynpatch\")]
static MANIFEST: [u8; include_bytes!(\"manifest\").len()] = *include_bytes!(\"manifest\");
";
const LINK: [&str; 4] = ["-pie", "--no-dynamic-linker", "--no-undefined", "-znorelro"];

/// A manifest with one item, at the first place.
fn manifest() -> Vec<u8> {
    const HEADER: HeaderDescription<'static> = HeaderDescription {
        name: "tiny",
        version: Version::new(1, 2, 3),
        interface_version: None,
        type_hash: None,
        provides: &["app"],
        requires: &[],
        conflicts: &[],
        replaces_all: false,
        environment: Environment::of_this_build(false),
        description: None,
        author: None,
    };
    const ITEM: ItemDescription<'static> = ItemDescription {
        name: "app::item",
        kind: ItemKind::Function,
        signature: "fn item()",
        form: "fn",
        inputs: &[],
        output: Some(<() as PatchType>::TYPE),
        replaces: false,
        index: Some(0),
        has_default: false,
        binary: None,
        auto_traits: None,
        foreign: false,
    };
    let header = HEADER.encode::<{ HEADER.encoded_length() }>();
    let item = ITEM.encode::<{ ITEM.encoded_length() }>();
    [header.as_slice(), &unsealed(), &item].concat()
}

/// A folder of its own for each test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    std::fs::write(folder.join("manifest"), manifest()).expect("the manifest can be written");
    std::fs::write(folder.join("image.ld"), LINKER_SCRIPT).expect("the script can be written");
    folder
}

/// Compiles and links a program, or says that there is nothing to do it with.
fn build(name: &str, chip: &str, source: &str, link: &[&str]) -> Option<Vec<u8>> {
    if !is_installed(chip) {
        assert!(std::env::var_os("DYNPATCH_CHIP_TARGETS").is_none(), "the toolchain has no target {chip}");
        eprintln!("NOT TESTED: {name}: the toolchain has no target {chip}; `rustup target add {chip}`");
        return None;
    }
    let folder = folder(&format!("{name}-{chip}"));
    let [input, output] = ["program.rs", "program"].map(|file| folder.join(file));
    std::fs::write(&input, source).expect("the source can be written");
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition=2024", "--crate-type=bin", "-Copt-level=s", "-Cpanic=abort", "-Crelocation-model=pic"]);
    rustc.args(["-Ccodegen-units=1", "-Awarnings", "--target", chip, "-o"]).arg(&output).arg(&input);
    rustc.args(link.iter().map(|argument| format!("-Clink-arg={argument}")));
    // Where the linker script is.
    let done = rustc.current_dir(&folder).output().expect("rustc can be started");
    assert!(done.status.success(), "{name}: {}", String::from_utf8_lossy(&done.stderr));
    Some(std::fs::read(output).expect("rustc wrote the program"))
}

fn is_installed(chip: &str) -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["--print", "target-libdir", "--target", chip]).output();
    let folder = String::from_utf8(output.expect("rustc can be started").stdout).expect("a path");
    Path::new(folder.trim()).is_dir()
}

fn good(name: &str, chip: &str) -> Option<Vec<u8>> {
    build(name, chip, &[PROGRAM, TABLE, MANIFEST].concat(), &[&LINK[..], &["-Timage.ld"]].concat())
}

/// The refusal of a program with something more in it, linked with something more.
fn refusal(name: &str, more: &str, link: &[&str]) -> Option<PatchError> {
    let source = [PROGRAM, TABLE, MANIFEST, more].concat();
    let link = [&LINK[..2], &["-znorelro", "-Timage.ld"], link].concat();
    let file = build(name, ARM, &source, &link)?;
    Some(image(&file).expect_err("the tool refuses it"))
}

#[track_caller]
fn says(error: &PatchError, code: ErrorCode, parts: &[&str]) {
    assert_eq!(error.code(), code, "{error}");
    let text = format!("{error}\n{}", error.help().expect("what to do"));
    parts.iter().for_each(|part| assert!(text.contains(part), "{part} is not in: {text}"));
}

#[test]
fn a_position_independent_program_becomes_an_image() {
    for (chip, machine) in CHIPS {
        let Some(file) = good("good", chip) else { continue };
        let Made { bytes, header, patch, items } = image(&file).expect("an image");
        assert_eq!((patch.as_str(), items.as_slice()), ("tiny 1.2.3", ["app::item".to_owned()].as_slice()));
        let read = Image::read(&bytes, machine).expect("the chip reads it");
        assert_eq!(read.manifest(), manifest(), "the records are those of the program");
        assert_eq!(read.table().entries().map(|(item, _)| item).collect::<Vec<_>>(), [0]);
        assert!(read.relocations().len() >= 2, "the table's functions are relocated");
        assert_eq!(header.memory - header.contents, 4, "what begins as zeros is not in the file");
        assert!(read.contents().as_chunks().0.contains(&7_u32.to_le_bytes()), "what begins otherwise is");
    }
}

#[test]
fn linked_for_one_address() {
    let source = [PROGRAM, TABLE, MANIFEST].concat();
    let Some(file) = build("exec", ARM, &source, &["-Timage.ld"]) else { return };
    says(&image(&file).expect_err("not position-independent"), ErrorCode::NotALibrary, &["ET_EXEC", "-pie"]);
}

#[test]
fn a_symbol_that_nobody_defines() {
    let more = "unsafe extern \"C\" { fn elsewhere(); }
        #[used] #[unsafe(link_section = \".data.used\")] static USED: unsafe extern \"C\" fn() = elsewhere;";
    let Some(error) = refusal("undefined", more, &["--unresolved-symbols=ignore-all"]) else { return };
    says(&error, ErrorCode::Hardening, &["symbol elsewhere", "host()"]);
}

#[test]
fn a_relocation_of_another_kind() {
    let more = "#[unsafe(no_mangle)] pub static mut SHARED: u32 = 1;
        #[repr(transparent)] struct Pointer(*mut u32);
        unsafe impl Sync for Pointer {}
        #[used] static USED: Pointer = Pointer(&raw mut SHARED);";
    let source = [PROGRAM, TABLE, MANIFEST, more].concat();
    let link = ["-shared", "--export-dynamic-symbol=SHARED", "-znorelro", "-Timage.ld"];
    let Some(file) = build("absolute", ARM, &source, &link) else { return };
    let error = image(&file).expect_err("an absolute relocation");
    says(&error, ErrorCode::Unsupported, &["section .rel.dyn", "type 2", "symbol SHARED", "relocation-model=pic"]);
}

#[test]
fn relocations_in_another_form() {
    let Some(error) = refusal("packed", "", &["-zpack-relative-relocs"]) else { return };
    says(&error, ErrorCode::Unsupported, &["section .relr.dyn", "pack-relative-relocs"]);
}

#[test]
fn constructors() {
    let more = "extern \"C\" fn early() {}
        #[used] #[unsafe(link_section = \".init_array\")] static EARLY: extern \"C\" fn() = early;";
    let Some(error) = refusal("constructor", more, &[]) else { return };
    says(&error, ErrorCode::Hardening, &["section .init_array", "connect"]);
}

#[test]
fn thread_local_variables() {
    let more = "core::arch::global_asm!(\".section .tbss,\\\"awT\\\",%nobits\", \".globl LOCAL\", \"LOCAL: .zero 4\", \".text\");
        unsafe extern \"C\" { static LOCAL: u8; }
        #[used] static USED: fn() -> usize = || (&raw const LOCAL).addr();";
    let Some(error) = refusal("thread-local", more, &["--no-gc-sections"]) else { return };
    says(&error, ErrorCode::Hardening, &["section .tbss", "static"]);
}

#[test]
fn without_manifest_or_table() {
    let link = [&LINK[..], &["-Timage.ld"]].concat();
    for (name, parts, missing) in [
        ("no-manifest", [PROGRAM, TABLE], "section .dynpatch:"),
        ("no-table", [PROGRAM, MANIFEST], "section .dynpatch_table"),
    ] {
        let Some(file) = build(name, ARM, &parts.concat(), &link) else { return };
        says(&image(&file).expect_err("no image"), ErrorCode::NotAPatch, &[missing, "firmware_image!"]);
    }
}

#[test]
fn without_the_linker_script() {
    let source = [PROGRAM, TABLE, MANIFEST].concat();
    let Some(file) = build("no-script", ARM, &source, &LINK) else { return };
    says(&image(&file).expect_err("laid out otherwise"), ErrorCode::Unsupported, &["section .", "linker script"]);
}

#[test]
fn a_manifest_that_does_not_read() {
    let Some(mut file) = good("damaged", ARM) else { return };
    let at = file.windows(4).position(|bytes| bytes == b"dynp").expect("the manifest is in the file");
    file[at + 20] ^= 1;
    says(&image(&file).expect_err("a damaged record"), ErrorCode::ManifestCorrupt, &["section .dynpatch"]);
}

#[test]
fn files_for_something_else() {
    let own = std::fs::read(std::env::current_exe().expect("this test is a file")).expect("it can be read");
    if own.starts_with(b"\x7fELF") && own[4] == 2 {
        says(&image(&own).expect_err("64 bits"), ErrorCode::WrongArchitecture, &["64 bits"]);
    }
    for bytes in [b"".as_slice(), b"MZ", b"\x7fELF", b"\x7fELF\x01\x01\x01", LINKER_SCRIPT.as_bytes()] {
        says(&image(bytes).expect_err("no ELF file"), ErrorCode::NotAnObject, &["cargo build"]);
    }
}

/// Whatever is done to a good file, the tool says something about it, and what it makes can be read.
#[test]
fn no_file_makes_it_panic() {
    let link = [&LINK[..], &["-Timage.ld", "--strip-all"]].concat();
    let Some(file) = build("mutated", ARM, &[PROGRAM, TABLE, MANIFEST].concat(), &link) else { return };
    let mut accepted = 0;
    // Most of the file is what pads it.
    for at in (0..file.len()).filter(|at| file[*at] != 0 || at % 16 == 0) {
        for value in [file[at] ^ 1, !file[at]] {
            let mut changed = file.clone();
            changed[at] = value;
            if let Ok(made) = image(&changed) {
                accepted += 1;
                assert!(Image::read(&made.bytes, made.header.machine).is_ok(), "byte {at} as {value:#x}");
            }
        }
    }
    (0..file.len()).step_by(7).for_each(|length| drop(image(&file[..length])));
    assert!(accepted > 0, "code may be changed");
}
