//! What the system's events mean.

use std::path::PathBuf;

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind, RenameMode};

use super::identity::may_be_about_to_be_written;
use super::settle::Hint;

/// What one event says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Hints(Vec<(PathBuf, Hint)>),
    /// Anything may have happened.
    Lost,
}

/// Tells what an event means. Most mean nothing: files are opened and read.
pub(crate) fn classify(event: notify::Event) -> Heard {
    if event.need_rescan() {
        return Heard::Lost;
    }
    let mut hints = Vec::new();
    let from_and_to = event.kind == EventKind::Modify(ModifyKind::Name(RenameMode::Both));
    for (place, path) in event.paths.into_iter().enumerate() {
        let hint = match event.kind {
            EventKind::Modify(ModifyKind::Name(_)) if from_and_to && place == 0 => Some(Hint::Removed),
            kind => hint(kind, &path),
        };
        hints.extend(hint.map(|hint| (path, hint)));
    }
    Heard::Hints(hints)
}

fn hint(kind: EventKind, path: &std::path::Path) -> Option<Hint> {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => Some(Hint::Closed),
        EventKind::Access(_) => None,
        EventKind::Create(_) if may_be_about_to_be_written(path) => Some(Hint::Created),
        EventKind::Create(_) => Some(Hint::Renamed),
        EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From)) => Some(Hint::Removed),
        EventKind::Modify(ModifyKind::Name(RenameMode::To | RenameMode::Both)) => Some(Hint::Renamed),
        EventKind::Modify(ModifyKind::Name(_)) if path.symlink_metadata().is_ok() => Some(Hint::Renamed),
        EventKind::Modify(ModifyKind::Name(_)) => Some(Hint::Removed),
        EventKind::Modify(ModifyKind::Metadata(_)) => Some(Hint::Touched),
        EventKind::Modify(_) | EventKind::Any | EventKind::Other => Some(Hint::Written),
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, DataChange, Flag, RemoveKind};

    use super::*;

    fn heard(kind: EventKind) -> Heard {
        classify(notify::Event::new(kind).add_path("/nowhere/file".into()))
    }

    fn one(hint: Hint) -> Heard {
        Heard::Hints(vec![("/nowhere/file".into(), hint)])
    }

    #[test]
    fn each_kind_has_its_meaning() {
        let renamed = |mode| heard(EventKind::Modify(ModifyKind::Name(mode)));
        assert_eq!(heard(EventKind::Access(AccessKind::Close(AccessMode::Write))), one(Hint::Closed));
        assert_eq!(heard(EventKind::Access(AccessKind::Open(AccessMode::Any))), Heard::Hints(vec![]));
        assert_eq!(heard(EventKind::Modify(ModifyKind::Data(DataChange::Any))), one(Hint::Written));
        assert_eq!(heard(EventKind::Remove(RemoveKind::File)), one(Hint::Removed));
        assert_eq!(renamed(RenameMode::From), one(Hint::Removed));
        assert_eq!(renamed(RenameMode::To), one(Hint::Renamed));
        assert_eq!(renamed(RenameMode::Any), one(Hint::Removed));
        // What is gone already is nothing that somebody is about to write.
        assert_eq!(heard(EventKind::Create(CreateKind::File)), one(Hint::Renamed));
    }

    #[test]
    fn a_rename_in_one_event_is_two_hints() {
        let event = notify::Event::new(EventKind::Modify(ModifyKind::Name(RenameMode::Both)));
        let event = event.add_path("/nowhere/old".into()).add_path("/nowhere/new".into());
        let hints = vec![("/nowhere/old".into(), Hint::Removed), ("/nowhere/new".into(), Hint::Renamed)];
        assert_eq!(classify(event), Heard::Hints(hints));
    }

    #[test]
    fn an_overflow_means_anything() {
        assert_eq!(classify(notify::Event::new(EventKind::Other).set_flag(Flag::Rescan)), Heard::Lost);
    }
}
