//! Services: trait objects whose implementation a patch replaces.

use crate::raw::dispatch::{self, Route};
use crate::raw::object::Object;
use crate::raw::out_of_line;
use dynpatch_interface::PatchType;
use dynpatch_interface::boundary::Function;
use dynpatch_interface::types::{Extent, Fingerprint, TypeNode};
use std::fmt;
use std::marker::PhantomData;

/// A trait that `#[patch_trait]` made a service. Implemented for `dyn Trait` by that macro only.
pub trait ServiceTrait: 'static {
    /// The trait's path.
    const NAME: &'static str;
    /// What [`Service::get`] gives: implements the trait.
    type Proxy<'a>;
    #[doc(hidden)]
    fn proxy(service: &Service<Self>, route: Route) -> Self::Proxy<'_>;
}

/// The built-in methods of `I`, as `#[patch_trait]` writes them.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{I}` cannot be the built-in object of this service",
    note = "it must implement the trait, and be `Send + Sync + 'static`: many threads call one object"
)]
pub trait BuiltInTable<I>: ServiceTrait {
    /// In the order of the trait.
    const METHODS: &'static [Function];
}

/// The methods of `I` as a patch exports them.
#[doc(hidden)]
pub trait PatchedTable<I>: ServiceTrait {
    /// In the order of the trait.
    const METHODS: &'static [Function];
}

/// An object that implements the trait `T`, until a patch brings another implementation: then that one, for every
/// service of the trait at once.
///
/// ```
/// use dynpatch::prelude::*;
///
/// #[patch_trait]
/// pub trait Greeter {
///     fn greet(&self, name: &str) -> String;
/// }
///
/// struct English;
/// impl Greeter for English {
///     fn greet(&self, name: &str) -> String {
///         format!("hello {name}")
///     }
/// }
///
/// static GREETER: Service<dyn Greeter> = Service::new(&English);
/// assert_eq!(GREETER.get().greet("you"), "hello you");
///
/// let owned: Service<dyn Greeter> = Service::owned(English);
/// assert_eq!(owned.get().greet("me"), "hello me");
/// ```
pub struct Service<T: ?Sized + ServiceTrait> {
    /// The first methods, one load away instead of two.
    pub(crate) near: [Function; NEAR],
    /// All methods. Behind a pointer and with its length, so that a service has one size for every trait: an image that
    /// knows fewer methods has a shorter table.
    pub(crate) methods: &'static [Function],
    pub(crate) object: Object,
    of: PhantomData<fn() -> Box<T>>,
}

impl<T: ?Sized + ServiceTrait> Service<T> {
    /// A service around an object that lives for ever: for a `static`.
    pub const fn new<I: Send + Sync + 'static>(built_in: &'static I) -> Self
    where
        T: BuiltInTable<I>,
    {
        Self { near: near(T::METHODS), methods: T::METHODS, object: Object::borrowed(built_in), of: PhantomData }
    }

    /// A service that owns its object.
    pub fn owned<I: Send + Sync + 'static>(built_in: I) -> Self
    where
        T: BuiltInTable<I>,
    {
        Self { near: near(T::METHODS), methods: T::METHODS, object: Object::owned(built_in), of: PhantomData }
    }

    /// The implementation that is live for the calling thread. In host code, calls on what is returned stay with that
    /// version; what those call takes the newest code. Get it anew for each request.
    #[inline(always)]
    pub fn get(&self) -> T::Proxy<'_> {
        T::proxy(self, if cfg!(debug_assertions) { out_of_line::route() } else { dispatch::route() })
    }

    #[doc(hidden)]
    #[inline(always)]
    pub fn methods(&self) -> &'static [Function] {
        self.methods
    }

    /// The service's own method at a place that every table has, if it lies near.
    #[doc(hidden)]
    #[inline(always)]
    pub fn near_method(&self, index: usize) -> Option<Function> {
        if index < NEAR { Some(self.near[index]) } else { None }
    }
}

/// Methods that a service keeps in itself; a call of a later one takes an instruction more.
pub(crate) const NEAR: usize = 8;

const fn near(methods: &[Function]) -> [Function; NEAR] {
    /// Stands where a trait has fewer methods; nobody asks for it.
    fn absent() {}
    let mut near = [absent as Function; NEAR];
    let mut index = 0;
    while index < methods.len() && index < NEAR {
        near[index] = methods[index];
        index += 1;
    }
    near
}

impl<T: ?Sized + ServiceTrait + PatchType> PatchType for Service<T> {
    const TYPE: TypeNode = TypeNode::Builtin {
        name: "Service",
        extent: Extent::of::<Self>(),
        downcasts: false,
        offsets: &[],
        arguments: &[T::TYPE],
    };
    const FINGERPRINT: Fingerprint = Fingerprint::of_builtin("Service", Extent::of::<Self>(), &[T::FINGERPRINT]);
}

impl<T: ?Sized + ServiceTrait> fmt::Debug for Service<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Service").field(&T::NAME).finish()
    }
}
