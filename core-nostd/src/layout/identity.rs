//! Whether two images describe types in the same words: the comparison for chips, which takes a small part of the flash
//! and of the stack that the [walk](super::Walk) does.
//!
//! Nothing is weighed here. Types that may grow must not have grown, and there is one difference, told by the type and the
//! member where it is met. What this accepts, the walk accepts; what the walk accepts may be refused here.

use super::pair::{Difference, Pair};
use super::{NodeView, Sequence, TypeTable};

/// What a definition of the patch was compared with. Memory that an [`Identity`] borrows; all start as `Default`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Partner {
    /// With nothing.
    #[default]
    Unseen,
    /// It is to be compared with the host's at this place.
    Waiting(usize),
    /// It is the same as the host's at this place.
    Same(usize),
}

/// A comparison of what two images say. Goes from definition to definition without recursion.
#[derive(Debug)]
pub struct Identity<'a, 'm> {
    host: TypeTable<'a, 'm>,
    patch: TypeTable<'a, 'm>,
    partners: &'m mut [Partner],
}

impl<'a, 'm> Identity<'a, 'm> {
    /// Between a host's definitions and a patch's. `partners` is memory, one for each definition of the patch.
    pub fn new(host: TypeTable<'a, 'm>, patch: TypeTable<'a, 'm>, partners: &'m mut [Partner]) -> Self {
        Self { host, patch, partners }
    }

    /// Compares arguments, and the result if there is one, with all that they are made of.
    ///
    /// # Errors
    /// The first difference.
    pub fn compare(
        &mut self,
        inputs: [Sequence<'a, NodeView<'a>>; 2],
        output: Option<[NodeView<'a>; 2]>,
    ) -> Result<(), Difference<'a>> {
        let bytes = inputs.map(Sequence::bytes);
        Pair::of(bytes, &mut |keys| self.meet(keys)).nodes(inputs.map(|inputs| inputs.len()))?;
        if let Some(output) = output {
            Pair::of(output.map(NodeView::bytes), &mut |keys| self.meet(keys)).nodes([1; 2])?;
        }
        self.waiting()
    }

    /// Compares the definitions that were referred to, and those that they refer to.
    fn waiting(&mut self) -> Result<(), Difference<'a>> {
        while let Some((theirs, ours)) = self.next_waiting() {
            let payloads = [self.host.payload(ours), self.patch.payload(theirs)];
            Pair::of(payloads, &mut |keys| self.meet(keys)).definition()?;
        }
        Ok(())
    }

    fn next_waiting(&mut self) -> Option<(usize, usize)> {
        self.partners.iter_mut().enumerate().find_map(|(place, partner)| match *partner {
            Partner::Waiting(ours) => {
                *partner = Partner::Same(ours);
                Some((place, ours))
            }
            _ => None,
        })
    }

    /// Notes that two definitions must be the same. One of the patch's is one of the host's, wherever it is used.
    fn meet(&mut self, [ours, theirs]: [u64; 2]) -> Option<()> {
        let ours = self.host.place(ours)?;
        let partner = self.partners.get_mut(self.patch.place(theirs)?)?;
        match *partner {
            Partner::Unseen => *partner = Partner::Waiting(ours),
            Partner::Waiting(known) | Partner::Same(known) if known == ours => {}
            _ => return None,
        }
        Some(())
    }
}
