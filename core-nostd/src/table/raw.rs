//! The one place where a slot's address is moved to another generation.

use dynpatch_interface::boundary::{Code, Slot};

/// The distance from a slot section to a generation's copy of it, in bytes, wrapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bias(usize);

impl Bias {
    /// The built-in generation: the section itself.
    pub const BUILT_IN: Self = Self(0);

    /// The bias that leads from `section` to `copy`, or `None` when they differ in length.
    ///
    /// The copy has to live as long as anybody may hold its bias. Its provenance is exposed: readers reach it by address.
    pub fn between(section: &[Slot], copy: &[Slot]) -> Option<Self> {
        let distance = copy.as_ptr().expose_provenance().wrapping_sub(section.as_ptr().addr());
        (section.len() == copy.len()).then_some(Self(distance))
    }

    /// The word to publish.
    #[inline(always)]
    pub const fn to_word(self) -> usize {
        self.0
    }

    /// A published word, read back.
    ///
    /// # Safety
    /// `word` came from [`Bias::to_word`] of a bias over the section that it will be used with.
    #[inline(always)]
    pub const unsafe fn from_word(word: usize) -> Self {
        Self(word)
    }
}

/// What `slot` runs in the generation that `bias` leads to.
///
/// # Safety
/// `slot` is an element of the section that `bias` was made for, and the copy it leads to is alive; for
/// [`Bias::BUILT_IN`] any slot will do.
#[inline(always)]
pub unsafe fn code_at(slot: &'static Slot, bias: Bias) -> Code {
    let address = core::ptr::from_ref(slot).expose_provenance().wrapping_add(bias.0);
    let moved: *const Slot = core::ptr::with_exposed_provenance(address);
    // SAFETY: for the built-in bias `moved` is `slot` itself. For any other bias, `Bias::between` made it from a
    // section and a copy of the same length; the slot lies in that section (caller), so `moved` is the element of the
    // copy at the same place: in bounds, aligned since both slices are, initialised, and alive (caller). Its
    // provenance was exposed by `between`. Slots are atomics, so a concurrent `set` is no data race.
    let slot = unsafe { &*moved };
    slot.code()
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{Bias, code_at};
    use dynpatch_interface::boundary::Slot;
    use std::boxed::Box;

    fn numbered(numbers: [usize; 3]) -> &'static [Slot] {
        let slots: Box<[Slot]> =
            numbers.into_iter().map(|number| Slot::with_code(core::ptr::without_provenance(number))).collect();
        Box::leak(slots)
    }

    #[test]
    fn a_bias_leads_to_the_same_place_of_the_copy() {
        let section = numbered([1, 2, 3]);
        let _exposed = section.as_ptr().expose_provenance();
        let copy = numbered([10, 20, 30]);
        let bias = Bias::between(section, copy).expect("same length");
        // SAFETY: the word comes from a bias over this section.
        let bias = unsafe { Bias::from_word(bias.to_word()) };
        for (place, slot) in section.iter().enumerate() {
            // SAFETY: `slot` is of the section the bias was made for.
            let live = unsafe { code_at(slot, bias) };
            assert_eq!(live.addr(), (place + 1) * 10);
            // SAFETY: any slot will do for the built-in bias.
            let built_in = unsafe { code_at(slot, Bias::BUILT_IN) };
            assert_eq!(built_in.addr(), place + 1);
        }
    }

    #[test]
    fn sections_of_different_length_have_no_bias() {
        let section = numbered([1, 2, 3]);
        assert_eq!(Bias::between(section, &numbered([1, 2, 3])[..2]), None);
    }
}
