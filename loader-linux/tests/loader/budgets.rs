//! Budgets: what is reached is refused with figures, and what was not mapped costs nothing.

use crate::fixture::{STRIPPED, Scratch, build, generation, load, patch};
use crate::mapping::call;
use crate::process::isolated;
use dynpatch_interface::{ErrorCode, PatchError};
use dynpatch_loader_linux::{Limits, NativeLoader};

fn exhausted(result: Result<impl Sized, PatchError>, figures: &str) {
    let error = result.err().expect("the budget is used up");
    assert_eq!(error.code(), ErrorCode::BudgetExhausted, "{error}");
    assert!(error.cause().contains(figures), "{error}");
    assert!(error.help().is_some_and(|help| help.contains("restart")), "{error:?}");
}

#[test]
fn the_defaults_are_the_stated_ones() {
    let limits = Limits::default();
    assert_eq!((limits.max_file_bytes, limits.max_image_bytes), (256 << 20, 1 << 30));
    assert_eq!((limits.max_images, limits.max_descriptors), (1024, 64));
}

#[test]
fn no_more_images_than_allowed() {
    isolated("budgets::no_more_images_than_allowed", || {
        let scratch = Scratch::new();
        let loader = NativeLoader::with_limits(Limits { max_images: 3, ..Limits::default() });
        let load = |number| load(&loader, &scratch.write("patch.so", &generation(number)));
        for number in 1..=3 {
            assert_eq!(call(&load(number).expect("there is room"), c"answer"), number);
        }
        exhausted(load(4), "3 images are kept, the limit is 3");
    });
}

#[test]
fn no_more_bytes_than_allowed() {
    isolated("budgets::no_more_bytes_than_allowed", || {
        let scratch = Scratch::new();
        let path = scratch.write("patch.so", patch());
        let first = load(&NativeLoader::new(), &path).expect("there is room");
        let max_image_bytes = patch().len().max(first.addresses().len()) as u64 * 5 / 2;
        let loader = NativeLoader::with_limits(Limits { max_image_bytes, ..Limits::default() });
        load(&loader, &path).expect("there is room");
        exhausted(load(&loader, &path), &format!("exceed the limit of {max_image_bytes}"));
    });
}

#[test]
fn a_patch_that_was_not_mapped_costs_nothing() {
    isolated("budgets::a_patch_that_was_not_mapped_costs_nothing", || {
        let scratch = Scratch::new();
        let unresolved = scratch.write("unresolved.so", &build(&[STRIPPED, &["--cfg=needs_nobody"]].concat()));
        let loader = NativeLoader::with_limits(Limits { max_images: 1, max_descriptors: 1, ..Limits::default() });
        for _ in 0..3 {
            assert_eq!(load(&loader, &unresolved).expect_err("unresolved").code(), ErrorCode::MapFailed);
        }
        load(&loader, &scratch.write("patch.so", patch())).expect("there is room");
    });
}

#[test]
fn no_descriptors_is_fewer_descriptors_not_a_refusal() {
    isolated("budgets::no_descriptors_is_fewer_descriptors_not_a_refusal", || {
        use dynpatch_core::Loader;
        let scratch = Scratch::new();
        let path = scratch.write("patch.so", patch());
        let loader = NativeLoader::with_limits(Limits { max_descriptors: 1, ..Limits::default() });
        let [first, second] =
            [(), ()].map(|()| loader.seal(&path).expect("it is there").inspect(|_| Ok::<_, PatchError>(())));
        let [first, second] =
            [first, second].map(|copy| copy.and_then(|copy| copy.admit(|_, _| Ok(()))).expect("fine"));
        // Where there is no usable memfd, no copy is.
        let sealed = first.copy().is_write_sealed();
        assert!(!second.copy().is_write_sealed(), "the one descriptor is taken");
        drop(first);
        let third = loader.seal(&path).expect("it is there").inspect(|_| Ok::<_, PatchError>(()));
        let third = third.and_then(|copy| copy.admit(|_, _| Ok(()))).expect("fine");
        assert_eq!(third.copy().is_write_sealed(), sealed, "a descriptor was given back");
        drop(third);
        load(&loader, &path).expect("the test patch loads");
        load(&loader, &path).expect("the test patch loads");
    });
}
