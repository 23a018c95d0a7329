//! Sealed files and bad ones.

use crate::refused;
use dynpatch::Integrity;
use dynpatch::prelude::*;
use dynpatch_tests::{fixture, isolated, scratch_directory, sealed};
use std::fs;

/// Numbers that look random and are the same in every run.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, bound: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (value ^ (value >> 31)) as usize % bound
    }
}

#[test]
fn a_seal_is_reported_and_survives_sealing_again() {
    isolated("seals::a_seal_is_reported_and_survives_sealing_again", || {
        init().unwrap();
        let path = sealed("hotfix", &scratch_directory("seal").join("sealed.so"));
        let bytes = fs::read(&path).unwrap();
        dynpatch::seal(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), bytes, "sealing twice gives the same file");
        assert_eq!(reload(&path).unwrap().patch.integrity, Integrity::Sealed);
        assert_eq!(test_app::process_data("x"), "hotfixed x on v1 101");
        assert_eq!(reload(fixture("hotfix")).unwrap().patch.integrity, Integrity::None);
        let error = dynpatch::seal(std::env::current_exe().unwrap()).unwrap_err();
        assert!(
            [ErrorCode::NotALibrary, ErrorCode::NotAPatch, ErrorCode::Malformed].contains(&error.code()),
            "{error}"
        );
    });
}

#[test]
fn slow_every_flip_and_truncation_of_a_sealed_file_is_refused() {
    isolated("seals::slow_every_flip_and_truncation_of_a_sealed_file_is_refused", || {
        init().unwrap();
        let directory = scratch_directory("flips");
        let whole = fs::read(sealed("hotfix", &directory.join("sealed.so"))).unwrap();
        let path = directory.join("damaged.so");
        let mut sequence = Sequence(1);
        for _ in 0..2000 {
            let mut bytes = whole.clone();
            let (byte, bit) = (sequence.below(bytes.len()), sequence.below(8));
            bytes[byte] ^= 1 << bit;
            fs::write(&path, bytes).unwrap();
            let error = reload(&path).expect_err(&format!("bit {bit} of byte {byte} flipped"));
            assert!(error.to_string().contains("damaged.so"), "{error}");
            assert_eq!((test_app::process_data("x"), active_patch_info()), ("X".to_owned(), None), "{error}");
        }
        for _ in 0..200 {
            fs::write(&path, &whole[..sequence.below(whole.len())]).unwrap();
            refused(&path);
        }
        assert_eq!(active_patch_info(), None);
        fs::write(&path, &whole).unwrap();
        reload(&path).unwrap();
        assert_eq!(test_app::process_data("x"), "hotfixed x on v1 101", "the whole file still fits");
        fs::remove_dir_all(directory).unwrap();
    });
}

#[test]
fn bad_files_are_refused_with_their_path() {
    isolated("seals::bad_files_are_refused_with_their_path", || {
        init().unwrap();
        let directory = scratch_directory("bad");
        let at = |name: &str| directory.join(name);
        fs::write(at("empty"), "").unwrap();
        fs::write(at("text.so"), "fn main() {}\n".repeat(1000)).unwrap();
        fs::create_dir(at("directory")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, at("fifo"), rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        fs::File::create(at("sparse")).unwrap().set_len(2 << 30).unwrap();
        let mut foreign = fs::read(fixture("hotfix")).unwrap();
        foreign[18] = 183; // e_machine: AArch64
        fs::write(at("foreign.so"), foreign).unwrap();
        fs::write(at("library.c"), "int answer(void) { return 42; }").unwrap();
        let built = std::process::Command::new("cc")
            .args(["-shared", "-fPIC", "-o"])
            .args([at("library.so"), at("library.c")])
            .status()
            .expect("the C compiler that rustc links with");
        assert!(built.success());
        for (path, code) in [
            (at("missing.so"), ErrorCode::NotFound),
            (at("directory"), ErrorCode::NotAFile),
            (at("fifo"), ErrorCode::NotAFile),
            ("/dev/zero".into(), ErrorCode::NotAFile),
            (at("empty"), ErrorCode::Empty),
            (at("sparse"), ErrorCode::TooLarge),
            (at("text.so"), ErrorCode::NotAnObject),
            (at("foreign.so"), ErrorCode::WrongArchitecture),
            (at("library.so"), ErrorCode::NotAPatch),
        ] {
            let error = refused(&path);
            assert_eq!(error.code(), code, "{error}");
            assert!(error.to_string().contains(&*path.to_string_lossy()), "{error}");
        }
        reload(fixture("hotfix")).unwrap();
        assert_eq!(test_app::process_data("x"), "hotfixed x on v1 101");
        fs::remove_dir_all(directory).unwrap();
    });
}

#[test]
fn a_flipped_manifest_is_refused_without_a_seal() {
    isolated("seals::a_flipped_manifest_is_refused_without_a_seal", || {
        init().unwrap();
        let path = scratch_directory("manifest").join("damaged.so");
        let whole = fs::read(fixture("hotfix")).unwrap();
        // Every record of the manifest begins so; the reserved seal is the one that may change.
        let starts: Vec<usize> = (0..whole.len() - 4).filter(|at| &whole[*at..*at + 4] == b"dynp").collect();
        let mut sequence = Sequence(2);
        let mut flips = 0;
        for start in starts {
            let length = u32::from_le_bytes(whole[start + 6..start + 10].try_into().unwrap()) as usize;
            let kind = whole[start + 5];
            if whole[start + 4] != 1 || !(1..=2).contains(&kind) || length > 4096 {
                continue; // the same four bytes in code or debug information
            }
            for _ in 0..40 {
                let mut bytes = whole.clone();
                bytes[start + sequence.below(14 + length)] ^= 1 << sequence.below(8);
                fs::write(&path, bytes).unwrap();
                reload(&path).expect_err("a flip in the manifest");
                flips += 1;
            }
        }
        assert!(flips >= 200, "{flips} flips only: were the records found?");
        assert_eq!((test_app::version(), active_patch_info()), (1, None));
    });
}
