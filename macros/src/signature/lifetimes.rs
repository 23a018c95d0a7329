//! Elided lifetimes get names, the output's the one elision would choose.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::visit_mut::{VisitMut, visit_type_reference_mut};
use syn::{GenericParam, Generics, Lifetime, ParenthesizedGenericArguments, Type, TypeBareFn, TypeReference};

/// The lifetimes that generics declare.
pub(crate) fn declared(generics: &Generics) -> Vec<Lifetime> {
    let lifetimes = generics.params.iter().filter_map(|parameter| match parameter {
        GenericParam::Lifetime(parameter) => Some(parameter.lifetime.clone()),
        _ => None,
    });
    lifetimes.collect()
}

/// Gives every elided lifetime of the inputs a name of its own.
pub(super) struct Naming {
    pub(super) named: Vec<Lifetime>,
    next: usize,
}

impl Naming {
    pub(super) fn new(named: Vec<Lifetime>) -> Self {
        Self { named, next: 0 }
    }

    fn name(&mut self) -> Lifetime {
        let lifetime = Lifetime::new(&format!("'_{}", self.next), Span::call_site());
        self.next += 1;
        self.named.push(lifetime.clone());
        lifetime
    }

    pub(super) fn fill(&mut self, ty: &mut Type) {
        Elided(&mut || self.name()).visit_type_mut(ty);
    }
}

/// Gives every elided lifetime of a type the one given.
pub(super) fn fill(ty: &mut Type, lifetime: &Lifetime) {
    Elided(&mut || lifetime.clone()).visit_type_mut(ty);
}

pub(super) fn has_elided(ty: &Type) -> bool {
    let mut found = false;
    let mut note = || {
        found = true;
        Lifetime::new("'_found", Span::call_site())
    };
    Elided(&mut note).visit_type_mut(&mut ty.clone());
    found
}

/// Visits what is elided. The lifetimes of `fn(&T)` and `Fn(&T)` are their own.
struct Elided<'a>(&'a mut dyn FnMut() -> Lifetime);

impl VisitMut for Elided<'_> {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        reference.lifetime.get_or_insert_with(&mut *self.0);
        visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = (self.0)();
        }
    }

    fn visit_type_bare_fn_mut(&mut self, _: &mut TypeBareFn) {}
    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {}
}

/// Finds the lifetime that elided ones of the output stand for: the receiver's, else the only one of the inputs.
#[derive(Default)]
pub(super) struct Elision {
    of_receiver: Candidates,
    of_inputs: Candidates,
}

impl Elision {
    /// Looks at an input whose lifetimes are named and whose `Self` is still `Self`.
    pub(super) fn see(&mut self, ty: &Type, is_receiver: bool) {
        self.of_inputs.visit_type(ty);
        if is_receiver {
            ReferencesToSelf(&mut self.of_receiver).visit_type(ty);
        }
    }

    pub(super) fn output(&self) -> Option<&Lifetime> {
        self.of_receiver.only().or_else(|| self.of_inputs.only())
    }

    /// Whether there are too many lifetimes to choose from. Too few are not known: a path may hide one.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.output().is_none() && self.of_inputs.0.len() > 1
    }
}

#[derive(Default)]
struct Candidates(Vec<Lifetime>);

impl Candidates {
    fn only(&self) -> Option<&Lifetime> {
        match &self.0[..] {
            [only] => Some(only),
            _ => None,
        }
    }
}

impl Visit<'_> for Candidates {
    fn visit_lifetime(&mut self, lifetime: &Lifetime) {
        if !self.0.contains(lifetime) {
            self.0.push(lifetime.clone());
        }
    }

    fn visit_type_bare_fn(&mut self, _: &TypeBareFn) {}
    fn visit_parenthesized_generic_arguments(&mut self, _: &ParenthesizedGenericArguments) {}
}

struct ReferencesToSelf<'a>(&'a mut Candidates);

impl Visit<'_> for ReferencesToSelf<'_> {
    fn visit_type_reference(&mut self, reference: &TypeReference) {
        if let (Type::Path(path), Some(lifetime)) = (&*reference.elem, &reference.lifetime)
            && path.path.is_ident("Self")
        {
            self.0.visit_lifetime(lifetime);
        }
        visit::visit_type_reference(self, reference);
    }
}

/// How often a type names a lifetime.
pub(super) fn occurrences(of: &Lifetime, ty: &Type) -> usize {
    let mut counter = Occurrences { of, count: 0 };
    counter.visit_type(ty);
    counter.count
}

struct Occurrences<'a> {
    of: &'a Lifetime,
    count: usize,
}

impl Visit<'_> for Occurrences<'_> {
    fn visit_lifetime(&mut self, lifetime: &Lifetime) {
        self.count += usize::from(lifetime == self.of);
    }
}

/// Replaces one lifetime by `'static`.
pub(super) fn make_static(ty: &mut Type, lifetime: &Lifetime) {
    MakeStatic(lifetime).visit_type_mut(ty);
}

struct MakeStatic<'a>(&'a Lifetime);

impl VisitMut for MakeStatic<'_> {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime == self.0 {
            *lifetime = Lifetime::new("'static", lifetime.span());
        }
    }
}

/// A type with every lifetime left to inference, for expressions.
pub(crate) fn inferred(ty: &Type) -> Type {
    let mut ty = ty.clone();
    Inferred.visit_type_mut(&mut ty);
    ty
}

struct Inferred;

impl VisitMut for Inferred {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        *lifetime = Lifetime::new("'_", lifetime.span());
    }
}
