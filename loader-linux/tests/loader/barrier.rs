//! The process-wide barrier, and the sandboxes that refuse it.

use crate::process::isolated;
use dynpatch_core::Barrier;
use dynpatch_loader_linux::ProcessBarrier;
use rustix::thread::{MembarrierQuery, membarrier_query};

#[test]
fn a_kernel_that_has_the_barrier_gives_it() {
    let has_it = membarrier_query().contains(MembarrierQuery::PRIVATE_EXPEDITED);
    let barrier = ProcessBarrier::register();
    assert_eq!(barrier.is_some(), has_it);
    assert!(barrier.is_none_or(|barrier| barrier.run()));
    assert_eq!(ProcessBarrier::distrusted(), None);
}

#[test]
fn a_sandbox_that_refuses_the_barrier_is_noticed() {
    isolated("barrier::a_sandbox_that_refuses_the_barrier_is_noticed", || {
        let Some(before) = ProcessBarrier::register() else { return eprintln!("skipped: there is no barrier here") };
        assert!(before.run());
        if !refuse_membarrier() {
            return eprintln!("skipped: this process may not enter a sandbox");
        }
        assert!(!before.run(), "what was registered before is refused from now on");
        assert!(ProcessBarrier::register().is_none());
    });
}

/// Makes the kernel answer `EPERM` to `membarrier` in this thread from now on.
fn refuse_membarrier() -> bool {
    use libc::{BPF_ABS, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO};
    let step = |code: u32, k: u32, yes, no| libc::sock_filter { code: code as u16, jt: yes, jf: no, k };
    let number = u32::try_from(libc::SYS_membarrier).expect("numbers of system calls are small");
    let mut steps = [
        // The number is the first word of `seccomp_data`.
        step(BPF_LD | BPF_W | BPF_ABS, 0, 0, 0),
        step(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        step(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | libc::EPERM.cast_unsigned(), 0, 0),
        step(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0),
    ];
    let program = libc::sock_fprog { len: 4, filter: steps.as_mut_ptr() };
    // SAFETY: the command takes four numbers.
    let is_bound = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } == 0;
    // SAFETY: the command reads the program, four steps of it, before it returns; both variables live until then.
    is_bound && unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) } == 0
}
