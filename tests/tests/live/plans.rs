//! What a plan says is what an apply does, and a plan does nothing.

use crate::{applied, refused};
use dynpatch::prelude::*;
use dynpatch::{Plan, plan, plan_for};
use dynpatch_core::manifest::records;
use dynpatch_interface::record::{PREFIX, crc32, header, kind};
use dynpatch_tests::{fixture, isolated, randomised, scratch_directory};
use std::error::Error;
use std::path::{Path, PathBuf};

/// Not described.
pub(crate) struct Plain {
    pub(crate) number: u32,
}

#[patchable]
pub(crate) fn doubled(plain: Plain) -> Result<u32, Box<dyn Error>> {
    plain.number.checked_mul(2).ok_or_else(|| "too much".into())
}

/// The files that are mapped into this process.
fn mapped() -> Vec<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux says what is mapped");
    let files = maps.lines().filter_map(|line| line.split_once('/').map(|(_, path)| path.to_owned()));
    let mut files: Vec<String> = files.collect();
    files.dedup();
    files
}

/// The first refusal of a plan, beside what an apply says.
fn planned_and_refused(path: &Path) -> (Plan, PatchError) {
    let before = mapped();
    let plan = plan(path).expect("nobody else is at it");
    let error = refused(path);
    assert_eq!(mapped(), before, "neither maps anything of {}", path.display());
    let first = plan.refusals.first().expect("the plan refuses as well");
    assert_eq!(
        (first.code.as_str(), first.subject.as_str(), first.cause.as_str()),
        (error.code().as_str(), error.subject(), error.cause())
    );
    (plan, error)
}

#[test]
fn a_plan_says_what_an_apply_does() {
    isolated("plans::a_plan_says_what_an_apply_does", || {
        init().unwrap();
        for package in
            ["with-changed-signature", "with-changed-size", "with-changed-lacking", "duplicate", "two-services"]
        {
            planned_and_refused(&fixture(package));
        }
        let (plan, _) = planned_and_refused(Path::new("/nowhere/at/all.so"));
        assert_eq!((plan.refusals[0].code.as_str(), plan.patch.is_none()), ("not-found", true));
        let before = mapped();
        let plan = dynpatch::plan(fixture("same-source")).unwrap();
        assert!(plan.fits(), "{plan}");
        assert_eq!(mapped(), before);
        assert_eq!(test_app::version(), 1, "a plan applies nothing");
        let brought = |plan: &Plan, name: &str| plan.items.iter().any(|item| item.name == name && item.provided);
        assert!(brought(&plan, "test_app::version") && brought(&plan, "test_app::Greeter::greet"));
        reload(fixture("same-source")).unwrap();
        assert_eq!(test_app::version(), 2);
    });
}

#[test]
fn a_plan_is_a_value() {
    isolated("plans::a_plan_is_a_value", || {
        init().unwrap();
        for package in ["with-changed-size", "same-source"] {
            let plan = plan(fixture(package)).unwrap();
            let text = serde_json::to_string(&plan).unwrap();
            assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
        }
        let plan = plan(fixture("with-changed-size")).unwrap();
        let [refusal] = &plan.refusals[..] else { panic!("one changed field is one line: {plan}") };
        assert_eq!((refusal.aspect.as_deref(), refusal.against.as_str()), (Some("field-added"), "host"));
        assert_eq!(
            refusal.to_string(),
            "error[layout]: test_app::serve, argument 0 (Request), field more: host none, patch u64 at byte 24"
        );
    });
}

#[test]
fn an_interface_that_claims_too_much_is_told_which_version_is_right() {
    isolated("plans::an_interface_that_claims_too_much_is_told_which_version_is_right", || {
        RuntimeBuilder::new().interface_version(Version::new(1, 3, 2)).init().unwrap();
        let (plan, error) = planned_and_refused(&fixture("claims"));
        let advice = plan.semver.expect("claim and types disagree");
        assert_eq!((advice.claimed.as_str(), advice.host.as_str(), advice.right.as_str()), ("1.3.0", "1.3.2", "2.0.0"));
        assert!(error.help().unwrap().contains("needs 2.0.0"), "{error:?}");
    });
}

#[test]
fn what_another_patch_brought_counts_as_well() {
    isolated("plans::what_another_patch_brought_counts_as_well", || {
        let first = applied("addition-first");
        assert_eq!(test_app::version(), 42, "the addition answers");
        let (plan, error) = planned_and_refused(&fixture("addition-changed"));
        assert_eq!(
            error.to_string(),
            "error[layout]: addition_first::sum, argument 0 (Pair), field second: host u32, patch i32"
        );
        assert_eq!(plan.refusals[0].against, first.patch.name);
        assert_eq!(test_app::version(), 42);
        rollback().unwrap();
        assert_eq!(refused(fixture("addition-changed")).code(), ErrorCode::UnknownItem);
    });
}

#[test]
fn what_nobody_described_is_listed() {
    isolated("plans::what_nobody_described_is_listed", || {
        init().unwrap();
        let plan = plan(fixture("opaque")).unwrap();
        let lists = [&plan.opaque, &plan.downcastable]
            .map(|list| list.iter().map(|entry| format!("{}: {}", entry.subject, entry.what)).collect::<Vec<_>>());
        assert_eq!(
            lists,
            [
                ["live::plans::doubled, argument 0 (Plain): Plain is not described: only its name and its size are compared"],
                ["live::plans::doubled, result (Result<u32, Box<dyn Error>>), field <1>: dyn Error may hold values of any \
                  type, which are not compared"],
            ]
            .map(|list| list.map(str::to_owned).to_vec())
        );
        reload(fixture("opaque")).unwrap();
        assert_eq!(doubled(Plain { number: 5 }).unwrap(), 15, "and it runs all the same");
    });
}

