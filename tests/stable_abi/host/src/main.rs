//! Applies the patch that fits and the one that does not: `host FITS DOES_NOT`.
use dynpatch::prelude::*;
use shared::{Order, total};

fn main() {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [fits, changed] = &paths[..] else { panic!("two patches, not {paths:?}") };
    init().expect("the first runtime");
    let order = || Order { id: 7, amount: 5 };
    assert_eq!(total(order()), 5, "the built-in code runs first");

    let plan = dynpatch::plan(fits).expect("nobody else is at it");
    assert!(plan.fits(), "{plan}");
    assert_eq!(plan.pending, ["shared::total: checked by abi_stable once the patch is mapped"]);
    reload(fits).expect("the same types");
    assert_eq!(total(order()), 10, "the new code ran");
    rollback().expect("it is live");

    // To dynpatch both are of one name and one size.
    let plan = dynpatch::plan(changed).expect("nobody else is at it");
    assert!(plan.fits() && !plan.pending.is_empty(), "{plan}");
    let error = reload(changed).expect_err("abi_stable sees that a field has another type");
    assert_eq!((error.code(), error.subject()), (ErrorCode::Layout, "shared::total, argument 0"), "{error}");
    assert!(error.cause().contains("u32") && error.cause().contains("i32"), "{error}");
    assert_eq!(total(order()), 5, "the old code still answers");
    assert!(active_patch_info().is_none());
    reload(fits).expect("the process still takes what fits");
    assert_eq!(total(order()), 10);
    println!("abi_stable: {error}");
}
