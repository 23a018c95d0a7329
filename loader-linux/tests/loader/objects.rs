//! What `inspect` accepts and refuses.

use crate::fixture::{RELEASE, STRIPPED, Scratch, build, folder, patch, try_build};
use dynpatch_core::Object;
use dynpatch_interface::{ErrorCode, PatchError};
use dynpatch_loader_linux::{inspect, runtime_copies};
use object::read::elf::{FileHeader as _, ProgramHeader as _};
use object::{Endianness, elf};
use std::fs;
use std::ops::Range;
use std::process::Command;

fn refused(bytes: &[u8]) -> PatchError {
    inspect(bytes).expect_err("this is no patch")
}

/// The test patch built with one more flag for the linker.
fn linked(argument: &str) -> Option<Vec<u8>> {
    try_build(&[STRIPPED, &[&format!("-Clink-arg={argument}")]].concat())
}

#[track_caller]
fn hardened(bytes: &[u8], why: &str) {
    let error = refused(bytes);
    assert_eq!(error.code(), ErrorCode::Hardening, "{error}");
    assert!(error.to_string().contains(why), "{error}");
}

#[test]
fn the_manifest_is_found() {
    let object = inspect(patch()).expect("the test patch is fine");
    assert!(patch()[object.manifest()].starts_with(b"manifest of the test: answer="));
}

/// Layouts that users choose for good reasons.
#[test]
fn other_layouts_are_accepted() {
    let arguments = ["-Wl,--hash-style=both", "-Wl,--hash-style=sysv", "-Wl,-z,separate-code", "-Wl,--no-rosegment"];
    for argument in arguments {
        let Some(bytes) = linked(argument) else { continue };
        inspect(&bytes).unwrap_or_else(|error| panic!("{argument}: {error}"));
    }
}

/// `PT_GNU_RELRO` begins where the segment of the code ends: in neither by mistake. It takes code of whole pages.
#[test]
#[cfg(all(target_arch = "x86_64", target_env = "gnu"))]
fn segments_that_touch_are_accepted() {
    let (mut missing, mut flags) = (0, Vec::new());
    for _ in 0..4 {
        let filled: Vec<&str> = [STRIPPED, &flags.iter().map(String::as_str).collect::<Vec<_>>()].concat();
        let bytes = build(&filled);
        inspect(&bytes).expect("a linker made this layout");
        let (code, relro) = code_and_relro(&bytes);
        if code.end == relro.start {
            return;
        }
        // The jumps around what fills are longer now, so that the next turn is exact.
        missing = (missing + code.end.wrapping_neg()) % 4096;
        let bits = (4..12).map(|bit| 1u64 << bit).filter(|bit| missing & bit != 0);
        flags = bits.map(|bit| format!("--cfg=fill=\"{bit}\"")).collect();
    }
    panic!("the code still does not end with a page");
}

/// The addresses of the code's segment and of what becomes read-only.
#[cfg(all(target_arch = "x86_64", target_env = "gnu"))]
fn code_and_relro(bytes: &[u8]) -> (Range<u64>, Range<u64>) {
    let header = elf::FileHeader64::<Endianness>::parse(bytes).expect("the linker wrote ELF");
    let segments = header.program_headers(Endianness::Little, bytes).expect("with program headers");
    let memory = |segment: Option<&elf::ProgramHeader64<Endianness>>| {
        let segment = segment.expect("every library has one");
        let start = segment.p_vaddr(Endianness::Little);
        start..start + segment.p_memsz(Endianness::Little)
    };
    let code = segments.iter().find(|segment| segment.p_flags(Endianness::Little).0 & elf::PF_X.0 != 0);
    let relro = segments.iter().find(|segment| segment.p_type(Endianness::Little) == elf::PT_GNU_RELRO);
    (memory(code), memory(relro))
}

#[test]
fn what_is_not_elf_is_named() {
    for (bytes, name) in [
        (&b"#!/bin/sh\nexit 0\n"[..], "a script"),
        (b"a text file, nothing else", "magic"),
        (b"MZ\x90\0", "Windows"),
        (b"\xcf\xfa\xed\xfe\x07\0\0\x01", "Mach-O"),
        (b"!<arch>\n/ ", "static library"),
        (b"x", "magic"),
        (b"", "magic"),
    ] {
        let error = refused(bytes);
        assert_eq!(error.code(), ErrorCode::NotAnObject);
        assert!(error.cause().contains(name), "{error}");
    }
}

#[test]
fn another_architecture_is_named_together_with_this_one() {
    for (at, value, name) in
        [(18, 8, "mips"), (18, 243, "riscv"), (4, 1, "32-bit"), (5, 2, "big-endian"), (4, 9, "class 9")]
    {
        let mut bytes = patch().to_vec();
        bytes[at] = value;
        let error = refused(&bytes);
        assert_eq!(error.code(), ErrorCode::WrongArchitecture, "{error}");
        assert!(error.cause().contains(name) && error.cause().contains(std::env::consts::ARCH), "{error}");
    }
}

