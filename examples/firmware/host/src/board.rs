//! The board: how the program starts, how it ends, and when its processor sees new code.

use semihosting::{println, process};

/// A panic of the firmware itself, which is a failed expectation.
const PANICKED: i32 = 101;
/// A fault of the processor.
const FAULTED: i32 = 102;

#[cfg(target_arch = "arm")]
#[cortex_m_rt::entry]
fn main() -> ! {
    crate::run()
}

#[cfg(target_arch = "riscv32")]
#[riscv_rt::entry]
fn main() -> ! {
    crate::run()
}

/// Makes the processor run what was written before this.
#[cfg(target_arch = "arm")]
pub(crate) fn synchronise() {
    cortex_m::asm::dsb();
    cortex_m::asm::isb();
}

/// Makes the processor run what was written before this.
#[cfg(target_arch = "riscv32")]
pub(crate) fn synchronise() {
    riscv::asm::fence();
    riscv::asm::fence_i();
}

#[panic_handler]
fn panicked(info: &core::panic::PanicInfo<'_>) -> ! {
    println!("{info}");
    process::exit(PANICKED)
}

#[cfg(target_arch = "arm")]
#[cortex_m_rt::exception]
unsafe fn HardFault(frame: &cortex_m_rt::ExceptionFrame) -> ! {
    println!("fault at {:#x}", frame.pc());
    process::exit(FAULTED)
}

#[cfg(target_arch = "riscv32")]
#[riscv_rt::exception(riscv::interrupt::Exception::IllegalInstruction)]
fn illegal(_: &riscv_rt::TrapFrame) -> ! {
    println!("fault: an illegal instruction");
    process::exit(FAULTED)
}
