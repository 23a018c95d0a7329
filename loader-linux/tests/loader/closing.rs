//! Closed images: gone if the dynamic linker let go of them, told and counted if it did not.

use crate::fixture::{Scratch, generation, load, patch};
use crate::mapping::{call, private_files, sealed_copies};
use crate::process::isolated;
use core::ffi::{c_int, c_void};
use core::ops::Range;
use dynpatch_core::{Closed, Image, Pages, Unreachable};
use dynpatch_interface::ErrorCode;
use dynpatch_loader_linux::{Limits, NativeImage, NativeLoader, NativePages};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::mpsc;

/// What comes of an image that nobody uses: musl never unmaps anything.
const UNUSED: Closed = if cfg!(target_env = "musl") { Closed::StillMapped } else { Closed::Unmapped };

/// Closes an image.
fn close(image: NativeImage) -> Closed {
    // SAFETY: the tests call functions of the test patch that return, on threads that are done with it, and keep no
    // pointer into it. It registers no destructors but those of thread-local variables, which this loader allows.
    Image::close(unsafe { Unreachable::vouch(image) })
}

/// Loads a generation of the test patch, proves that it is this one, and closes it.
fn cycle(loader: &NativeLoader, path: &Path, number: u32) -> (Closed, NativePages) {
    fs::write(path, generation(number)).expect("the target folder can be written");
    let image = load(loader, path).expect("there is room");
    assert_eq!(call(&image, c"answer"), number);
    let pages = image.pages();
    (close(image), pages)
}

/// Another look at the same thing: the mappings of a patch within `range`, recognised by the names the loader gives.
fn mappings(range: &Range<usize>) -> usize {
    let maps = fs::read_to_string("/proc/self/maps").expect("this process has maps");
    let patches = maps.lines().filter(|line| line.contains("/memfd:dynpatch:") || line.contains("/dynpatch-"));
    let address = |text: &str| usize::from_str_radix(text, 16).expect("an address");
    let ends = patches.map(|line| line.split_once(' ').and_then(|(ends, _)| ends.split_once('-')).expect("two"));
    ends.filter(|(start, end)| address(start) < range.end && address(end) > range.start).count()
}

/// How many libraries the dynamic linker has in its list.
fn libraries() -> usize {
    type Visit = extern "C" fn(*mut c_void, usize, *mut usize) -> c_int;
    unsafe extern "C" {
        fn dl_iterate_phdr(visit: Visit, count: *mut usize) -> c_int;
    }
    extern "C" fn visit(_: *mut c_void, _: usize, count: *mut usize) -> c_int {
        // SAFETY: the pointer is the one given below, to a variable nobody else uses.
        unsafe { *count += 1 };
        0
    }
    let mut count = 0;
    // SAFETY: `visit` has the type of `<link.h>` and is called with the pointer given here, before this returns.
    unsafe { dl_iterate_phdr(visit, &raw mut count) };
    count
}

/// What this process holds.
#[derive(Debug, PartialEq, Eq)]
struct Holdings {
    descriptors: usize,
    mappings: usize,
    libraries: usize,
}

impl Holdings {
    fn now() -> Self {
        let maps = fs::read_to_string("/proc/self/maps").expect("this process has maps");
        Self {
            descriptors: fs::read_dir("/proc/self/fd").expect("this process has descriptors").count(),
            mappings: maps.lines().filter(|line| line.contains('/')).count(),
            libraries: libraries(),
        }
    }
}

/// Memory of this process in KiB: resident, and addresses in use.
fn memory() -> [u64; 2] {
    let status = fs::read_to_string("/proc/self/status").expect("this process has a status");
    ["VmRSS:", "VmSize:"].map(|name| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("it says so");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    })
}

/// After many cycles this process holds what it held after the first hundred.
#[cfg(target_env = "gnu")]
fn cycles_hold_nothing(cycles: u32, limits: Limits) {
    const WARM_UP: u32 = 100;
    let scratch = Scratch::new();
    let path = scratch.path().join("patch.so");
    // Room for one: a cycle that gave nothing back would be the last.
    let room = patch().len() as u64 * 3 / 2;
    let loader = NativeLoader::with_limits(Limits { max_images: 1, max_image_bytes: room, ..limits });
    let mut before = None;
    for number in 0..WARM_UP + cycles {
        if number == WARM_UP {
            before = Some((Holdings::now(), memory()));
        }
        let (closed, pages) = cycle(&loader, &path, number % 1000);
        assert_eq!(closed, Closed::Unmapped, "cycle {number}");
        assert!(!pages.are_mapped());
    }
    let (holdings, kibibytes) = before.expect("it was warm");
    assert_eq!(Holdings::now(), holdings);
    eprintln!("{cycles} cycles: {holdings:?} before and after, memory {kibibytes:?} KiB and {:?} KiB", memory());
    // Two mebibytes are about a kibibyte for each cycle; a patch has hundreds.
    let grown = memory().iter().zip(kibibytes).any(|(now, before)| now.saturating_sub(before) > 2048);
    assert!(!grown, "{kibibytes:?} KiB became {:?} KiB", memory());
}

