//! What the processor refuses, on purpose and otherwise.

/// Does what no processor does.
#[cfg(target_arch = "arm")]
pub(crate) fn fault() {
    cortex_m::asm::udf()
}

#[cfg(target_arch = "arm")]
#[cortex_m_rt::exception]
unsafe fn HardFault(_: &cortex_m_rt::ExceptionFrame) -> ! {
    crate::faulted()
}

/// Does what no processor does.
#[cfg(target_arch = "riscv32")]
pub(crate) fn fault() {
    // SAFETY: an instruction that is illegal by definition, and changes nothing before it traps.
    unsafe { core::arch::asm!("unimp") }
}

#[cfg(target_arch = "riscv32")]
#[riscv_rt::exception(riscv::interrupt::Exception::IllegalInstruction)]
fn illegal_instruction(_: &riscv_rt::TrapFrame) -> ! {
    crate::faulted()
}

/// Every other exception.
#[cfg(target_arch = "riscv32")]
// SAFETY: riscv-rt calls the symbol with these arguments and this ABI, and says that a program may define it.
#[unsafe(export_name = "ExceptionHandler")]
extern "C" fn any_other_exception(_: &riscv_rt::TrapFrame) -> ! {
    crate::faulted()
}
