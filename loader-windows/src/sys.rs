//! Every unsafe operation of this crate, each in a block of its own with its proof.
#![expect(unsafe_code, reason = "the one file that may")]

use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::Win32::System::Threading::FlushProcessWriteBuffers;
use windows_sys::{s, w};

pub(crate) fn flush_process_write_buffers() {
    // SAFETY: it takes no argument, returns nothing, and has no precondition.
    unsafe { FlushProcessWriteBuffers() }
}

/// Whether this process runs under wine, whose `ntdll` exports its version.
pub(crate) fn is_wine() -> bool {
    // SAFETY: the name is a constant string that ends with a zero. The handle is only looked at, and stays valid, because
    // `ntdll` is in every process from its start to its end.
    let ntdll = unsafe { GetModuleHandleW(w!("ntdll.dll")) };
    // SAFETY: the handle is not null, so it is that of a module, and the module is never unloaded. The name is a constant
    // string that ends with a zero. What is found is not called.
    !ntdll.is_null() && unsafe { GetProcAddress(ntdll, s!("wine_get_version")) }.is_some()
}
