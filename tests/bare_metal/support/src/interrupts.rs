//! Two interrupts, each with a handler that a test chooses: one that a test asks for, one that comes by itself.

use core::cell::Cell;
use critical_section::Mutex;

type Handler = Mutex<Cell<fn()>>;

static ASKED_FOR: Handler = Mutex::new(Cell::new(nothing));
static TICK: Handler = Mutex::new(Cell::new(nothing));

fn nothing() {}

/// Calls what stands there, with the critical section left: a handler may enter one itself.
fn call(handler: &Handler) {
    let chosen = critical_section::with(|section| handler.borrow(section).get());
    chosen();
}

/// Makes `handler` run whenever [`interrupt`] is called.
pub fn on_interrupt(handler: fn()) {
    critical_section::with(|section| ASKED_FOR.borrow(section).set(handler));
    machine::enable_asked_for();
}

/// Interrupts the caller: comes back when the handler has returned.
pub fn interrupt() {
    machine::ask();
}

/// Makes `handler` run again and again, wherever the program happens to be.
pub fn on_tick(handler: fn()) {
    critical_section::with(|section| TICK.borrow(section).set(handler));
    machine::enable_ticks();
}

/// Ends [`on_tick`].
pub fn end_ticks() {
    machine::disable_ticks();
}

#[cfg(target_arch = "arm")]
mod machine {
    use cortex_m::peripheral::{Peripherals, SCB, syst::SystClkSource};

    /// Instructions, about, between two ticks: no whole number of any loop's.
    const PERIOD: u32 = 1999;

    pub(super) fn enable_asked_for() {}

    pub(super) fn ask() {
        SCB::set_pendsv();
        // The exception is taken before the barriers are through.
        cortex_m::asm::dsb();
        cortex_m::asm::isb();
    }

    #[cortex_m_rt::exception]
    fn PendSV() {
        super::call(&super::ASKED_FOR);
    }

    pub(super) fn enable_ticks() {
        let mut timer = Peripherals::take().expect("ticks are enabled once").SYST;
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(PERIOD);
        timer.clear_current();
        timer.enable_interrupt();
        timer.enable_counter();
    }

    pub(super) fn disable_ticks() {
        // SAFETY: whoever enabled the ticks has dropped the peripherals again; nobody else uses the timer.
        let mut peripherals = unsafe { Peripherals::steal() };
        peripherals.SYST.disable_counter();
        peripherals.SYST.disable_interrupt();
    }

    #[cortex_m_rt::exception]
    fn SysTick() {
        super::call(&super::TICK);
    }
}

#[cfg(target_arch = "riscv32")]
mod machine {
    use riscv::interrupt::Interrupt;
    use riscv::register::{mie, mstatus};

    // The core-local interruptor of QEMU's `virt`, for its first core.
    const SOFTWARE_INTERRUPT: *mut u32 = core::ptr::without_provenance_mut(0x0200_0000);
    const ALARM_LOW: *mut u32 = core::ptr::without_provenance_mut(0x0200_4000);
    const ALARM_HIGH: *mut u32 = core::ptr::without_provenance_mut(0x0200_4004);
    const NOW: *const u32 = core::ptr::without_provenance(0x0200_bff8);

    /// Of the timer's own ticks, ten million in a second.
    const PERIOD: u32 = 1999;

    pub(super) fn enable_asked_for() {
        // SAFETY: its handler stands below.
        unsafe { mie::set_msoft() };
        // SAFETY: no critical section is open here, a test calls this.
        unsafe { mstatus::set_mie() };
    }

    pub(super) fn ask() {
        set_software_interrupt(1);
        // It may take the core some instructions to notice; the handler takes it back.
        // SAFETY: the board has the register at this address, aligned, and reading it has no effect.
        while unsafe { SOFTWARE_INTERRUPT.read_volatile() } != 0 {}
    }

    fn set_software_interrupt(value: u32) {
        // SAFETY: the board has the register at this address, aligned; writing it raises or clears the interrupt.
        unsafe { SOFTWARE_INTERRUPT.write_volatile(value) }
    }

    #[riscv_rt::core_interrupt(Interrupt::MachineSoft)]
    fn software_interrupt() {
        set_software_interrupt(0);
        super::call(&super::ASKED_FOR);
    }

    pub(super) fn enable_ticks() {
        set_alarm();
        // SAFETY: its handler stands below.
        unsafe { mie::set_mtimer() };
        // SAFETY: no critical section is open here, a test calls this.
        unsafe { mstatus::set_mie() };
    }

    pub(super) fn disable_ticks() {
        // SAFETY: an interrupt that does not come can break nothing.
        unsafe { mie::clear_mtimer() };
    }

    /// The tests end long before the low half of the clock is full, about seven minutes after the start.
    fn set_alarm() {
        // SAFETY: the board has its clock at this address, aligned, and reading it has no effect.
        let now = unsafe { NOW.read_volatile() };
        // SAFETY: the board has the alarm's high half at this address, aligned.
        unsafe { ALARM_HIGH.write_volatile(0) };
        // SAFETY: the board has the alarm's low half at this address, aligned; writing it ends the interrupt.
        unsafe { ALARM_LOW.write_volatile(now + PERIOD) };
    }

    #[riscv_rt::core_interrupt(Interrupt::MachineTimer)]
    fn timer_interrupt() {
        set_alarm();
        super::call(&super::TICK);
    }
}
