//! `async fn` in services: the same rewriting on both sides, so that trait and implementation agree.

use crate::machinery::at;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::visit_mut::{VisitMut, visit_type_reference_mut};
use syn::{Block, Error, FnArg, GenericParam, Ident, Lifetime, Pat, Result, ReturnType, Signature, Type};

/// Turns `async fn m(&self, x: &T) -> R { … }` into `fn m<'future>(&'future self, x: &'future T) -> BoxedFuture<'future, R>`
/// with a boxed future of that body. Gives back whether there was something to turn.
pub(super) fn desugar(signature: &mut Signature, block: Option<&mut Block>) -> Result<bool> {
    if signature.asyncness.take().is_none() {
        return Ok(false);
    }
    check(signature)?;
    signature.inputs.iter_mut().for_each(borrow_for_the_future);
    let output = output(&signature.output);
    if let Some(block) = block {
        let arguments = own_arguments(signature);
        *block = boxed(&arguments, &output, block);
    }
    signature.generics = syn::parse_quote!(<'future>);
    signature.output = syn::parse_quote!(-> ::dynpatch::BoxedFuture<'future, #output>);
    Ok(true)
}

fn check(signature: &Signature) -> Result<()> {
    let Some(parameter) = signature.generics.params.first() else { return Ok(()) };
    let message = match parameter {
        GenericParam::Lifetime(_) => {
            "an async service method has one lifetime for all its borrows: leave the lifetimes out"
        }
        _ => "generic parameters cannot be part of a service: a table holds one function for each method",
    };
    Err(Error::new_spanned(parameter, message))
}

fn borrow_for_the_future(argument: &mut FnArg) {
    match argument {
        FnArg::Receiver(receiver) => {
            if let Some((_, lifetime)) = &mut receiver.reference {
                *lifetime = Some(OneLifetime::lifetime());
            }
            OneLifetime.visit_type_mut(&mut receiver.ty);
        }
        FnArg::Typed(argument) => OneLifetime.visit_type_mut(&mut argument.ty),
    }
}

fn output(output: &ReturnType) -> Type {
    match output {
        ReturnType::Default => syn::parse_quote!(()),
        ReturnType::Type(_, ty) => {
            let mut ty = (**ty).clone();
            OneLifetime.visit_type_mut(&mut ty);
            ty
        }
    }
}

/// Names every argument, and gives the statements that move them into the future, used or not: an `async fn` drops its
/// arguments when it is done.
fn own_arguments(signature: &mut Signature) -> TokenStream {
    let receiver = signature.receiver().map(|receiver| {
        let this = receiver.self_token;
        quote!(let _ = &#this;)
    });
    let arguments = signature.inputs.iter_mut().enumerate().filter_map(|(index, argument)| match argument {
        FnArg::Typed(argument) => Some(own_argument(index, &mut argument.pat)),
        FnArg::Receiver(_) => None,
    });
    receiver.into_iter().chain(arguments).collect()
}

fn own_argument(index: usize, pattern: &mut Box<Pat>) -> TokenStream {
    let name = match &**pattern {
        Pat::Ident(plain) if plain.by_ref.is_none() && plain.subpat.is_none() => plain.ident.clone(),
        _ => format_ident!("__dynpatch_argument_{index}"),
    };
    let pattern = std::mem::replace(&mut **pattern, syn::parse_quote!(#name));
    match pattern {
        Pat::Ident(mut plain) if plain.ident == name => {
            // It is used here, and the user said that it is not.
            if name.to_string().starts_with('_') {
                plain.ident.set_span(at(&name));
            }
            let name = generated(name);
            quote!(let #plain = #name;)
        }
        pattern => quote!(let #name = #name; let #pattern = #name;),
    }
}

fn generated(mut name: Ident) -> Ident {
    name.set_span(at(&name));
    name
}

/// The statement that never runs tells the compiler what the block gives, as the signature of an `async fn` does.
fn boxed(arguments: &TokenStream, output: &Type, block: &Block) -> Block {
    syn::parse_quote!({
        ::dynpatch::__private::boxed_future(async move {
            if let ::core::option::Option::Some(__dynpatch_output) = ::core::option::Option::None::<#output> {
                return __dynpatch_output;
            }
            #arguments
            let __dynpatch_output: #output = #block;
            __dynpatch_output
        })
    })
}

struct OneLifetime;

impl OneLifetime {
    fn lifetime() -> Lifetime {
        Lifetime::new("'future", Span::call_site())
    }
}

impl VisitMut for OneLifetime {
    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        reference.lifetime.get_or_insert_with(Self::lifetime);
        visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = Self::lifetime();
        }
    }

    fn visit_type_bare_fn_mut(&mut self, _: &mut syn::TypeBareFn) {}
    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut syn::ParenthesizedGenericArguments) {}
}