#[cfg(target_env = "gnu")]
#[test]
fn five_thousand_cycles_hold_nothing() {
    isolated("closing::five_thousand_cycles_hold_nothing", || cycles_hold_nothing(5000, Limits::default()));
}

#[cfg(target_env = "gnu")]
#[test]
fn two_thousand_cycles_from_private_files_hold_nothing() {
    isolated("closing::two_thousand_cycles_from_private_files_hold_nothing", || {
        cycles_hold_nothing(2000, Limits { force_private_file: true, ..Limits::default() });
    });
}

/// The dynamic linker has forgotten the name, so what is behind it by now is mapped.
#[cfg(target_env = "gnu")]
#[test]
fn the_name_of_a_descriptor_is_used_again() {
    isolated("closing::the_name_of_a_descriptor_is_used_again", || {
        let scratch = Scratch::new();
        let mut names = BTreeSet::new();
        for number in 1..=20 {
            let image = load(&NativeLoader::new(), &scratch.write("patch.so", &generation(number)));
            let image = image.expect("there is room");
            assert_eq!(call(&image, c"answer"), number);
            names.extend(sealed_copies());
            assert_eq!(close(image), Closed::Unmapped);
        }
        assert!(names.len() <= 1, "{names:?}");
        assert!(sealed_copies().is_empty());
    });
}

#[test]
fn a_closed_file_loads_again() {
    isolated("closing::a_closed_file_loads_again", || {
        for loader in [NativeLoader::new(), private_files()] {
            let scratch = Scratch::new();
            let path = scratch.write("patch.so", &generation(3));
            let first = load(&loader, &path).expect("there is room");
            assert_eq!((call(&first, c"answer"), call(&first, c"constructed")), (3, 1));
            let (range, pages) = (first.addresses(), first.pages());
            assert!(pages.are_mapped() && mappings(&range) > 0);
            assert_eq!(close(first), UNUSED);
            let is_there = UNUSED == Closed::StillMapped;
            assert_eq!((pages.are_mapped(), mappings(&range) > 0), (is_there, is_there));
            let second = load(&loader, &path).expect("there is room");
            assert_eq!((call(&second, c"answer"), call(&second, c"constructed")), (3, 1));
            // Most likely at the place of the first, which is still gone.
            assert!(second.pages().are_mapped());
            assert_eq!(pages.are_mapped(), is_there);
        }
    });
}

#[test]
fn one_of_two_images_of_a_file_is_closed() {
    isolated("closing::one_of_two_images_of_a_file_is_closed", || {
        for loader in [NativeLoader::new(), private_files()] {
            let scratch = Scratch::new();
            let path = scratch.write("patch.so", &generation(4));
            let [first, second] = [(), ()].map(|()| load(&loader, &path).expect("there is room"));
            assert_ne!(first.addresses(), second.addresses());
            assert_eq!([&first, &second].map(|image| call(image, c"answer")), [4, 4]);
            assert_eq!(close(first), UNUSED);
            assert_eq!((call(&second, c"answer"), call(&second, c"corners")), (4, 7));
            assert!(second.manifest().ends_with(b"answer=004") && second.pages().are_mapped());
            assert_eq!(close(second), UNUSED);
        }
    });
}

#[test]
fn what_is_dropped_stays_mapped() {
    isolated("closing::what_is_dropped_stays_mapped", || {
        let scratch = Scratch::new();
        let loader = NativeLoader::with_limits(Limits { max_images: 1, ..Limits::default() });
        let path = scratch.write("patch.so", patch());
        let (range, pages) = {
            let image = load(&loader, &path).expect("there is room");
            (image.addresses(), image.pages())
        };
        assert!(pages.are_mapped() && mappings(&range) > 0);
        assert_eq!(load(&loader, &path).expect_err("it counts").code(), ErrorCode::BudgetExhausted);
    });
}

