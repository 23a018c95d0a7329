//! Many generations, of one path and of many, and what happens to the file afterwards.

use dynpatch::prelude::*;
use dynpatch_tests::{copy_numbered, isolated, scratch_directory};
use std::fs;

#[test]
fn a_hundred_generations_of_one_path_each_run_their_own_code() {
    isolated("generations::a_hundred_generations_of_one_path_each_run_their_own_code", || {
        init().unwrap();
        let directory = scratch_directory("path");
        let path = directory.join("pair.so");
        for number in 1..=100 {
            reload(copy_numbered("pair", number, &path)).unwrap();
            assert_eq!(test_app::pair_f(), number);
        }
        // And back through all of them.
        for number in (0..100).rev() {
            rollback().unwrap();
            assert_eq!(test_app::pair_g(), number);
        }
        fs::remove_dir_all(directory).unwrap();
    });
}

#[test]
fn three_hundred_files_fit_into_256_descriptors() {
    isolated("generations::three_hundred_files_fit_into_256_descriptors", || {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = Rlimit { current: Some(256), ..getrlimit(Resource::Nofile) };
        setrlimit(Resource::Nofile, limit).unwrap();
        init().unwrap();
        let directory = scratch_directory("descriptors");
        for number in 1..=300 {
            reload(copy_numbered("pair", number, &directory.join(format!("{number}.so")))).unwrap();
            assert_eq!((test_app::pair_f(), test_app::pair_g()), (number, number));
        }
        fs::remove_dir_all(directory).unwrap();
    });
}

#[test]
fn the_file_may_change_or_go_once_it_is_applied() {
    isolated("generations::the_file_may_change_or_go_once_it_is_applied", || {
        init().unwrap();
        let directory = scratch_directory("gone");
        let path = directory.join("pair.so");
        reload(copy_numbered("pair", 7, &path)).unwrap();
        let check = |what: &str| assert_eq!((test_app::pair_f(), test_app::pair_both()), (7, (7, 7)), "{what}");
        check("applied");
        let length = fs::metadata(&path).unwrap().len() as usize;
        fs::write(&path, vec![0xcc; length]).unwrap();
        check("overwritten in place");
        fs::File::options().write(true).open(&path).unwrap().set_len(10).unwrap();
        check("truncated");
        fs::rename(&path, directory.join("other.so")).unwrap();
        check("renamed");
        fs::remove_dir_all(&directory).unwrap();
        check("deleted");
    });
}

#[test]
fn a_budget_that_is_used_up_refuses_with_figures() {
    isolated("generations::a_budget_that_is_used_up_refuses_with_figures", || {
        let mut limits = dynpatch::Limits::default();
        limits.images = 2;
        RuntimeBuilder::new().limits(limits).init().unwrap();
        let directory = scratch_directory("budget");
        for number in 1..=2 {
            reload(copy_numbered("pair", number, &directory.join("pair.so"))).unwrap();
        }
        let error = reload(copy_numbered("pair", 3, &directory.join("pair.so"))).unwrap_err();
        assert_eq!(error.code(), ErrorCode::BudgetExhausted);
        assert!(error.cause().contains('2'), "{error}");
        assert_eq!(test_app::pair_f(), 2);
        fs::remove_dir_all(directory).unwrap();
    });
}
