//! A type without a size has no layout to compare. The compiler says so of generated code; here it is said of the field.

use crate::signature::tidy;
use syn::{Data, DeriveInput, Error, Generics, Result, Type, TypeParamBound, WherePredicate};

/// Refuses what is without a size as far as the tokens tell.
pub(super) fn check(item: &DeriveInput) -> Result<()> {
    let Data::Struct(data) = &item.data else { return Ok(()) };
    let Some(last) = data.fields.iter().last() else { return Ok(()) };
    let text = tidy(&last.ty);
    if is_unsized(&last.ty) {
        let advice = format!("a described type has a size: put `{text}` behind a pointer, as `Box<{text}>`");
        return Err(Error::new_spanned(&last.ty, advice));
    }
    if is_perhaps_unsized(&last.ty, &item.generics) {
        let advice = format!("a described type has a size: remove `?Sized`, or put `{text}` behind a pointer");
        return Err(Error::new_spanned(&last.ty, advice));
    }
    Ok(())
}

fn is_unsized(ty: &Type) -> bool {
    match ty {
        Type::Slice(_) | Type::TraitObject(_) => true,
        Type::Path(path) => path.path.is_ident("str"),
        _ => false,
    }
}

/// Whether the type is a parameter that is declared `?Sized`.
fn is_perhaps_unsized(ty: &Type, generics: &Generics) -> bool {
    let Type::Path(path) = ty else { return false };
    let of_parameter = generics
        .type_params()
        .any(|parameter| path.path.is_ident(&parameter.ident) && parameter.bounds.iter().any(is_relaxed));
    let of_clause =
        generics.where_clause.iter().flat_map(|clause| &clause.predicates).any(|predicate| match predicate {
            WherePredicate::Type(predicate) => predicate.bounded_ty == *ty && predicate.bounds.iter().any(is_relaxed),
            _ => false,
        });
    of_parameter || of_clause
}

fn is_relaxed(bound: &TypeParamBound) -> bool {
    matches!(bound, TypeParamBound::Trait(bound) if matches!(bound.modifier, syn::TraitBoundModifier::Maybe(_)))
}
