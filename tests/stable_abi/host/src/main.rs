//! Applies the patch that fits and those that do not: `host FITS ANOTHER_ORDER ANOTHER_LIMIT`.
use dynpatch::prelude::*;
use shared::{Order, total};

fn main() {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [fits, another_order, another_limit] = &paths[..] else { panic!("three patches, not {paths:?}") };
    init().expect("the first runtime");
    let order = || Order { id: 7, amount: 5 };
    assert_eq!(total(order()), 5, "the built-in code runs first");

    let plan = dynpatch::plan(fits).expect("nobody else is at it");
    assert!(plan.fits(), "{plan}");
    let mut pending = plan.pending.clone();
    pending.sort();
    let expected = ["shared::LIMIT", "shared::total"]
        .map(|item| format!("{item}: checked by abi_stable once the patch is mapped"));
    assert_eq!(pending, expected);
    reload(fits).expect("the same types");
    assert_eq!(total(order()), 10, "the new code ran");
    rollback().expect("it is live");

    // To dynpatch they are of one name and one size.
    for (path, subject, types) in [
        (another_order, "shared::total, argument 0", ["u32", "i32"]),
        (another_limit, "shared::LIMIT, type", ["AtomicU32", "AtomicI32"]),
    ] {
        let plan = dynpatch::plan(path).expect("nobody else is at it");
        assert!(plan.fits() && !plan.pending.is_empty(), "{plan}");
        let error = reload(path).expect_err("abi_stable sees that a field has another type");
        assert_eq!((error.code(), error.subject()), (ErrorCode::Layout, subject), "{error}");
        assert!(types.iter().all(|ty| error.cause().contains(ty)), "{error}");
        assert_eq!(total(order()), 5, "the old code still answers");
        println!("abi_stable: {error}");
    }
    assert!(active_patch_info().is_none());
    reload(fits).expect("the process still takes what fits");
    assert_eq!(total(order()), 10);
}
