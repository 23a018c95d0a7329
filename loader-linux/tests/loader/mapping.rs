//! Mapped patches: that their code runs, and that nothing done to a file changes it.

use crate::fixture::{STRIPPED, Scratch, build, generation, load, patch};
use crate::process::isolated;
use core::ffi::CStr;
use dynpatch_core::{Image, Loader, Object};
use dynpatch_interface::{ErrorCode, PatchError};
use dynpatch_loader_linux::{ElfObject, Limits, NativeImage, NativeLoader};
use rustix::fs::{Mode, OFlags, SealFlags};
use rustix::io::Errno;
use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// Calls a function of the test patch.
pub(crate) fn call(image: &NativeImage, name: &CStr) -> u32 {
    let address = image.symbol(name);
    assert!(!address.is_null(), "the patch exports {name:?}");
    // SAFETY: the test patch, which is mapped as long as `image` is there, defines all the names used here as functions of this type.
    let function: extern "C" fn() -> u32 = unsafe { core::mem::transmute(address) };
    function()
}

fn loaded(path: &Path) -> NativeImage {
    load(&NativeLoader::new(), path).expect("the test patch loads")
}

pub(crate) fn private_files() -> NativeLoader {
    NativeLoader::with_limits(Limits { force_private_file: true, ..Limits::default() })
}

/// The descriptors of this process that lead to a sealed copy.
pub(crate) fn sealed_copies() -> Vec<PathBuf> {
    let descriptors = fs::read_dir("/proc/self/fd").expect("this process has descriptors");
    let paths = descriptors.map(|entry| entry.expect("an entry").path());
    let leads_to_copy =
        |path: &PathBuf| fs::read_link(path).is_ok_and(|to| to.to_string_lossy().contains("/memfd:dynpatch:"));
    paths.filter(leads_to_copy).collect()
}

#[test]
fn the_code_of_a_patch_runs() {
    isolated("mapping::the_code_of_a_patch_runs", || {
        let scratch = Scratch::new();
        let image = loaded(&scratch.write("patch.so", &generation(41)));
        assert_eq!(call(&image, c"answer"), 41);
        assert_eq!(call(&image, c"constructed"), 1);
        assert_eq!(call(&image, c"corners"), 7);
        assert_eq!(call(&image, c"padded"), 100);
        assert_eq!(call(&image, c"caught"), 1);
        assert!(image.manifest().ends_with(b"answer=041"));
        assert!(image.addresses().contains(&image.manifest().as_ptr().addr()));
    });
}

#[test]
fn the_manifest_in_memory_is_the_inspected_one() {
    isolated("mapping::the_manifest_in_memory_is_the_inspected_one", || {
        for flags in [STRIPPED, &["-Copt-level=0", "-g"]] {
            let scratch = Scratch::new();
            let bytes = build(flags);
            let expected = dynpatch_loader_linux::inspect(&bytes).expect("the test patch is fine").manifest();
            assert_eq!(loaded(&scratch.write("patch.so", &bytes)).manifest(), &bytes[expected]);
        }
    });
}

/// `dlsym` would also answer with what a needed library exports.
#[test]
fn only_the_patchs_own_symbols_are_found() {
    isolated("mapping::only_the_patchs_own_symbols_are_found", || {
        let scratch = Scratch::new();
        let image = loaded(&scratch.write("patch.so", patch()));
        assert!(!image.symbol(c"answer").is_null());
        for name in [c"malloc", c"_Unwind_Resume", c"nobody_has_this", c""] {
            assert!(image.symbol(name).is_null(), "{name:?}");
        }
    });
}

#[test]
fn what_happens_to_the_source_is_not_seen() {
    isolated("mapping::what_happens_to_the_source_is_not_seen", || {
        type Change = fn(&Path);
        let changes: [(&str, Change); 5] = [
            ("overwritten", |path| fs::write(path, generation(999)).expect("it can be written")),
            ("filled with zeros", |path| fs::write(path, vec![0; patch().len()]).expect("it can be written")),
            ("truncated", |path| File::create(path).map(drop).expect("it can be cut")),
            ("renamed", |path| fs::rename(path, path.with_extension("old")).expect("it can be renamed")),
            ("deleted", |path| fs::remove_file(path).expect("it can be deleted")),
        ];
        for loader in [NativeLoader::new(), private_files()] {
            for (number, (name, change)) in (1..).zip(changes) {
                let scratch = Scratch::new();
                let path = scratch.write("patch.so", &generation(number));
                let image = load(&loader, &path).expect("the test patch loads");
                change(&path);
                assert_eq!(call(&image, c"answer"), number, "{name}");
                assert_eq!(call(&image, c"corners"), 7, "{name}");
            }
        }
    });
}

