//! The life of a patch as types: each step consumes the one before, so no step can be left out.
//!
//! `Sealed → Inspected → Admitted → (mapped by a loader)`. Only [`Sealed::inspect`] makes an [`Inspected`], only
//! [`Inspected::admit`] makes an [`Admitted`], and a [`Loader`](crate::Loader) maps nothing else.

/// A private copy of a patch's bytes that nobody can change any more.
#[derive(Debug)]
pub struct Sealed<C>(C);

impl<C: AsRef<[u8]>> Sealed<C> {
    /// Takes a copy for sealed. A loader calls this with a copy of its own that no other process can write.
    pub fn new(copy: C) -> Self {
        Self(copy)
    }

    /// The bytes, which are the bytes that will be mapped.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_ref()
    }

    /// Reads the bytes with `read` and keeps what it found beside them.
    ///
    /// # Errors
    /// What `read` refuses.
    pub fn inspect<F, E>(self, read: impl FnOnce(&[u8]) -> Result<F, E>) -> Result<Inspected<C, F>, E> {
        let findings = read(self.bytes())?;
        Ok(Inspected { copy: self.0, findings })
    }
}

/// A sealed copy whose bytes were read; nothing has been decided.
#[derive(Debug)]
pub struct Inspected<C, F> {
    copy: C,
    findings: F,
}

impl<C: AsRef<[u8]>, F> Inspected<C, F> {
    /// The bytes that were read.
    pub fn bytes(&self) -> &[u8] {
        self.copy.as_ref()
    }

    /// What was read from them.
    pub fn findings(&self) -> &F {
        &self.findings
    }

    /// Admits the patch if `check` passes.
    ///
    /// # Errors
    /// What `check` refuses.
    pub fn admit<E>(self, check: impl FnOnce(&[u8], &F) -> Result<(), E>) -> Result<Admitted<C, F>, E> {
        check(self.copy.as_ref(), &self.findings)?;
        Ok(Admitted { copy: self.copy, findings: self.findings })
    }
}

/// Proof that a sealed copy passed every check. Only [`Inspected::admit`] makes one.
#[derive(Debug)]
pub struct Admitted<C, F> {
    copy: C,
    findings: F,
}

impl<C, F> Admitted<C, F> {
    /// The copy, to be mapped.
    pub fn copy(&self) -> &C {
        &self.copy
    }

    /// What the inspection found.
    pub fn findings(&self) -> &F {
        &self.findings
    }

    /// Both, by value.
    pub fn into_parts(self) -> (C, F) {
        (self.copy, self.findings)
    }
}
