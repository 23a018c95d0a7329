//! Pairs as libraries, applied to this process.
//!
//! No process of its own for each: a refused patch must leave nothing behind, an accepted one replaces functions of its
//! pair alone and is rolled back.

use crate::libraries::Libraries;
use crate::pair::{By, Outcome, Pair, Refusal, Verdict};
use dynpatch::{Plan, Unchecked};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

struct Live {
    libraries: Libraries,
    wrong: Vec<String>,
}

#[test]
fn plan_and_reload_agree_and_a_patch_runs_or_leaves_nothing_behind() {
    let pairs: Vec<&Pair> = crate::all().filter(|pair| pair.call.is_some()).collect();
    let started = Instant::now();
    let mut live = Live { libraries: Libraries::build(&pairs), wrong: Vec::new() };
    println!("{} libraries, built in {:.1} s", pairs.len(), started.elapsed().as_secs_f32());
    live.libraries.clear_marks();
    dynpatch::init().expect("the first runtime of this process");
    for (index, pair) in pairs.iter().enumerate() {
        // The host's file is large, and read anew each time: a sample, and all that is judged by more than its types.
        let asks_the_file = pair.by != By::Hotfix || index % 8 == 0;
        if let Err(text) = live.judge(pair, asks_the_file) {
            live.wrong.push(format!("{}: {text}", pair.path()));
        }
    }
    crate::report(&live.wrong, pairs.len());
}

/// Says what is wrong, if the condition does not hold.
fn ensure(holds: bool, text: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(text()) }
}

impl Live {
    fn judge(&self, pair: &Pair, asks_the_file: bool) -> Result<(), String> {
        let path = self.libraries.of(pair);
        let call = pair.call.ok_or("there is nothing to call")?;
        let (before, mapped) = (call(), mapped_files());
        let plan = dynpatch::plan(&path).map_err(|error| error.to_string())?;
        self.untouched(pair, &mapped)?;
        let said = outcome(pair, &plan);
        pair.verdict.objection(&said).map_or(Ok(()), |text| Err(format!("plan: {text}")))?;
        if asks_the_file {
            let by_file = plan_by_file(&path)?;
            ensure(by_file == plan.refusals, || format!("by the host's file: {by_file:#?}"))?;
        }
        match pair.verdict {
            Verdict::Refused(..) => {
                refused(&path, &plan)?;
                self.untouched(pair, &mapped)?;
            }
            Verdict::Accepted(_) => {
                dynpatch::reload(&path).map_err(|error| format!("reload: {error}"))?;
                let (answer, expected) = (call(), pair.answer.ok_or("no answer is written down")?);
                ensure(answer == expected && answer != before, || format!("answers {answer}, and {before} before"))?;
                ensure(self.libraries.mark(pair).exists(), || "its constructor left no mark".to_owned())?;
                ensure(mapped_files() != mapped, || "its file is not mapped".to_owned())?;
                dynpatch::rollback().map_err(|error| error.to_string())?;
            }
        }
        let after = call();
        ensure(after == before, || format!("the old code answers {after}, and {before} before"))
    }

    /// Nothing of the patch is mapped, and none of its code ran.
    fn untouched(&self, pair: &Pair, mapped: &BTreeSet<String>) -> Result<(), String> {
        let now = mapped_files();
        ensure(now == *mapped, || format!("mapped: {:#?}", now.difference(mapped)))?;
        ensure(!self.libraries.mark(pair).exists(), || "its constructor ran".to_owned())
    }
}

/// An apply says what the plan says first.
fn refused(path: &Path, plan: &Plan) -> Result<(), String> {
    let Err(error) = dynpatch::reload(path) else { return Err("reload takes it".to_owned()) };
    let first = plan.refusals.first().ok_or("no refusal")?;
    let (ours, theirs) = (
        (error.code().as_str(), error.subject(), error.cause()),
        (first.code.as_str(), first.subject.as_str(), first.cause.as_str()),
    );
    ensure(ours == theirs, || format!("reload: {error}, plan: {first}"))
}

/// What a tool says that has this executable's file only.
fn plan_by_file(path: &Path) -> Result<Vec<dynpatch::Refusal>, String> {
    let executable = std::env::current_exe().map_err(|error| error.to_string())?;
    let plan = dynpatch::plan_for(executable, path).map_err(|error| error.to_string())?;
    Ok(plan.refusals)
}

/// The plan in the words of the pairs.
fn outcome(pair: &Pair, plan: &Plan) -> Outcome {
    let host = pair.host();
    let short = |subject: &str| subject.strip_prefix(&host).unwrap_or(subject).to_owned();
    let mut outcome = Outcome::default();
    outcome.refusals.extend(plan.refusals.iter().map(|refusal| Refusal {
        aspect: refusal.aspect.clone().unwrap_or_else(|| refusal.code.clone()),
        line: format!("{}: {}", short(&refusal.subject), refusal.cause),
    }));
    // A library is another package than this one: that its types are copies stands in the plan's notes, and goes without
    // saying.
    for Unchecked { subject, what, .. } in [&plan.evolved, &plan.opaque, &plan.downcastable].into_iter().flatten() {
        outcome.note(format!("{}: {what}", short(subject)));
    }
    outcome
}

/// The files and images that this process has mapped, with where they lie.
fn mapped_files() -> BTreeSet<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("a Linux process can read its own map");
    // address permissions offset device inode path; memory without a file has inode 0.
    let has_file = |line: &&str| line.split_whitespace().nth(4).is_some_and(|inode| inode != "0");
    maps.lines().filter(has_file).map(str::to_owned).collect()
}
