//! Objects of a `#[patch_trait]`: as they are, they carry a table of the compiler; in a `Service`, one that grows.

pairs! {
    object_unchanged: accepted []
        call { run(&Three) } => "(20, 6)"
        host {
            #[patch_trait] pub trait Svc { fn f(&self, n: u32) -> u32; }
            pub struct Three;
            impl Svc for Three { fn f(&self, n: u32) -> u32 { n * 3 } }
            #[patchable] pub fn run(s: &dyn Svc) -> (u8, u32) { (10, s.f(1)) }
        }
        patch {
            #[patch_trait] pub trait Svc { fn f(&self, n: u32) -> u32; }
            #[patchable] pub fn run(s: &dyn Svc) -> (u8, u32) { (20, s.f(2)) }
        }
    // Its table has no such entry, default body or not.
    object_appended: refused "method-added" ["run, argument 0 (&dyn Svc), method g: host none, patch g"]
        call { run(&Three) }
        host {
            #[patch_trait] pub trait Svc { fn f(&self, n: u32) -> u32; }
            pub struct Three;
            impl Svc for Three { fn f(&self, n: u32) -> u32 { n * 3 } }
            #[patchable] pub fn run(s: &dyn Svc) -> u32 { s.f(1) }
        }
        patch {
            #[patch_trait] pub trait Svc { fn f(&self, n: u32) -> u32; fn g(&self) -> u32 { 7 } }
            #[patchable] pub fn run(s: &dyn Svc) -> u32 { s.g() }
        }
    object_prepended: refused "method-order" ["run, argument 0 (&dyn Svc), method f: order: host f, patch z"]
        call { run(&Three) }
        host {
            #[patch_trait] pub trait Svc { fn f(&self) -> u32; }
            pub struct Three;
            impl Svc for Three { fn f(&self) -> u32 { 3 } }
            #[patchable] pub fn run(s: &dyn Svc) -> u32 { s.f() }
        }
        patch {
            #[patch_trait] pub trait Svc { fn z(&self) -> u32; fn f(&self) -> u32; }
            #[patchable] pub fn run(s: &dyn Svc) -> u32 { s.f() }
        }
    object_retyped: refused "type" ["run, argument 0 (Box<dyn Svc>), method f: host u32, patch f64"]
        host {
            #[patch_trait] pub trait Svc { fn f(&self) -> u32; }
            #[patchable] pub fn run(_: Box<dyn Svc>) {}
        }
        patch {
            #[patch_trait] pub trait Svc { fn f(&self) -> f64; }
            #[patchable] pub fn run(_: Box<dyn Svc>) {}
        }
    object_sent: refused "auto-traits" ["run, argument 0 (&dyn Svc): host none of Send, Sync, Unpin, patch Send"]
        host {
            #[patch_trait] pub trait Svc { fn f(&self); }
            #[patchable] pub fn run(_: &dyn Svc) {}
        }
        patch {
            #[patch_trait] pub trait Svc: Send { fn f(&self); }
            #[patchable] pub fn run(_: &dyn Svc) {}
        }
    service_unchanged: accepted []
        call { run(&Service::new(&Three)) } => "(20, 6)"
        host {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self, n: u32) -> u32; }
            pub struct Three;
            impl Svc for Three { fn f(&self, n: u32) -> u32 { n * 3 } }
            #[patchable] pub fn run(s: &Service<dyn Svc>) -> (u8, u32) { (10, s.get().f(1)) }
        }
        patch {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self, n: u32) -> u32; }
            #[patchable] pub fn run(s: &Service<dyn Svc>) -> (u8, u32) { (20, s.get().f(2)) }
        }
    // The host's service does not have it: the patch's default body answers, over the host's object.
    service_appended_with_default: accepted ["run, argument 0 (&Service<dyn Svc>), method g: host none, patch g"]
        call { run(&Service::new(&Three)) } => "(20, 106)"
        host {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self, n: u32) -> u32; }
            pub struct Three;
            impl Svc for Three { fn f(&self, n: u32) -> u32 { n * 3 } }
            #[patchable] pub fn run(s: &Service<dyn Svc>) -> (u8, u32) { (10, s.get().f(1)) }
        }
        patch {
            #[patch_trait] pub trait Svc: Send + Sync {
                fn f(&self, n: u32) -> u32;
                fn g(&self) -> u32 { self.f(2) + 100 }
            }
            #[patchable] pub fn run(s: &Service<dyn Svc>) -> (u8, u32) { (20, s.get().g()) }
        }
    service_appended_without_default: refused "method-added" [
        "run, argument 0 (&Service<dyn Svc>), method g: host none, patch g"
    ]
        call { run(&Service::new(&Three)) }
        host {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; }
            pub struct Three;
            impl Svc for Three { fn f(&self) -> u32 { 3 } }
            #[patchable] pub fn run(s: &Service<dyn Svc>) -> u32 { s.get().f() }
        }
        patch {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; fn g(&self) -> u32; }
            #[patchable] pub fn run(s: &Service<dyn Svc>) -> u32 { s.get().g() }
        }
    service_shortened: accepted ["run, argument 0 (&Service<dyn Svc>), method g: host g, patch none"]
        call { run(&Service::new(&Three)) } => "(20, 3)"
        host {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; fn g(&self) -> u32 { 7 } }
            pub struct Three;
            impl Svc for Three { fn f(&self) -> u32 { 3 } }
            #[patchable] pub fn run(s: &Service<dyn Svc>) -> (u8, u32) { (10, s.get().g()) }
        }
        patch {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; }
            #[patchable] pub fn run(s: &Service<dyn Svc>) -> (u8, u32) { (20, s.get().f()) }
        }
    service_reordered: refused "method-order" ["run, argument 0 (&Service<dyn Svc>), method f: order: host f, patch g"]
        call { run(&Service::new(&Three)) }
        host {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; fn g(&self) -> u32; }
            pub struct Three;
            impl Svc for Three { fn f(&self) -> u32 { 3 } fn g(&self) -> u32 { 4 } }
            #[patchable] pub fn run(s: &Service<dyn Svc>) -> u32 { s.get().f() }
        }
        patch {
            #[patch_trait] pub trait Svc: Send + Sync { fn g(&self) -> u32; fn f(&self) -> u32; }
            #[patchable] pub fn run(s: &Service<dyn Svc>) -> u32 { s.get().f() + 1 }
        }
    service_send_lost: refused "auto-traits" ["run, argument 0 (&Service<dyn Svc>): host Send + Sync, patch Sync"]
        back accepted []
        host {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self); }
            #[patchable] pub fn run(_: &Service<dyn Svc>) {}
        }
        patch {
            #[patch_trait] pub trait Svc: Sync { fn f(&self); }
            #[patchable] pub fn run(_: &Service<dyn Svc>) {}
        }
    object_shortened: refused "method-removed" ["run, argument 0 (&dyn Svc), method g: host g, patch none"]
        host {
            #[patch_trait] pub trait Svc { fn f(&self); fn g(&self) {} }
            #[patchable] pub fn run(_: &dyn Svc) {}
        }
        patch {
            #[patch_trait] pub trait Svc { fn f(&self); }
            #[patchable] pub fn run(_: &dyn Svc) {}
        }
    object_of_another_lifetime: refused "form" ["run, argument 0 (&dyn Svc), method f: host fn 0;1;1;1, patch fn 0;1;2;1"]
        host {
            #[patch_trait] pub trait Svc { fn f<'a>(&self, a: &'a str, b: &'a str) -> &'a str; }
            #[patchable] pub fn run(_: &dyn Svc) {}
        }
        patch {
            #[patch_trait] pub trait Svc { fn f<'a, 'b>(&self, a: &'a str, b: &'b str) -> &'a str; }
            #[patchable] pub fn run(_: &dyn Svc) {}
        }
    object_with_argument_added: refused "form" ["run, argument 0 (&dyn Svc), method f: host fn 0;;, patch fn 0;;;"]
        host {
            #[patch_trait] pub trait Svc { fn f(&self, a: u8); }
            #[patchable] pub fn run(_: &dyn Svc) {}
        }
        patch {
            #[patch_trait] pub trait Svc { fn f(&self, a: u8, b: u8); }
            #[patchable] pub fn run(_: &dyn Svc) {}
        }
    object_with_argument_retyped: refused "type" ["run, argument 0 (&dyn Svc), method f, field <1>: host u32, patch f32"]
        host {
            #[patch_trait] pub trait Svc { fn f(&self, a: u8, b: u32); }
            #[patchable] pub fn run(_: &dyn Svc) {}
        }
        patch {
            #[patch_trait] pub trait Svc { fn f(&self, a: u8, b: f32); }
            #[patchable] pub fn run(_: &dyn Svc) {}
        }
}