/// Closes an image that the dynamic linker keeps, sees that the truth is told, and lets it go.
fn kept(loader: &NativeLoader, hold: impl FnOnce(&NativeImage) -> Box<dyn FnOnce()>) -> (NativePages, Range<usize>) {
    let scratch = Scratch::new();
    let path = scratch.write("patch.so", &generation(5));
    let image = load(loader, &path).expect("there is room");
    assert_eq!(call(&image, c"answer"), 5);
    let (range, pages, copies) = (image.addresses(), image.pages(), sealed_copies().len());
    let let_go = hold(&image);
    assert_eq!(close(image), Closed::StillMapped);
    assert!(pages.are_mapped() && mappings(&range) > 0);
    assert_eq!(sealed_copies().len(), copies, "its name is still known to the dynamic linker");
    let error = load(loader, &path).expect_err("it counts as before");
    assert_eq!(error.code(), ErrorCode::BudgetExhausted);
    let_go();
    (pages, range)
}

fn room_for_one(force_private_file: bool) -> NativeLoader {
    NativeLoader::with_limits(Limits { max_images: 1, force_private_file, ..Limits::default() })
}

/// glibc keeps an image with such destructors; what it does when they have run is its own business, and told.
#[test]
fn an_image_with_a_thread_local_destructor_to_come_stays() {
    isolated("closing::an_image_with_a_thread_local_destructor_to_come_stays", || {
        for force_private_file in [false, true] {
            let (pages, range) = kept(&room_for_one(force_private_file), |image| {
                let remembered = image.symbol(c"remembered").addr();
                let (ready, is_ready) = mpsc::channel();
                let (end, ended) = mpsc::channel::<()>();
                let thread = std::thread::spawn(move || {
                    let address = core::ptr::with_exposed_provenance::<()>(remembered);
                    // SAFETY: the test patch defines the name as a function of this type.
                    let function: extern "C" fn(u32) -> u32 = unsafe { core::mem::transmute(address) };
                    assert_eq!(function(30), 38);
                    ready.send(()).expect("the test waits for it");
                    let _ = ended.recv();
                });
                is_ready.recv().expect("the thread has called the patch");
                Box::new(move || {
                    end.send(()).expect("the thread waits for it");
                    thread.join().expect("destructors of thread-local variables run in mapped code");
                })
            });
            assert_eq!(pages.are_mapped(), mappings(&range) > 0);
            // glibc unmaps it together with the next one that is closed.
            let roomy = NativeLoader::with_limits(Limits { force_private_file, ..Limits::default() });
            let scratch = Scratch::new();
            assert_eq!(cycle(&roomy, &scratch.path().join("patch.so"), 6).0, UNUSED);
            assert_eq!(pages.are_mapped(), UNUSED == Closed::StillMapped);
            if UNUSED == Closed::StillMapped {
                return;
            }
            assert_eq!(cycle(&room_for_one(force_private_file), &scratch.path().join("patch.so"), 7).0, UNUSED);
        }
    });
}

/// The library behind the only sealed copy, opened once more by somebody else.
fn opened_by_someone_else(flags: c_int) -> Library {
    let copies = sealed_copies();
    let copy = copies.first().expect("there is a sealed copy");
    // SAFETY: the test patch was mapped already, so nothing of it runs.
    unsafe { Library::open(Some(copy), RTLD_NOW | RTLD_LOCAL | flags) }.expect("its name is known")
}

#[cfg(target_env = "gnu")]
#[test]
fn an_image_that_must_not_be_deleted_stays() {
    isolated("closing::an_image_that_must_not_be_deleted_stays", || {
        const RTLD_NODELETE: c_int = 0x1000;
        let loader = room_for_one(false);
        let (pages, range) = kept(&loader, |_| {
            drop(opened_by_someone_else(RTLD_NODELETE));
            Box::new(|| ())
        });
        assert!(pages.are_mapped() && mappings(&range) > 0);
        let scratch = Scratch::new();
        let error = load(&loader, &scratch.write("patch.so", patch())).expect_err("it counts for good");
        assert_eq!(error.code(), ErrorCode::BudgetExhausted);
    });
}

