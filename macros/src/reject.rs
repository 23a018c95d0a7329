//! The forms that cannot be patched, each with its reason and what to do instead.

use crate::attributes::name;
use crate::signature::guarded_closure;
use quote::ToTokens;
use syn::visit::Visit;
use syn::{Attribute, Error, FnArg, GenericParam, Generics, PatType, Result, ReturnType, Signature, Type};

/// Collects every objection to a signature and its attributes, so that a user sees all of them at once.
pub(crate) fn check(signature: &Signature, attributes: &[Attribute]) -> Result<()> {
    let mut objections = Objections::default();
    objections.attributes(attributes);
    objections.qualifiers(signature);
    objections.generics(&signature.generics);
    objections.opaque(signature);
    objections.arguments(signature);
    objections.closures(signature);
    objections.into_result()
}

/// Collects every objection to the generics of an `impl` block.
pub(crate) fn check_generics(generics: &Generics) -> Result<()> {
    let mut objections = Objections::default();
    objections.generics(generics);
    objections.into_result()
}

/// What is wrong with an item, as far as it is known.
#[derive(Default)]
pub(crate) struct Objections(Option<Error>);

impl Objections {
    pub(crate) fn object(&mut self, at: impl ToTokens, message: &str) {
        self.add(Error::new_spanned(at, message));
    }

    /// The value, or its error noted.
    pub(crate) fn value<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    /// The value, unless it or anything before it was objected to.
    pub(crate) fn into_value<T>(mut self, result: Result<T>) -> Result<T> {
        match self.value(result) {
            Some(value) => self.into_result().map(|()| value),
            None => Err(self.0.expect("the error was just noted")),
        }
    }

    pub(crate) fn into_result(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }

    fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(all) => all.combine(error),
            none => *none = Some(error),
        }
    }

    fn attributes(&mut self, attributes: &[Attribute]) {
        for attribute in attributes {
            if let Some(message) = attribute_message(&name(attribute)) {
                self.object(attribute, message);
            }
        }
    }

    fn qualifiers(&mut self, signature: &Signature) {
        if let Some(constness) = &signature.constness {
            self.object(
                constness,
                "a `const fn` cannot be patchable: its value may already be compiled into constants; \
                 make it a plain `fn`, or keep the constant part in a function of its own",
            );
        }
        if let Some(variadic) = &signature.variadic {
            self.object(
                variadic,
                "a variadic function cannot be patchable: its arguments cannot be forwarded; take a slice instead",
            );
        }
        if let ReturnType::Type(_, output) = &signature.output
            && let Type::Never(never) = &**output
        {
            self.object(
                never,
                "a function that never returns cannot be patchable: its caller would run the old code for ever; \
                 make the body of its loop patchable instead",
            );
        }
    }

    fn generics(&mut self, generics: &Generics) {
        generics.params.iter().for_each(|parameter| self.parameter(parameter));
        if let Some(clause) = &generics.where_clause {
            self.object(
                clause,
                "a `where` clause cannot be patchable: the type of a function pointer cannot express it; \
                 name concrete types, and give lifetimes no bounds",
            );
        }
    }

    fn parameter(&mut self, parameter: &GenericParam) {
        match parameter {
            GenericParam::Type(parameter) => self.object(
                parameter,
                "generic parameters cannot be patchable: a slot holds one function, and a patch cannot know which \
                 types the host uses; make a patchable function for each type, or take `&dyn Trait`",
            ),
            GenericParam::Const(parameter) => self.object(
                parameter,
                "const parameters cannot be patchable: a slot holds one function; pass the value as an argument",
            ),
            GenericParam::Lifetime(parameter) if !parameter.bounds.is_empty() => self.object(
                parameter,
                "outlives bounds between lifetimes cannot be patchable: the type of a function pointer cannot \
                 express them; use one lifetime for both, or own one of the values",
            ),
            GenericParam::Lifetime(_) => {}
        }
    }

    fn opaque(&mut self, signature: &Signature) {
        let mut finder = Opaque(Vec::new());
        finder.visit_signature(signature);
        for opaque in &finder.0 {
            self.object(
                opaque,
                "`impl Trait` cannot be patchable: it stands for a type that differs from version to version; \
                 use `Box<dyn Trait>` or `&dyn Trait`",
            );
        }
    }

    fn arguments(&mut self, signature: &Signature) {
        for argument in &signature.inputs {
            let (FnArg::Receiver(syn::Receiver { attrs, .. }) | FnArg::Typed(PatType { attrs, .. })) = argument;
            for attribute in attrs.iter().filter(|attribute| name(attribute) == "cfg") {
                self.object(
                    attribute,
                    "an argument cannot come and go with `#[cfg]`: host and patch would disagree about it; \
                     put the `#[cfg]` on the whole function",
                );
            }
        }
    }

    fn closures(&mut self, signature: &Signature) {
        for argument in &signature.inputs {
            let FnArg::Typed(argument) = argument else { continue };
            let Some(closure) = guarded_closure(&argument.ty) else { continue };
            if signature.asyncness.is_some() {
                self.object(
                    &argument.ty,
                    "an `async fn` that borrows a closure cannot be patchable: what guards the closure's panics lives \
                     on the stack of the call, and the future outlives it; own the closure: \
                     `Arc<dyn Fn(…) + Send + Sync>` or `Box<dyn FnMut(…) + Send>`",
                );
            } else if !closure.mutable && closure.is_send && !closure.is_sync {
                self.object(
                    &argument.ty,
                    "a shared reference to a closure that is `Send` and not `Sync` cannot be patchable: \
                     what guards its panics would not be `Send`; add `+ Sync`, or leave `Send` out",
                );
            }
        }
    }
}

fn attribute_message(name: &str) -> Option<&'static str> {
    match name {
        "track_caller" => Some(
            "a `#[track_caller]` function cannot be patchable: the caller's location is a hidden argument that \
             a slot does not carry; pass `std::panic::Location::caller()` from an unpatched wrapper",
        ),
        "target_feature" => Some(
            "a `#[target_feature]` function cannot be patchable: a slot's caller does not know which features \
             the live version needs; dispatch on features inside the function",
        ),
        "no_mangle" | "export_name" => Some(
            "a function with an exported symbol cannot be patchable: the symbol would name the dispatcher of \
             every image at once; export an unpatched wrapper that calls this function",
        ),
        _ => None,
    }
}

struct Opaque(Vec<syn::TypeImplTrait>);

impl Visit<'_> for Opaque {
    fn visit_type_impl_trait(&mut self, opaque: &syn::TypeImplTrait) {
        self.0.push(opaque.clone());
    }
}
