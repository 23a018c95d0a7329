//! Closures a call borrows: `&dyn Fn(…)` and `&mut dyn FnMut(…)`, which generated code guards.

use super::lifetimes::occurrences;
use syn::visit_mut::VisitMut;
use syn::{
    Error, Ident, Lifetime, PathArguments, Result, TraitBound, Type, TypeParamBound, TypeReference, TypeTraitObject,
};

#[derive(Clone, Copy)]
pub(crate) struct Closure {
    /// Whether it is borrowed exclusively.
    pub(crate) mutable: bool,
    /// How many parameters it has.
    pub(crate) parameters: usize,
    pub(crate) is_send: bool,
    pub(crate) is_sync: bool,
}

/// The arguments whose code can be guarded.
#[derive(Clone, Copy)]
pub(crate) enum Code {
    /// `&dyn Fn(…)`, `&mut dyn FnMut(…)`.
    Closure(Closure),
    /// `BoxedFuture<…>`.
    Future,
}

/// The code that comes with an argument of this type.
pub(super) fn code(ty: &Type) -> Option<Code> {
    match ty {
        Type::Path(path) if path.path.segments.last()?.ident == "BoxedFuture" => Some(Code::Future),
        _ => guarded_closure(ty).map(Code::Closure),
    }
}

/// The closure that an argument of this type borrows.
pub(crate) fn guarded_closure(ty: &Type) -> Option<Closure> {
    let (reference, object) = borrowed_object(ty)?;
    let mutable = reference.mutability.is_some();
    let parameters = traits(object).find_map(|bound| parameters(bound, mutable))?;
    let has = |name| traits(object).any(|bound| last_name(bound).is_some_and(|last| last == name));
    Some(Closure { mutable, parameters, is_send: has("Send"), is_sync: has("Sync") })
}

/// Objects to a closure whose lifetime the caller could see: its guard lives no longer than the call.
pub(super) fn check_lifetimes(named: &Type, all: &[&Type], at: &Type) -> Result<()> {
    let Some((reference, object)) = borrowed_object(named) else { return Ok(()) };
    let bounds = object.bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Lifetime(lifetime) => Some(lifetime),
        _ => None,
    });
    let is_own = |lifetime: &Lifetime| {
        lifetime.ident != "static" && all.iter().map(|ty| occurrences(lifetime, ty)).sum::<usize>() == 1
    };
    if reference.lifetime.iter().chain(bounds).all(is_own) {
        return Ok(());
    }
    Err(Error::new_spanned(
        at,
        "a borrowed closure of a patchable function cannot share its lifetime: what guards its panics lives as long \
         as the call; leave the closure's lifetime out and return nothing that borrows from it, or own the closure",
    ))
}

/// The type of a closure's guard: the same with all lifetimes left to inference.
pub(crate) fn guard_type(ty: &Type) -> Type {
    let mut ty = ty.clone();
    GuardType.visit_type_mut(&mut ty);
    ty
}

struct GuardType;

impl VisitMut for GuardType {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        reference.lifetime = None;
        self.visit_type_mut(&mut reference.elem);
    }

    fn visit_type_trait_object_mut(&mut self, object: &mut TypeTraitObject) {
        for bound in &mut object.bounds {
            if let TypeParamBound::Lifetime(lifetime) = bound {
                *lifetime = Lifetime::new("'_", lifetime.span());
            }
        }
    }
}

fn borrowed_object(ty: &Type) -> Option<(&TypeReference, &TypeTraitObject)> {
    let Type::Reference(reference) = bare(ty) else { return None };
    let Type::TraitObject(object) = bare(&reference.elem) else { return None };
    Some((reference, object))
}

fn bare(mut ty: &Type) -> &Type {
    while let Type::Paren(syn::TypeParen { elem, .. }) | Type::Group(syn::TypeGroup { elem, .. }) = ty {
        ty = elem;
    }
    ty
}

fn traits(object: &TypeTraitObject) -> impl Iterator<Item = &TraitBound> {
    object.bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) => Some(bound),
        _ => None,
    })
}

fn last_name(bound: &TraitBound) -> Option<&Ident> {
    bound.path.segments.last().map(|segment| &segment.ident)
}

fn parameters(bound: &TraitBound, mutable: bool) -> Option<usize> {
    let last = bound.path.segments.last()?;
    let PathArguments::Parenthesized(arguments) = &last.arguments else { return None };
    (last.ident == "Fn" || (mutable && last.ident == "FnMut")).then(|| arguments.inputs.len())
}
