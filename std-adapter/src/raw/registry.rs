//! The link sections of this image: what its macros registered, found by the symbols the linker puts around a section.

use dynpatch_interface::Environment;
use dynpatch_interface::boundary::{EntryItem, FunctionItem, ImplementationItem, Items, Slot, StaticItem};
use dynpatch_interface::types::TypeItem;

// The linker defines the two symbols only for a section that exists, so each section gets one member of no size.
macro_rules! section {
    ($name:literal, $start:ident, $stop:ident, $function:ident, $item:ty) => {
        fn $function() -> &'static [$item] {
            unsafe extern "C" {
                static $start: u8;
                static $stop: u8;
            }
            #[used]
            #[unsafe(link_section = $name)]
            static NONE: [$item; 0] = [];
            let start = (&raw const $start).cast::<$item>();
            let stop = (&raw const $stop).cast::<$item>();
            let length = (stop.addr() - start.addr()) / size_of::<$item>();
            // SAFETY: `start` and `stop` are where the linker begins and ends the section of this image. Only the
            // macros write into it, each a static of this item's type or an array of them, and every one has the
            // type's alignment and a size that is a multiple of it: a slice of items, initialised and never moved.
            unsafe { std::slice::from_raw_parts(start, length) }
        }
    };
}

section!("dynpatch_functions", __start_dynpatch_functions, __stop_dynpatch_functions, functions, FunctionItem);
section!(
    "dynpatch_implementations",
    __start_dynpatch_implementations,
    __stop_dynpatch_implementations,
    implementations,
    ImplementationItem
);
section!("dynpatch_statics", __start_dynpatch_statics, __stop_dynpatch_statics, statics, StaticItem);
section!("dynpatch_entries", __start_dynpatch_entries, __stop_dynpatch_entries, entries, EntryItem);
section!("dynpatch_types", __start_dynpatch_types, __stop_dynpatch_types, types, TypeItem);
section!("dynpatch_slots", __start_dynpatch_slots, __stop_dynpatch_slots, slots, Slot);

/// Everything patchable in this image.
pub(crate) fn items() -> Items {
    Items {
        functions: functions(),
        implementations: implementations(),
        statics: statics(),
        entries: entries(),
        types: types(),
        slots: slots(),
    }
}

/// What built this image, for those who read its file. In a patch the header says the same.
const ENVIRONMENT: Environment<'static> = Environment::of_this_build(cfg!(panic = "unwind"));

#[used]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__dynpatch"))]
#[cfg_attr(windows, unsafe(link_section = ".dynptch"))]
#[cfg_attr(not(any(target_vendor = "apple", windows)), unsafe(link_section = ".dynpatch"))]
static ENVIRONMENT_RECORD: [u8; ENVIRONMENT.record_length()] = ENVIRONMENT.record();
