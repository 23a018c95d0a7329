//! A signature brought to one form: named arguments, named lifetimes, no `Self`.

mod closure;
mod lifetimes;
mod text;
mod types;

pub(crate) use closure::{Code, guard_type, guarded_closure};
pub(crate) use lifetimes::{declared, inferred};
pub(crate) use text::{tidy, type_text};
pub(crate) use types::{
    Ungroup, all_foreign, fingerprint, lifetimes_of, node, replace_self, self_type, without_lifetimes,
};

use crate::machinery::at;
use crate::reject::Objections;
use closure::code;
use lifetimes::{Elision, Naming, fill, has_elided, make_static, occurrences};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit_mut::VisitMut;
use syn::{FnArg, Ident, Lifetime, Pat, Result, ReturnType, Signature, Type, parse_quote};
use text::comparable;
use types::GeneratedParentheses;

/// One argument.
pub(crate) struct Input {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    /// Code that comes with the argument, and so must be guarded on its way.
    pub(crate) code: Option<Code>,
}

/// What `Self` stands for: a type, and the lifetimes its `impl` block declares.
pub(crate) struct This<'a> {
    pub(crate) ty: &'a Type,
    pub(crate) lifetimes: &'a [Lifetime],
}

/// A signature from which every generated function takes its own.
pub(crate) struct Shape {
    pub(crate) lifetimes: Vec<Lifetime>,
    pub(crate) inputs: Vec<Input>,
    /// What a call gives; for `async fn`, what the future gives.
    pub(crate) output: Type,
    pub(crate) is_async: bool,
    pub(crate) is_unsafe: bool,
    /// Whether the future of an `async fn` is `Send`.
    pub(crate) is_send: bool,
    /// Whether a lifetime of the output is missing, which the compiler says better, and once, of the item as written.
    pub(crate) is_incomplete: bool,
    /// Whether the output is a `BoxedFuture` that stands for an `async fn` of a service.
    pub(crate) is_boxed: bool,
}

impl Shape {
    pub(crate) fn new(signature: &Signature, this: Option<&This<'_>>, is_send: bool) -> Result<Self> {
        let mut lifetimes = this.map(|this| this.lifetimes.to_vec()).unwrap_or_default();
        lifetimes.extend(declared(&signature.generics));
        let mut reader = Reader { naming: Naming::new(lifetimes), elision: Elision::default(), this: None };
        reader.this = this.map(|this| reader.named(this.ty));
        let inputs = signature.inputs.iter().enumerate().map(|(index, argument)| reader.input(index, argument));
        let mut shape = Self {
            inputs: inputs.collect(),
            output: reader.output(&signature.output),
            is_incomplete: reader.is_incomplete(&signature.output),
            lifetimes: reader.naming.named,
            is_async: signature.asyncness.is_some(),
            is_unsafe: signature.unsafety.is_some(),
            is_send,
            is_boxed: false,
        };
        shape.free_output();
        shape.is_boxed = matches!(closure::code(&shape.output), Some(Code::Future));
        shape.check_closures(signature)?;
        Ok(shape)
    }

    /// A lifetime that no input has is the caller's to choose: a function pointer can only promise the longest.
    fn free_output(&mut self) {
        let Self { lifetimes, inputs, output, .. } = self;
        lifetimes.retain(|lifetime| {
            let is_bound = inputs.iter().any(|input| occurrences(lifetime, &input.ty) > 0);
            if !is_bound {
                make_static(output, lifetime);
            }
            is_bound
        });
    }

    fn check_closures(&self, signature: &Signature) -> Result<()> {
        let mut all = self.types();
        all.push(&self.output);
        let mut objections = Objections::default();
        for (input, argument) in self.inputs.iter().zip(&signature.inputs) {
            if let (Some(Code::Closure(_)), FnArg::Typed(argument)) = (input.code, argument) {
                objections.value(closure::check_lifetimes(&input.ty, &all, &argument.ty));
            }
        }
        objections.into_result()
    }

