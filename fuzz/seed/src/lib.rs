//! What the fuzzers start from: a cdylib of a few kilobytes with a whole manifest, and one of everything in ELF that the
//! loader's checks look at: constructors, relocations of every kind, versions, thread-local variables.
#![no_std]

mod records;

use core::sync::atomic::{AtomicU32, Ordering};

static CONSTRUCTED: AtomicU32 = AtomicU32::new(0);

extern "C" fn constructor() {
    CONSTRUCTED.fetch_add(1, Ordering::Relaxed);
}

#[used]
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: extern "C" fn() = constructor;
#[used]
#[unsafe(link_section = ".fini_array")]
static DESTRUCTOR: extern "C" fn() = constructor;

#[link(name = "c")]
unsafe extern "C" {
    fn getpid() -> i32;
    fn clock() -> i64;
}

#[cfg(target_arch = "x86_64")]
unsafe extern "C" {
    fn address_of_thread_local() -> i32;
}
#[cfg(not(target_arch = "x86_64"))]
use answer as address_of_thread_local;

/// Function pointers in data: symbolic relocations against libc and against exports, relative ones against the rest.
#[used]
static FUNCTIONS: [unsafe extern "C" fn() -> i32; 3] = [getpid, answer, address_of_thread_local];
#[unsafe(no_mangle)]
pub static mut COUNTERS: [u64; 4] = [1, 2, 3, 4];

#[unsafe(no_mangle)]
pub extern "C" fn answer() -> i32 {
    // SAFETY: both take nothing and touch nothing of the caller's.
    unsafe { getpid().wrapping_add(clock() as i32) }
}

#[unsafe(no_mangle)]
pub extern "C" fn constructed() -> u32 {
    CONSTRUCTED.load(Ordering::Relaxed)
}

// A thread-local variable with and one without an initial value, and code that asks where they are. Stable Rust has
// none without std.
#[cfg(target_arch = "x86_64")]
core::arch::global_asm!(
    ".section .tdata,\"awT\",@progbits",
    ".globl thread_local",
    ".type thread_local,@object",
    ".size thread_local,8",
    ".balign 8",
    "thread_local: .quad 7",
    ".section .tbss,\"awT\",@nobits",
    ".balign 8",
    "thread_zero: .zero 8",
    ".text",
    ".globl address_of_thread_local",
    ".type address_of_thread_local,@function",
    "address_of_thread_local:",
    "leaq thread_local@tlsdesc(%rip), %rax",
    "leaq thread_zero@tlsld(%rip), %rdi",
    "movq thread_zero@gottpoff(%rip), %rcx",
    "ret",
    options(att_syntax)
);

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
