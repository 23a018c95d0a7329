//! Unions.

pairs! {
    unchanged: accepted []
        call { run(T { parts: [1, 2, 3, 4] }) } => "(20, 67305985)"
        host {
            #[derive(PatchType)] #[repr(C)] pub union T { pub whole: u32, pub parts: [u8; 4] }
            #[patchable] pub fn run(t: T) -> (u8, u32) { (10, u32::from_le(unsafe { t.whole })) }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub union T { pub whole: u32, pub parts: [u8; 4] }
            #[patchable] pub fn run(t: T) -> (u8, u32) { (20, u32::from_le(unsafe { t.whole })) }
        }
    // All fields of a union lie at its start.
    fields_reordered: accepted []
        call { run(T { parts: [1, 2, 3, 4] }) } => "[20, 1, 2, 3, 4]"
        host {
            #[derive(PatchType)] #[repr(C)] pub union T { pub whole: u32, pub parts: [u8; 4] }
            #[patchable] pub fn run(t: T) -> [u8; 5] { let [a, b, c, d] = unsafe { t.parts }; [10, a, b, c, d] }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub union T { pub parts: [u8; 4], pub whole: u32 }
            #[patchable] pub fn run(t: T) -> [u8; 5] { let [a, b, c, d] = unsafe { t.parts }; [20, a, b, c, d] }
        }
    field_added: refused "field-added" ["run, argument 0 (T), field float: host none, patch f32 at byte 0"]
        call { run(T { whole: 1 }) }
        host {
            #[derive(PatchType)] #[repr(C)] pub union T { pub whole: u32 }
            #[patchable] pub fn run(t: T) -> u32 { unsafe { t.whole } }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub union T { pub whole: u32, pub float: f32 }
            #[patchable] pub fn run(t: T) -> u32 { unsafe { t.whole + 1 } }
        }
    field_retyped: refused "type" ["run, argument 0 (T), field whole: host u32, patch f32"]
        call { run(T { whole: 1 }) }
        host {
            #[derive(PatchType)] #[repr(C)] pub union T { pub whole: u32 }
            #[patchable] pub fn run(t: T) -> u32 { unsafe { t.whole } }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub union T { pub whole: f32 }
            #[patchable] pub fn run(t: T) -> u32 { unsafe { t.whole as u32 } }
        }
    field_renamed: refused "field-renamed" ["run, argument 0 (T), field whole: name: host whole, patch all"]
        host {
            #[derive(PatchType)] #[repr(C)] pub union T { pub whole: u32 }
            #[patchable] pub fn run(_: T) {}
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub union T { pub all: u32 }
            #[patchable] pub fn run(_: T) {}
        }
    to_struct: refused "type" ["run, argument 0 (T): host a union, patch a struct"]
        host {
            #[derive(PatchType)] #[repr(C)] pub union T { pub whole: u32 }
            #[patchable] pub fn run(_: T) {}
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub whole: u32 }
            #[patchable] pub fn run(_: T) {}
        }
}
