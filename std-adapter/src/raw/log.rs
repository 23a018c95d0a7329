//! Records of the `log` crate, from a patch's copy of it to the host's.

use super::{dispatch, panic};
use dynpatch_interface::boundary::LogRecord;
use log::{Level, LevelFilter, Log, Metadata, Record};

struct Forward;

/// Makes this image's `log` speak to the host's logger.
pub(crate) fn forward() {
    // A constructor of the patch may have set a logger of its own; then that one stays.
    if log::set_logger(&Forward).is_ok() {
        // The host is asked for each record, so that a change of its level needs no news.
        log::set_max_level(LevelFilter::Trace);
    }
}

impl Log for Forward {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let host = dispatch::host();
        let level = metadata.level() as usize;
        level <= (host.log_level)() && panic::outbound(|| (host.log_enabled)(level, metadata.target()))
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let message = record.args().to_string();
        let parts = LogRecord {
            level: record.level() as usize,
            target: record.target(),
            message: &message,
            module: record.module_path(),
            file: record.file(),
            line: record.line(),
        };
        panic::outbound(|| (dispatch::host().log)(&parts));
    }

    fn flush(&self) {}
}

/// Host side of [`HostTable::log_level`](dynpatch_interface::boundary::HostTable::log_level).
pub(crate) extern "C" fn level() -> usize {
    log::max_level() as usize
}

/// Host side of [`HostTable::log_enabled`](dynpatch_interface::boundary::HostTable::log_enabled).
pub(crate) fn enabled(level: usize, target: &str) -> bool {
    level_of(level).is_some_and(|level| log::logger().enabled(&Metadata::builder().level(level).target(target).build()))
}

/// Host side of [`HostTable::log`](dynpatch_interface::boundary::HostTable::log).
pub(crate) fn receive(parts: &LogRecord<'_>) {
    let Some(level) = level_of(parts.level) else { return };
    log::logger().log(
        &Record::builder()
            .level(level)
            .target(parts.target)
            .args(format_args!("{}", parts.message))
            .module_path(parts.module)
            .file(parts.file)
            .line(parts.line)
            .build(),
    );
}

fn level_of(number: usize) -> Option<Level> {
    Level::iter().find(|level| *level as usize == number)
}