#[test]
fn a_program_is_not_a_library() {
    let program = fs::read(std::env::current_exe().expect("a test binary has a path")).expect("it can be read");
    // A host has a manifest section too, this test binary has none.
    assert_eq!(refused(&program).code(), ErrorCode::NotAPatch);
    for kind in [1, 2, 4] {
        let mut bytes = patch().to_vec();
        bytes[16] = kind;
        assert_eq!(refused(&bytes).code(), ErrorCode::NotALibrary);
    }
}

/// Built by the C compiler that rustc links with, if it can be called by this name.
#[test]
fn a_c_library_is_not_a_patch() {
    let scratch = Scratch::new();
    let source = scratch.write("plain.c", b"int plain(void) { return 1; }");
    let library = scratch.path().join("plain.so");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source).status();
    if !built.is_ok_and(|status| status.success()) || crate::process::runs_elsewhere() {
        return;
    }
    let error = refused(&fs::read(&library).expect("it was just built"));
    assert_eq!(error.code(), ErrorCode::NotAPatch);
    assert!(error.help().is_some_and(|help| help.contains("cdylib")), "{error:?}");
}

/// A file cut off anywhere is refused, in debug and release alike.
#[test]
fn truncations_are_refused() {
    let bytes = build(RELEASE);
    let length = bytes.len();
    let cuts = (0..100).chain((1..100).map(|hundredth| length / 100 * hundredth)).chain([length - 1]);
    for cut in cuts {
        let error = refused(&bytes[..cut]);
        let codes = [ErrorCode::Malformed, ErrorCode::NotAnObject];
        assert!(codes.contains(&error.code()), "{cut}: {error}");
    }
}

#[test]
fn appended_bytes_are_refused() {
    let bytes = [patch(), b"x"].concat();
    assert_eq!(refused(&bytes).code(), ErrorCode::Malformed);
}

#[test]
fn a_file_without_section_headers_is_refused_with_help() {
    let mut bytes = patch().to_vec();
    bytes[40..48].fill(0);
    bytes[60..64].fill(0);
    let error = refused(&bytes);
    assert_eq!(error.code(), ErrorCode::Malformed);
    assert!(error.cause().contains("section headers") && error.help().is_some(), "{error}");
}

#[test]
fn linker_flags_that_weaken_the_process_are_refused() {
    for (argument, why) in [
        ("-Wl,-z,execstack", "executable stack"),
        ("-Wl,-rpath,/tmp", "directory it names"),
        ("-Wl,-rpath,/tmp,--disable-new-dtags", "directory it names"),
        ("-Wl,-soname,libc.so.6", "DT_SONAME"),
        ("-Wl,-Bsymbolic", "DT_"),
        ("-Wl,-z,nodelete", "DT_FLAGS_1"),
        ("-Wl,-z,lazy", "BIND_NOW"),
        ("-Wl,-z,pack-relative-relocs", "DT_RELR"),
        ("-Wl,--auxiliary,libaux.so", "DT_AUXILIARY"),
        ("-Wl,--filter,libfilter.so", "DT_FILTER"),
    ] {
        let Some(bytes) = linked(argument) else { continue };
        // Older GNU ld ignores what it does not know.
        if argument.contains("pack-relative") && inspect(&bytes).is_ok() {
            continue;
        }
        hardened(&bytes, why);
    }
    hardened(&build(&[STRIPPED, &["-Crelro-level=off"]].concat()), "BIND_NOW");
    hardened(&build(&[STRIPPED, &["-Crelro-level=partial"]].concat()), "BIND_NOW");
}

#[test]
fn a_foreign_library_is_named() {
    // Always the same path, because it is part of the flags by which a build is remembered.
    let other = folder().join("libother.so");
    fs::write(&other, patch()).expect("the target folder can be written");
    let bytes = linked(&format!("-Wl,--no-as-needed,{}", other.display())).expect("a library can be linked to another");
    hardened(&bytes, "libother.so");
}

/// A resolver would run while the patch is relocated, before any constructor.
#[test]
fn indirect_functions_are_refused() {
    let bytes = build(&[STRIPPED, &["--cfg=indirect"]].concat());
    hardened(&bytes, "runs code of the patch while it is relocated");
}

#[test]
fn a_runtime_of_its_own_is_found() {
    let with = build(&[RELEASE, &["--cfg=runtime"]].concat());
    assert_eq!(runtime_copies(&with, &inspect(&with).expect("a runtime is allowed")), ["tokio"]);
    assert_eq!(runtime_copies(patch(), &inspect(patch()).expect("the test patch is fine")), [""; 0]);
}
