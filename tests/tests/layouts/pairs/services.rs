//! The same crate built again: services, whose methods and objects a patch replaces, and shared statics.

pairs! {
    replaced: accepted []
        by path
        call { (SVC.get().f(2), SVC.get().g("x")) } => "(206, \"new x\")"
        host {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self, n: u32) -> u32; fn g(&self, t: &str) -> String; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own {
                fn f(&self, n: u32) -> u32 { n * 3 }
                fn g(&self, t: &str) -> String { format!("old {t}") }
            }
            pub static SVC: Service<dyn Svc> = Service::new(&Own);
        }
        patch {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self, n: u32) -> u32; fn g(&self, t: &str) -> String; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own {
                fn f(&self, n: u32) -> u32 { n * 3 + 200 }
                fn g(&self, t: &str) -> String { format!("new {t}") }
            }
        }
    method_appended_with_default: accepted ["Svc::g: a method with a default body is new in the patch"]
        by library
        call { SVC.get().f() } => "20"
        host {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 10 } }
            pub static SVC: Service<dyn Svc> = Service::new(&Own);
        }
        patch {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; fn g(&self) -> u32 { 7 } }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 20 } }
        }
    method_appended: refused "method-added" [
        "Svc::g: the patch adds this method without a default body to a service of the host"
    ]
        by library
        call { SVC.get().f() }
        host {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 10 } }
            pub static SVC: Service<dyn Svc> = Service::new(&Own);
        }
        patch {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; fn g(&self) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 20 } fn g(&self) -> u32 { 7 } }
        }
    method_removed: refused "method-removed" [
        "Svc::g: the service of the host has this method without a default body, the patch lacks it"
    ]
        by library
        call { (SVC.get().f(), SVC.get().g()) }
        host {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; fn g(&self) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 10 } fn g(&self) -> u32 { 11 } }
            pub static SVC: Service<dyn Svc> = Service::new(&Own);
        }
        patch {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 20 } }
        }
    // The host's default body answers, over the patch's object.
    method_with_default_removed: accepted []
        by path
        call { (SVC.get().f(), SVC.get().g()) } => "(20, 120)"
        host {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; fn g(&self) -> u32 { self.f() + 100 } }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 10 } }
            pub static SVC: Service<dyn Svc> = Service::new(&Own);
        }
        patch {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 20 } }
        }
    method_prepended: refused "method-order" ["Svc::f: moved within its service: host place 0, patch place 1"]
        by path
        call { SVC.get().f() }
        host {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 10 } }
            pub static SVC: Service<dyn Svc> = Service::new(&Own);
        }
        patch {
            #[patch_trait] pub trait Svc: Send + Sync { fn z(&self) -> u32 { 0 } fn f(&self) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 20 } }
        }
    methods_reordered: refused "method-order" [
        "Svc::f: moved within its service: host place 0, patch place 1",
        "Svc::g: moved within its service: host place 1, patch place 0",
    ]
        by path
        call { (SVC.get().f(), SVC.get().g()) }
        host {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; fn g(&self) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 10 } fn g(&self) -> u32 { 11 } }
            pub static SVC: Service<dyn Svc> = Service::new(&Own);
        }
        patch {
            #[patch_trait] pub trait Svc: Send + Sync { fn g(&self) -> u32; fn f(&self) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 20 } fn g(&self) -> u32 { 21 } }
        }
    method_retyped: refused "type" ["Svc::f, result (u32): host u32, patch f64"]
        by path
        call { SVC.get().f() }
        host {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 10 } }
            pub static SVC: Service<dyn Svc> = Service::new(&Own);
        }
        patch {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> f64; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> f64 { 20.0 } }
        }
    argument_of_method_retyped: refused "type" ["Svc::f, argument 0 (&Leaf), field qty: host u32, patch i32"]
        by path
        call { SVC.get().f(&Leaf { qty: 7 }) }
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self, leaf: &Leaf) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self, leaf: &Leaf) -> u32 { leaf.qty } }
            pub static SVC: Service<dyn Svc> = Service::new(&Own);
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self, leaf: &Leaf) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self, leaf: &Leaf) -> u32 { leaf.qty as u32 + 1 } }
        }
    send_lost: refused "auto-traits" ["Svc::f: auto traits of its service: host Send + Sync, patch Sync"]
        back accepted []
        by path
        call { SVC.get().f() }
        host {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 10 } }
            pub static SVC: Service<dyn Svc> = Service::new(&Own);
        }
        patch {
            #[patch_trait] pub trait Svc: Sync { fn f(&self) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 20 } }
        }
    send_gained: accepted []
        back refused "auto-traits" ["Svc::f: auto traits of its service: host Send + Sync, patch Sync"]
        by path
        call { SVC.get().f() } => "20"
        host {
            #[patch_trait] pub trait Svc: Sync { fn f(&self) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 10 } }
            pub static SVC: Service<dyn Svc> = Service::new(&Own);
        }
        patch {
            #[patch_trait] pub trait Svc: Send + Sync { fn f(&self) -> u32; }
            pub struct Own;
            #[patch_impl(new = Own)] impl Svc for Own { fn f(&self) -> u32 { 20 } }
        }
    static_unchanged: accepted []
        by path
        call { T.lock().unwrap().b = 5; run() } => "[20, 1, 5]"
        host {
            #[derive(PatchType)] pub struct State { pub a: u8, pub b: u32 }
            #[patchable] pub static T: std::sync::Mutex<State> = std::sync::Mutex::new(State { a: 1, b: 2 });
            #[patchable] pub fn run() -> [u32; 3] { let t = T.lock().unwrap(); [10, t.a.into(), t.b] }
        }
        patch {
            #[derive(PatchType)] pub struct State { pub a: u8, pub b: u32 }
            #[patchable] pub static T: std::sync::Mutex<State> = std::sync::Mutex::new(State { a: 3, b: 4 });
            #[patchable] pub fn run() -> [u32; 3] { let t = T.lock().unwrap(); [20, t.a.into(), t.b] }
        }
    static_changed: refused "field-added" ["T, type Mutex<State>, field b: host none, patch u32 at byte 4"]
        by path
        call { run() }
        host {
            #[derive(PatchType)] #[repr(C)] pub struct State { pub a: u32 }
            #[patchable] pub static T: std::sync::Mutex<State> = std::sync::Mutex::new(State { a: 1 });
            #[patchable] pub fn run() -> u32 { T.lock().unwrap().a }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub struct State { pub a: u32, pub b: u32 }
            #[patchable] pub static T: std::sync::Mutex<State> = std::sync::Mutex::new(State { a: 1, b: 2 });
            #[patchable] pub fn run() -> u32 { T.lock().unwrap().b }
        }
    // Methods of a type, whose receiver is a type like any other.
    receiver_changed: refused "field-removed" ["T::run, argument 0 (&T), field b: host u32 at byte 4, patch none"]
        by path
        call { T { a: 1, b: 2 }.run() }
        host {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] impl T { pub fn run(&self) -> u32 { self.b } }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32 }
            #[patchable] impl T { pub fn run(&self) -> u32 { self.a } }
        }
}