/// The copy is what counts from the moment it is made, not from the moment it is mapped.
#[test]
fn a_source_replaced_between_seal_and_map_is_not_seen() {
    isolated("mapping::a_source_replaced_between_seal_and_map_is_not_seen", || {
        for loader in [NativeLoader::new(), private_files()] {
            let scratch = Scratch::new();
            let path = scratch.write("patch.so", &generation(5));
            let sealed = loader.seal(&path).expect("it is there");
            fs::write(&path, generation(6)).expect("it can be written");
            let inspected = sealed.inspect(|bytes| Ok::<_, PatchError>((loader.inspect(bytes)?, "kept")));
            fs::remove_file(&path).expect("it can be deleted");
            let inspected = inspected.expect("the test patch is fine");
            let admitted = inspected.admit(|_, _| Ok::<(), PatchError>(())).expect("nothing is refused");
            let (image, findings) = loader.map(admitted).expect("the test patch loads");
            assert_eq!((call(&image, c"answer"), findings), (5, "kept"));
        }
    });
}

#[test]
fn a_hundred_generations_of_one_path_are_a_hundred_images() {
    isolated("mapping::a_hundred_generations_of_one_path_are_a_hundred_images", || {
        let scratch = Scratch::new();
        let images: Vec<_> = (1..=100).map(|number| loaded(&scratch.write("patch.so", &generation(number)))).collect();
        for (number, image) in (1..).zip(&images) {
            assert_eq!(call(image, c"answer"), number);
            assert_eq!(call(image, c"constructed"), 1);
        }
    });
}

/// More images than descriptors: the rest are mapped from private files.
#[test]
fn three_hundred_patches_load_with_few_descriptors() {
    isolated("mapping::three_hundred_patches_load_with_few_descriptors", || {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Nofile);
        limit.current = Some(256);
        setrlimit(Resource::Nofile, limit).expect("a limit can be lowered");
        let scratch = Scratch::new();
        let write = |number| scratch.write(&format!("patch-{number}.so"), &generation(number));
        let images: Vec<_> = (1..=300).map(|number| loaded(&write(number))).collect();
        assert!((1..).zip(&images).all(|(number, image)| call(image, c"answer") == number));
        assert!(sealed_copies().len() <= 64, "{} descriptors are open", sealed_copies().len());
    });
}

#[test]
fn a_sealed_copy_refuses_every_change() {
    isolated("mapping::a_sealed_copy_refuses_every_change", || {
        let scratch = Scratch::new();
        let path = scratch.write("patch.so", &generation(8));
        let image = loaded(&path);
        let copies = sealed_copies();
        let Some(copy) = copies.first() else { return eprintln!("skipped: there is no usable memfd here") };
        assert_eq!(call(&image, c"answer"), 8);
        let file = rustix::fs::open(copy, OFlags::RDWR, Mode::empty()).expect("its owner may open it");
        assert_eq!(rustix::io::write(&file, b"x"), Err(Errno::PERM));
        assert_eq!(rustix::fs::ftruncate(&file, 0), Err(Errno::PERM));
        assert_eq!(rustix::fs::ftruncate(&file, 1 << 30), Err(Errno::PERM));
        let seals = rustix::fs::fcntl_get_seals(&file).expect("a memfd has seals");
        assert!(seals.contains(SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL));
        assert_eq!(rustix::fs::fcntl_add_seals(&file, SealFlags::FUTURE_WRITE), Err(Errno::PERM));
        assert_eq!(call(&image, c"answer"), 8);
    });
}

/// glibc would take the new descriptor of the same number for the old library.
#[test]
fn a_descriptor_closed_behind_our_back_confuses_nothing() {
    isolated("mapping::a_descriptor_closed_behind_our_back_confuses_nothing", || {
        let scratch = Scratch::new();
        let first = loaded(&scratch.write("patch.so", &generation(1)));
        for copy in sealed_copies() {
            let number = copy.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
            // SAFETY: not sound for the loader, which owns it; that is what is tried here. Nothing but the name of
            // the descriptor is used by anyone from here on.
            unsafe { rustix::io::close(number.expect("a descriptor is a number")) };
        }
        let next: Vec<_> = (2..10).map(|number| loaded(&scratch.write("patch.so", &generation(number)))).collect();
        assert!((2..).zip(&next).all(|(number, image)| call(image, c"answer") == number));
        assert_eq!(call(&first, c"answer"), 1);
    });
}

