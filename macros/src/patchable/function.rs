//! `#[patchable]` on a function: a dispatcher under the function's own name, its body beside its slot inside.

use super::{NOTHING_IS_ASYNC, Options};
use crate::attributes::Attributes;
use crate::machinery::{
    Enter, Marks, Names, Registration, call_entered, forget, guard_arguments, guard_output, inlined, kept, ways,
};
use crate::reject::{self, Objections};
use crate::signature::{Shape, Ungroup};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{Attribute, FnArg, Ident, ItemFn, Result, Signature, Visibility};

pub(super) fn expand(options: &Options, mut item: ItemFn) -> Result<TokenStream> {
    Ungroup.visit_signature_mut(&mut item.sig);
    let shape = check(options, &item).into_value(Shape::new(&item.sig, None, options.local.is_none()))?;
    if shape.is_incomplete {
        return Ok(item.to_token_stream());
    }
    let Attributes { outer, body: body_attributes } = Attributes::of_function(item.attrs);
    let body_name = format_ident!("__dynpatch_body");
    let body = body_function(&item.sig, &body_name, &body_attributes, &item.block);
    let name = item_name(options, &item.sig.ident.unraw().to_string());
    let dispatcher = Dispatcher { shape: &shape, options, name, body: quote!(#body_name) };
    let function = dispatcher.expand(&outer, &item.vis, &item.sig, &body);
    // A function that names no `Self` may still stand in an `impl` block, where its path would be wrong. The constant
    // is an error there, and nothing elsewhere.
    Ok(quote!(#function const _: () = ();))
}

fn check(options: &Options, item: &ItemFn) -> Objections {
    let mut objections = Objections::default();
    if let Some(this) = method_of(&item.sig) {
        objections.object(
            this,
            "a method needs its `impl` block: put `#[patchable]` on the block, which makes all its methods patchable, \
             and on none of them",
        );
    }
    if let Some(local) = options.local.as_ref().filter(|_| item.sig.asyncness.is_none()) {
        objections.object(local, NOTHING_IS_ASYNC);
    }
    objections.value(reject::check(&item.sig, &item.attrs));
    objections
}

/// The receiver or the first `Self` of a signature, which make it a method's.
fn method_of(signature: &Signature) -> Option<TokenStream> {
    let mut finder = FindSelf(signature.receiver().map(ToTokens::to_token_stream));
    finder.visit_signature(signature);
    finder.0
}

struct FindSelf(Option<TokenStream>);

impl Visit<'_> for FindSelf {
    fn visit_ident(&mut self, ident: &Ident) {
        if ident == "Self" {
            self.0.get_or_insert_with(|| ident.to_token_stream());
        }
    }
}

/// `module_path!() :: path`, or the path of what it replaces.
pub(super) fn item_name(options: &Options, path: &str) -> TokenStream {
    match &options.replaces {
        Some(replaced) => quote!(#replaced),
        None => quote!(::core::concat!(::core::module_path!(), "::", #path)),
    }
}

/// The user's function under another name. The slot calls it as Rust; what keeps the name keeps the ABI.
pub(super) fn body_function(
    signature: &Signature,
    name: &Ident,
    attributes: &[Attribute],
    block: &syn::Block,
) -> TokenStream {
    let signature = Signature { ident: name.clone(), abi: None, ..signature.clone() };
    quote! {
        #(#attributes)*
        #[allow(clippy::missing_const_for_fn, reason = "a `const fn` cannot be patchable")]
        #signature #block
    }
}

/// What takes the function's name, and everything behind it.
pub(super) struct Dispatcher<'a> {
    pub(super) shape: &'a Shape,
    pub(super) options: &'a Options,
    /// An expression: the item's path.
    pub(super) name: TokenStream,
    /// An expression: the body, callable with all inputs.
    pub(super) body: TokenStream,
}

impl Dispatcher<'_> {
    /// By the given function, unless the item takes the newest code always.
    fn enter(&self, function: &'static str) -> Enter {
        let function = if self.options.latest.is_some() { "enter_latest" } else { function };
        Enter { function, arguments: quote!(&__DYNPATCH_SLOT) }
    }

    /// `inside` stands before the machinery, in the dispatcher's scope.
    pub(super) fn expand(
        &self,
        attributes: &[Attribute],
        visibility: &Visibility,
        signature: &Signature,
        inside: &TokenStream,
    ) -> TokenStream {
        let Self { shape, .. } = self;
        let header = self.header(visibility, signature);
        let machinery = self.machinery();
        let arguments = shape.names();
        let private = quote!(::dynpatch::__private);
        let inlined = inlined();
        let this = signature.receiver().map(|_| quote!(let __dynpatch_self = self;));
        let enter = self.enter("enter");
        let call = call_entered(&enter, &Names::new("").function, &arguments, |call| kept(shape, call));
        // An `async fn` does nothing before it is polled: also not choose its version, so that a snapshot around the
        // future holds for the call as well.
        let call = match (shape.is_async, shape.is_send) {
            (false, _) => call,
            (true, true) => quote!(async move { #private::PatchFuture::new({ #call }).await }),
            (true, false) => quote!(async move { #private::PatchLocalFuture::new({ #call }).await }),
        };
        quote! {
            #(#attributes)*
            #inlined
            #header {
                #inside
                #machinery
                #this
                #call
            }
        }
    }

    fn header(&self, visibility: &Visibility, signature: &Signature) -> TokenStream {
        let mut signature = signature.clone();
        for (argument, input) in signature.inputs.iter_mut().zip(&self.shape.inputs) {
            match argument {
                FnArg::Receiver(receiver) if receiver.reference.is_none() => receiver.mutability = None,
                FnArg::Receiver(_) => {}
                FnArg::Typed(argument) => {
                    let name = &input.name;
                    *argument.pat = syn::parse_quote!(#name);
                }
            }
        }
        if signature.asyncness.take().is_some() {
            let output = match &signature.output {
                syn::ReturnType::Default => quote!(()),
                syn::ReturnType::Type(_, ty) => quote!(#ty),
            };
            // The tokens are of this crate's edition, where an opaque type captures every lifetime in scope.
            let send = self.shape.is_send.then(|| quote!(+ ::core::marker::Send));
            let opaque = quote::quote_spanned!(Span::call_site()=> impl ::core::future::Future<Output = #output> #send);
            signature.output = syn::parse_quote!(-> #opaque);
        }
        quote!(#visibility #signature)
    }

    /// The future of an `async` body borrows what the dispatcher's opaque future captures, and is handed out as nothing else.
    fn call_of_body(&self) -> TokenStream {
        let Self { shape, body, .. } = self;
        let arguments = shape.names();
        let call = quote!(#body(#(#arguments),*));
        match (shape.is_async, shape.is_send) {
            (false, _) if shape.is_unsafe => quote!(unsafe { #call }),
            (false, _) => call,
            (true, true) => quote! {
                unsafe { ::dynpatch::__private::erase_future(future_is_send_or_patchable_is_local(#call)) }
            },
            (true, false) => quote!(unsafe { ::dynpatch::__private::erase_local_future(#call) }),
        }
    }

    /// The compiler names the function whose bound a future does not meet, and shows where it stands: the attribute.
    fn sent(&self) -> Option<TokenStream> {
        (self.shape.is_async && self.shape.is_send).then(|| {
            quote! {
                #[inline]
                fn future_is_send_or_patchable_is_local<F: ::core::marker::Send>(future: F) -> F {
                    future
                }
            }
        })
    }

    fn machinery(&self) -> TokenStream {
        let Self { shape, options, name, .. } = self;
        let private = quote!(::dynpatch::__private);
        let names = Names::new("");
        let ways = ways(shape, &names, &self.enter("enter_in_host"));
        let (generics, arguments, types) = (shape.generics(), shape.names(), shape.types());
        let output = shape.slot_output();
        let wrapped = guard_arguments(&shape.inputs, "outbound");
        let call = self.call_of_body();
        let (replaces, host) = (options.replaces.is_some(), options.host.is_some());
        let marks = Marks { replaces, ..Marks::default() };
        let guarded = guard_output(shape, &quote!(#private::guarded(move || #call)));
        let record = Registration { name: name.clone(), kind: quote!(Function), shape, marks }
            .record(&format_ident!("__DYNPATCH_RECORD"));
        let forgotten =
            |name: &str, ty: &str| forget(&format_ident!("{name}").to_token_stream(), &format_ident!("{ty}"));
        let built_in = forgotten("__dynpatch_built_in", "__DynpatchFunction");
        let entry = forgotten("__dynpatch_entry", "__DynpatchFunction");
        let thunk = forgotten("__dynpatch_thunk", "__DynpatchFunction");
        let noting_thunk = forgotten("__dynpatch_noting_thunk", "__DynpatchFunction");
        let way_out = forgotten("__dynpatch_way_out", "__DynpatchWayOut");
        let addition = forgotten("__dynpatch_addition", "__DynpatchWayOut");
        let sent = self.sent();
        let foreign = shape.foreign(0);
        quote! {
            #ways
            #sent
            #[inline]
            fn __dynpatch_built_in #generics(#(#arguments: #types),*) -> #output { #call }
            fn __dynpatch_entry #generics(#(#arguments: #types),*) -> #output {
                #wrapped
                #guarded
            }
            #[used]
            #[unsafe(link_section = "dynpatch_slots")]
            static __DYNPATCH_SLOT: #private::Slot =
                #private::Slot::new(#built_in);
            #record
            #[used]
            #[unsafe(link_section = "dynpatch_functions")]
            static __DYNPATCH_ITEM: #private::FunctionItem = #private::FunctionItem {
                    name: #name,
                    record: &__DYNPATCH_RECORD,
                    replaces: #replaces,
                    host: #host,
                    method: None,
                    binary: ::core::option_env!("CARGO_BIN_NAME"),
                    slot: &__DYNPATCH_SLOT,
                    entry: #entry,
                    way_out: #way_out,
                    addition: #addition,
                    thunk: #thunk,
                    noting_thunk: #noting_thunk,
                    link: &__DYNPATCH_LINK,
                    foreign: #foreign,
                };
        }
    }
}
