//! What stands for the bytes of a file: the bytes, or their digest where they are too many to be held.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use super::reading::{Content, Contents};

/// What a large file held, without its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest {
    /// The BLAKE3 digest of the bytes. Who reads the file afterwards can tell by it whether the bytes are still the ones that were
    /// found to be whole.
    pub blake3: [u8; 32],
    /// How many bytes there are.
    pub size: u64,
}

/// How the bytes of a file are taken.
pub(crate) trait Payload: Sized + Clone + Send + 'static {
    /// How many bytes a file may have, unless its watcher says otherwise.
    const LIMIT: u64;

    /// Takes what is in the file. `None`: it has more than `limit` bytes.
    fn take(file: &File, size: u64, limit: u64) -> io::Result<Option<Self>>;

    /// Tells it apart from others.
    fn mark(&self, into: &mut blake3::Hasher);
}

impl Payload for Arc<[u8]> {
    const LIMIT: u64 = 16 << 20;

    fn take(file: &File, size: u64, limit: u64) -> io::Result<Option<Self>> {
        let mut bytes = Vec::with_capacity(usize::try_from(size.min(limit)).unwrap_or(0));
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok((bytes.len() as u64 <= limit).then(|| bytes.into()))
    }

    fn mark(&self, into: &mut blake3::Hasher) {
        into.update(&(self.len() as u64).to_le_bytes()).update(self);
    }
}

impl Payload for Digest {
    const LIMIT: u64 = 4 << 30;

    fn take(file: &File, _size: u64, limit: u64) -> io::Result<Option<Self>> {
        let mut hasher = blake3::Hasher::new();
        let mut piece = vec![0; 64 << 10];
        let mut file = file.take(limit.saturating_add(1));
        loop {
            match file.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => hasher.update(&piece[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
        }
        let size = hasher.count();
        Ok((size <= limit).then(|| Self { blake3: hasher.finalize().into(), size }))
    }

    fn mark(&self, into: &mut blake3::Hasher) {
        into.update(&self.size.to_le_bytes()).update(&self.blake3);
    }
}

/// What tells the contents of a set apart, so that the last ones need not be kept.
pub(crate) type Mark = [u8; 32];

pub(crate) fn mark<B: Payload>(contents: &Contents<B>) -> Mark {
    let mut hasher = blake3::Hasher::new();
    for (path, content) in &contents.files {
        let path = path.as_os_str().as_encoded_bytes();
        hasher.update(&(path.len() as u64).to_le_bytes()).update(path);
        mark_one(content, &mut hasher);
    }
    hasher.finalize().into()
}

fn mark_one<B: Payload>(content: &Content<B>, into: &mut blake3::Hasher) {
    match content {
        Content::Whole(payload) => payload.mark(into.update(b"w")),
        Content::Missing => _ = into.update(b"m"),
        Content::Unreadable(why) => _ = into.update(b"u").update(format!("{why:?}").as_bytes()).update(&[0]),
    }
}