#[test]
fn a_private_file_leaves_nothing_behind() {
    isolated("mapping::a_private_file_leaves_nothing_behind", || {
        let scratch = Scratch::new();
        let place = scratch.path().join("runtime");
        fs::create_dir(&place).expect("a folder can be made");
        // SAFETY: this child runs one test in one thread, and nobody reads the environment meanwhile.
        unsafe { std::env::set_var("XDG_RUNTIME_DIR", &place) };
        let sealed = private_files().seal(&scratch.write("patch.so", &generation(7))).expect("it is there");
        assert_eq!(fs::read_dir(&place).expect("it is there").count(), 0, "nothing is written before it is admitted");
        drop(sealed);
        let image = load(&private_files(), &scratch.write("patch.so", &generation(7))).expect("the test patch loads");
        assert_eq!(call(&image, c"answer"), 7);
        assert_eq!(fs::read_dir(&place).expect("it is there").count(), 0, "nothing is left");
        assert!(sealed_copies().is_empty());
        let maps = fs::read_to_string("/proc/self/maps").expect("this process has maps");
        let mapped_from = maps.lines().find(|line| line.contains("dynpatch-")).expect("it is mapped from a file");
        assert!(mapped_from.contains(&place.display().to_string()), "{mapped_from}");
        assert!(mapped_from.ends_with("(deleted)"), "{mapped_from}");
    });
}

/// A place that cannot be written is passed over.
#[test]
fn a_private_file_goes_where_it_can() {
    isolated("mapping::a_private_file_goes_where_it_can", || {
        let scratch = Scratch::new();
        // SAFETY: as above.
        unsafe { std::env::set_var("XDG_RUNTIME_DIR", scratch.path().join("missing")) };
        let image = load(&private_files(), &scratch.write("patch.so", &generation(9))).expect("the test patch loads");
        assert_eq!(call(&image, c"answer"), 9);
    });
}

#[test]
fn the_dynamic_linkers_words_are_kept() {
    isolated("mapping::the_dynamic_linkers_words_are_kept", || {
        let scratch = Scratch::new();
        let bytes = build(&[STRIPPED, &["--cfg=needs_nobody"]].concat());
        let path = scratch.write("patch.so", &bytes);
        let error = load(&NativeLoader::new(), &path).expect_err("nobody defines the symbol");
        assert_eq!(error.code(), ErrorCode::MapFailed);
        assert_eq!(error.subject(), path.display().to_string());
        assert!(error.cause().contains("dynpatch_nobody_has_this"), "{error}");
        assert!(sealed_copies().is_empty(), "a patch that was not mapped keeps nothing");
    });
}

/// Findings about one file say nothing about another.
#[test]
fn findings_of_another_file_are_refused() {
    isolated("mapping::findings_of_another_file_are_refused", || {
        let scratch = Scratch::new();
        let loader = NativeLoader::new();
        let other: ElfObject = loader.inspect(&build(&["-Copt-level=0"])).expect("the test patch is fine");
        let sealed = loader.seal(&scratch.write("patch.so", patch())).expect("it is there");
        let inspected = sealed.inspect(|_| Ok::<_, PatchError>((other, ()))).expect("nothing is refused");
        let admitted = inspected.admit(|_, _| Ok::<(), PatchError>(())).expect("nothing is refused");
        assert_eq!(loader.map(admitted).expect_err("another file").code(), ErrorCode::MapFailed);
    });
}

#[test]
fn threads_load_side_by_side() {
    isolated("mapping::threads_load_side_by_side", || {
        let scratch = Scratch::new();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let scratch = &scratch;
                scope.spawn(move || {
                    for number in (1..40).filter(|number| number % 4 == thread) {
                        let image = loaded(&scratch.write(&format!("{number}.so"), &generation(number)));
                        assert_eq!(call(&image, c"answer"), number);
                    }
                });
            }
        });
        assert!(sealed_copies().iter().all(|copy| File::open(copy).is_ok_and(|file| file.as_raw_fd() > 2)));
    });
}
