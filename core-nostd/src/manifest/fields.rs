//! Tag, length, value.

use super::ManifestError;
use crate::encoding;
use crate::layout::{NodeView, Sequence};
use dynpatch_interface::Version;
use dynpatch_interface::record::MUST_UNDERSTAND;

/// One field of a record.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// The tag, with the bit that says it must be understood.
    pub tag: u8,
    value: &'a [u8],
}

impl<'a> Field<'a> {
    /// A string.
    ///
    /// # Errors
    /// When the value is not exactly one string in UTF-8.
    pub fn string(&self) -> Result<&'a str, ManifestError> {
        self.whole(encoding::text)
    }

    /// An unsigned number.
    ///
    /// # Errors
    /// When the value is not exactly one number of at most 64 bits.
    pub fn number(&self) -> Result<u64, ManifestError> {
        self.whole(|value| encoding::number(value, u64::BITS))
    }

    /// A truth value.
    ///
    /// # Errors
    /// When the value is not exactly one byte, 0 or 1.
    pub fn boolean(&self) -> Result<bool, ManifestError> {
        self.whole(encoding::boolean)
    }

    /// A version.
    ///
    /// # Errors
    /// When the value is not exactly three numbers of 32 bits.
    pub fn version(&self) -> Result<Version, ManifestError> {
        self.whole(|value| {
            let mut part = || encoding::number(value, u32::BITS).map(|part| part as u32);
            Some(Version::new(part()?, part()?, part()?))
        })
    }

    /// Bytes of a known number.
    ///
    /// # Errors
    /// When there are more or fewer.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], ManifestError> {
        self.value.try_into().map_err(|_| ManifestError::Field { tag: self.tag })
    }

    /// A type.
    ///
    /// # Errors
    /// When the value is not exactly one.
    pub fn node(&self) -> Result<NodeView<'a>, ManifestError> {
        NodeView::new(self.value).ok_or(ManifestError::Type)
    }

    /// A sequence of types.
    ///
    /// # Errors
    /// When the value is not exactly that.
    pub fn nodes(&self) -> Result<Sequence<'a, NodeView<'a>>, ManifestError> {
        Sequence::read(self.value).ok_or(ManifestError::Type)
    }

    /// What to do with a field no arm knows: skip it or refuse it.
    ///
    /// # Errors
    /// When it must be understood.
    pub fn unknown(&self) -> Result<(), ManifestError> {
        if self.tag & MUST_UNDERSTAND == 0 { Ok(()) } else { Err(ManifestError::UnknownField { tag: self.tag }) }
    }

    fn whole<T>(&self, read: impl FnOnce(&mut &'a [u8]) -> Option<T>) -> Result<T, ManifestError> {
        let mut rest = self.value;
        read(&mut rest).filter(|_| rest.is_empty()).ok_or(ManifestError::Field { tag: self.tag })
    }
}

/// The fields of a payload, in order. Ends after the first error.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn new(payload: &'a [u8]) -> Self {
        Self { rest: payload }
    }

    fn split(&mut self) -> Option<Field<'a>> {
        let (&tag, rest) = self.rest.split_first()?;
        let mut rest = rest;
        let length = encoding::number(&mut rest, u32::BITS)?;
        let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        self.rest = rest;
        Some(Field { tag, value })
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, ManifestError>;

    fn next(&mut self) -> Option<Self::Item> {
        let &tag = self.rest.first()?;
        match self.split() {
            Some(field) => Some(Ok(field)),
            None => {
                self.rest = &[];
                Some(Err(ManifestError::Field { tag }))
            }
        }
    }
}