#[test]
fn strict_layouts_refuse_what_nobody_described() {
    isolated("plans::strict_layouts_refuse_what_nobody_described", || {
        RuntimeBuilder::new().strict_layouts().init().unwrap();
        let (plan, error) = planned_and_refused(&fixture("opaque"));
        assert_eq!(error.code(), ErrorCode::StrictLayouts);
        let named = |name: &str| plan.refusals.iter().any(|refusal| refusal.cause.starts_with(name));
        assert!(named("Plain ") && named("dyn Error "), "{plan}");
        assert_eq!(doubled(Plain { number: 5 }).unwrap(), 10, "the old code still answers");
    });
}

#[test]
fn a_patch_is_checked_against_a_hosts_file() {
    isolated("plans::a_patch_is_checked_against_a_hosts_file", || {
        // Without a runtime: neither the host nor the patch runs.
        let host = std::env::current_exe().unwrap();
        let plan = plan_for(&host, fixture("same-source")).unwrap();
        assert!(plan.fits(), "{plan}");
        let plan = plan_for(&host, fixture("with-changed-size")).unwrap();
        assert_eq!(plan.refusals[0].aspect.as_deref(), Some("field-added"));
        let error = plan_for(fixture("same-source"), fixture("same-source")).map(|plan| plan.fits());
        assert_eq!(error, Ok(true), "a patch carries the same as a host");
        assert_eq!(plan_for("/bin/sh", fixture("same-source")).unwrap_err().code(), ErrorCode::NotAPatch);
        assert_eq!(plan_for("/nowhere/at/all", fixture("same-source")).unwrap_err().code(), ErrorCode::NotFound);
        assert_eq!(runtime_is_missing(), ErrorCode::NotInitialised);
    });
}

fn runtime_is_missing() -> ErrorCode {
    plan(fixture("same-source")).unwrap_err().code()
}

/// A copy of a fixture in whose header one field says something else.
fn with_header(tag: u8, change: impl Fn(&mut [u8]), directory: &Path) -> PathBuf {
    let mut bytes = std::fs::read(fixture("hotfix")).unwrap();
    let start = bytes.windows(6).position(|window| window == [b'd', b'y', b'n', b'p', 1, kind::HEADER]).unwrap();
    let end = start + records(&bytes[start..]).next().unwrap().unwrap().range.end;
    let mut place = start + PREFIX;
    while bytes[place] != tag {
        // A tag, a length of one byte or two, a value.
        let (low, high) = (usize::from(bytes[place + 1]), usize::from(bytes[place + 2]));
        place += if low < 128 { 2 + low } else { 3 + (low & 127) + (high << 7) };
    }
    change(&mut bytes[place..end]);
    sum_up(&mut bytes[start..end]);
    let path = directory.join(format!("header-{tag}.so"));
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
#[ignore = "builds dynpatch once more; `ci/environments.sh` runs it"]
fn a_randomised_layout_is_refused() {
    isolated("plans::a_randomised_layout_is_refused", || {
        init().unwrap();
        let (_, error) = planned_and_refused(&randomised("hotfix"));
        assert_eq!(error.code(), ErrorCode::LayoutProbe, "{error}");
        reload(fixture("hotfix")).unwrap();
        assert!(test_app::process_data("x").starts_with("hotfixed"), "laid out as the host is, it fits");
    });
}

/// Writes the checksum of a record.
fn sum_up(record: &mut [u8]) {
    let summed = [&record[4..10], &record[PREFIX..]].concat();
    record[10..PREFIX].copy_from_slice(&crc32(&summed).to_le_bytes());
}

#[test]
fn another_environment_is_refused_by_name() {
    isolated("plans::another_environment_is_refused_by_name", || {
        init().unwrap();
        let directory = scratch_directory("environments");
        // In a field of a number the value follows tag and length, in one of a string the string's length as well.
        for (tag, place, byte, code) in [
            (header::FRAMEWORK, 2, 9, ErrorCode::FrameworkMismatch),
            (header::LAYOUT_PROBE, 2, 99, ErrorCode::LayoutProbe),
            (header::PANICS_UNWIND, 2, 0, ErrorCode::PanicAbort),
            (header::POINTER_WIDTH, 2, 32, ErrorCode::PointerWidth),
            (header::LITTLE_ENDIAN, 2, 0, ErrorCode::Endianness),
            (header::TARGET, 3, b'_', ErrorCode::TargetMismatch),
            (header::COMPILER, 3, b'_', ErrorCode::CompilerMismatch),
            (header::ALLOCATOR, 3, b'_', ErrorCode::AllocatorMismatch),
            (header::CPU_FEATURES, 3, b'_', ErrorCode::CpuFeature),
        ] {
            let path = with_header(tag, |field| field[place] = byte, &directory);
            let (_, error) = planned_and_refused(&path);
            assert_eq!(error.code(), code, "{error}");
        }
        // Before the fields: the format of the record itself.
        let newer = with_header(header::NAME, |_| (), &directory);
        let mut bytes = std::fs::read(&newer).unwrap();
        let start = bytes.windows(6).position(|window| window == [b'd', b'y', b'n', b'p', 1, kind::HEADER]).unwrap();
        let end = start + records(&bytes[start..]).next().unwrap().unwrap().range.end;
        bytes[start + 4] += 1;
        sum_up(&mut bytes[start..end]);
        std::fs::write(&newer, bytes).unwrap();
        let (_, error) = planned_and_refused(&newer);
        assert_eq!(error.code(), ErrorCode::ManifestFormat, "{error}");
        reload(fixture("hotfix")).unwrap();
        assert!(test_app::process_data("x").starts_with("hotfixed"), "as it was built, it fits");
    });
}