    /// `for<'a, …>`, or nothing.
    pub(crate) fn binder(&self) -> TokenStream {
        let lifetimes = &self.lifetimes;
        if lifetimes.is_empty() { TokenStream::new() } else { quote!(for<#(#lifetimes),*>) }
    }

    /// `<'a, …>`, or nothing.
    pub(crate) fn generics(&self) -> TokenStream {
        let lifetimes = &self.lifetimes;
        if lifetimes.is_empty() { TokenStream::new() } else { quote!(<#(#lifetimes),*>) }
    }

    pub(crate) fn names(&self) -> Vec<&Ident> {
        self.inputs.iter().map(|input| &input.name).collect()
    }

    pub(crate) fn types(&self) -> Vec<&Type> {
        self.inputs.iter().map(|input| &input.ty).collect()
    }

    /// What a slot's function gives: the output, or a boxed future of it.
    pub(crate) fn slot_output(&self) -> TokenStream {
        let output = &self.output;
        match (self.is_async, self.is_send) {
            (false, _) => quote!(#output),
            (true, true) => quote!(::dynpatch::__private::ErasedFuture<#output>),
            (true, false) => quote!(::dynpatch::__private::ErasedLocalFuture<#output>),
        }
    }

    /// The signature as text, for people.
    pub(crate) fn text(&self) -> String {
        let binder = self.binder();
        let types = self.types().into_iter().map(comparable);
        let output = comparable(&self.output);
        let unsafety = self.is_unsafe.then(|| quote!(unsafe));
        let asyncness = self.is_async.then(|| if self.is_send { quote!(async) } else { quote!(async local) });
        tidy(quote!(#binder #asyncness #unsafety fn(#(#types),*) -> #output))
    }

    /// Everything of the signature but the types: what a host and a patch compare as it stands.
    pub(crate) fn form(&self) -> String {
        let asyncness = match (self.is_async, self.is_send) {
            (false, _) => "",
            (true, true) => "async ",
            (true, false) => "async local ",
        };
        let unsafety = if self.is_unsafe { "unsafe " } else { "" };
        let mut types = self.types();
        types.push(&self.output);
        // Numbered by where they stand, not by where they are declared.
        format!("{asyncness}{unsafety}fn {}", lifetimes_of(types, &[]))
    }

    /// An expression: what checkers of other crates know of the arguments behind the first `skipped`, and of the result.
    pub(crate) fn foreign(&self, skipped: usize) -> TokenStream {
        all_foreign(self.types().into_iter().skip(skipped).chain([&self.output]))
    }

    /// Expressions: the arguments behind the first `skipped`, as an array, and the result.
    pub(crate) fn nodes(&self, skipped: usize) -> (TokenStream, TokenStream) {
        let types = quote!(::dynpatch::__private::types);
        let inputs = self.types().into_iter().skip(skipped).map(|ty| node(ty, &[], &types));
        (quote!(&[#(#inputs),*]), node(&self.output, &[], &types))
    }
}

/// Reads a signature from left to right, as elision does.
struct Reader {
    naming: Naming,
    elision: Elision,
    this: Option<Type>,
}

impl Reader {
    fn named(&mut self, ty: &Type) -> Type {
        let mut ty = ty.clone();
        GeneratedParentheses.visit_type_mut(&mut ty);
        self.naming.fill(&mut ty);
        ty
    }

    fn input(&mut self, index: usize, argument: &FnArg) -> Input {
        let (name, ty, is_receiver) = match argument {
            FnArg::Receiver(receiver) => (format_ident!("__dynpatch_self"), &receiver.ty, true),
            FnArg::Typed(argument) => (argument_name(&argument.pat, index), &argument.ty, false),
        };
        let mut ty = self.named(ty);
        self.elision.see(&ty, is_receiver);
        self.without_self(&mut ty);
        Input { name, code: code(&ty), ty }
    }

    fn output(&self, output: &ReturnType) -> Type {
        let mut output = match output {
            ReturnType::Default => parse_quote!(()),
            ReturnType::Type(_, ty) => (**ty).clone(),
        };
        GeneratedParentheses.visit_type_mut(&mut output);
        if let Some(lifetime) = self.elision.output() {
            fill(&mut output, lifetime);
        }
        self.without_self(&mut output);
        output
    }

    fn is_incomplete(&self, output: &ReturnType) -> bool {
        matches!(output, ReturnType::Type(_, ty) if has_elided(ty)) && self.elision.is_ambiguous()
    }

    fn without_self(&self, ty: &mut Type) {
        if let Some(this) = &self.this {
            replace_self(ty, this);
        }
    }
}

/// The user's name, for the documentation. It stands where the user wrote it, and counts as generated.
fn argument_name(pattern: &Pat, index: usize) -> Ident {
    match pattern {
        Pat::Ident(pattern) if pattern.subpat.is_none() => {
            let mut name = pattern.ident.clone();
            name.set_span(at(&name));
            name
        }
        _ => format_ident!("__dynpatch_argument_{index}"),
    }
}