/// The room is given back when the last of them lets go, without anybody closing an image of ours again.
#[cfg(target_env = "gnu")]
#[test]
fn an_image_that_someone_else_has_open_stays_until_they_close_it() {
    isolated("closing::an_image_that_someone_else_has_open_stays_until_they_close_it", || {
        for is_asked in [false, true] {
            let loader = room_for_one(false);
            let (pages, range) = kept(&loader, |_| {
                let library = opened_by_someone_else(0);
                Box::new(|| drop(library))
            });
            assert_eq!(mappings(&range), 0);
            assert!(!is_asked || !pages.are_mapped());
            let scratch = Scratch::new();
            assert_eq!(cycle(&loader, &scratch.path().join("patch.so"), 8).0, Closed::Unmapped);
            assert!(!pages.are_mapped());
        }
    });
}

/// Maps the first page of a file at an address, or anywhere.
#[cfg(target_env = "gnu")]
fn map(path: &Path, address: Option<usize>) -> usize {
    use rustix::mm::{MapFlags, ProtFlags, mmap};
    let file = File::open(path).expect("it is there");
    let place = core::ptr::with_exposed_provenance_mut(address.unwrap_or(0));
    let fixed = if address.is_some() { MapFlags::FIXED_NOREPLACE } else { MapFlags::empty() };
    // SAFETY: the place is a free one, or the kernel is to choose one: nothing that is mapped is replaced.
    let mapped = unsafe { mmap(place, 4096, ProtFlags::READ, MapFlags::PRIVATE | fixed, &file, 0) };
    mapped.expect("a file can be mapped").addr()
}

/// Another file where the image was, and the image's file elsewhere, are not the image.
#[cfg(target_env = "gnu")]
#[test]
fn an_image_is_known_by_its_place_and_its_file_together() {
    isolated("closing::an_image_is_known_by_its_place_and_its_file_together", || {
        let scratch = Scratch::new();
        let path = scratch.write("patch.so", &generation(2));
        let image = load(&NativeLoader::new(), &path).expect("there is room");
        assert_eq!(call(&image, c"answer"), 2);
        let (range, pages) = (image.addresses(), image.pages());
        let elsewhere = map(&sealed_copies()[0], None);
        let library = opened_by_someone_else(0);
        assert_eq!(close(image), Closed::StillMapped);
        drop(library);
        assert_eq!(map(&path, Some(range.start)), range.start, "the place is free");
        assert!(!range.contains(&elsewhere) && mappings(&(elsewhere..elsewhere + 1)) == 1);
        assert!(!pages.are_mapped());
        assert!(sealed_copies().is_empty(), "what it took is given back");
    });
}

/// Whoever closes what is not theirs gets no other file of theirs closed in return.
#[cfg(target_env = "gnu")]
#[test]
fn a_descriptor_that_belongs_to_someone_else_by_now_stays_open() {
    isolated("closing::a_descriptor_that_belongs_to_someone_else_by_now_stays_open", || {
        let scratch = Scratch::new();
        let path = scratch.write("patch.so", &generation(9));
        let image = load(&NativeLoader::new(), &path).expect("there is room");
        let number = sealed_copies()[0].file_name().and_then(|name| name.to_str()?.parse::<i32>().ok());
        let number = number.expect("a descriptor is a number");
        // SAFETY: not sound for the loader, which owns it; that is what is tried here.
        unsafe { rustix::io::close(number) };
        let files: Vec<File> = (0..=number).map(|_| File::open(&path).expect("it is there")).collect();
        let other = files.iter().find(|file| file.as_raw_fd() == number).expect("the lowest free numbers are taken");
        assert_eq!(call(&image, c"answer"), 9);
        assert_eq!(close(image), Closed::Unmapped);
        assert!(other.metadata().is_ok_and(|metadata| metadata.is_file()), "it is still open");
    });
}

#[test]
fn threads_load_and_close_side_by_side() {
    isolated("closing::threads_load_and_close_side_by_side", || {
        let scratch = Scratch::new();
        let loaders = [NativeLoader::new(), private_files()];
        std::thread::scope(|scope| {
            for thread in 0..4_u32 {
                let (path, loader) = (scratch.path().join(format!("{thread}.so")), &loaders[thread as usize % 2]);
                scope.spawn(move || {
                    for turn in 0..100 {
                        assert_eq!(cycle(loader, &path, 200 * thread + turn).0, UNUSED);
                    }
                });
            }
        });
        assert_eq!(sealed_copies().is_empty(), UNUSED == Closed::Unmapped);
    });
}

#[test]
fn an_image_may_be_closed_by_any_thread() {
    const fn sent<T: Send + Sync>() {}
    const { sent::<NativeImage>() };
    const { sent::<NativePages>() };
}
