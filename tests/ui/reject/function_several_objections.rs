use dynpatch::prelude::*;

#[patchable]
#[track_caller]
const fn everything<'a: 'static, T, const N: usize>(_: &'a T, _: impl Send, #[cfg(all())] _: [u8; N]) -> !
where
    T: Send,
{
    panic!()
}

fn main() {}
