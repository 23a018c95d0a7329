//! What stands behind a service trait: a slot for each method, the ways between images, a proxy.

use crate::machinery::{
    Enter, Marks, Names, Registration, call_entered, forget, guard_arguments, guard_output, inlined, kept, type_record,
    ways,
};
use crate::signature::{Input, Shape, This, node, type_text};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Attribute, Ident, Result, Signature, TraitItemFn, Type, Visibility, parse_quote};

pub(super) struct Service<'a> {
    pub(super) name: &'a Ident,
    pub(super) visibility: &'a Visibility,
    /// The attributes of what is generated beside the trait.
    pub(super) attributes: Vec<Attribute>,
    pub(super) methods: Vec<Method>,
    /// The auto traits among the supertraits, as bits.
    pub(super) auto_traits: u8,
}

pub(super) struct Method {
    index: usize,
    signature: Signature,
    has_default: bool,
    /// Without the receiver.
    shape: Shape,
}

impl Method {
    pub(super) fn new(index: usize, method: &TraitItemFn) -> Result<Self> {
        // `Self` cannot be named by a method of a table; a receiver is all there is of it.
        let this: Type = parse_quote!(Self);
        let shape = Shape::new(&method.sig, Some(&This { ty: &this, lifetimes: &[] }), true)?;
        Ok(Self { index, signature: method.sig.clone(), has_default: method.default.is_some(), shape })
    }

    /// The shape with the service in the receiver's place.
    fn over(&self, service: &Type) -> Shape {
        let receiver = match &self.shape.inputs[0].ty {
            Type::Reference(reference) => reference.lifetime.clone(),
            _ => None,
        };
        let mut inputs = vec![Input {
            name: format_ident!("__dynpatch_service"),
            ty: parse_quote!(&#receiver ::dynpatch::Service<#service>),
            code: None,
        }];
        inputs.extend(self.shape.inputs[1..].iter().map(|input| Input {
            name: input.name.clone(),
            ty: input.ty.clone(),
            code: input.code,
        }));
        Shape { lifetimes: self.shape.lifetimes.clone(), inputs, output: self.shape.output.clone(), ..self.shape }
    }

    /// A function of this method and of the slot's type, its type forgotten.
    fn forgotten(&self, role: &str, generics: &TokenStream) -> TokenStream {
        let name = format_ident!("__dynpatch_{role}{}", self.index);
        forget(&quote!(#name #generics), &Names::new(&self.index.to_string()).function)
    }

    /// The method of a trait implementation, with the given body.
    fn forwarding(&self, body: &TokenStream) -> TokenStream {
        let mut signature = self.signature.clone();
        for (argument, input) in signature.inputs.iter_mut().zip(&self.shape.inputs) {
            if let syn::FnArg::Typed(argument) = argument {
                let name = &input.name;
                *argument.pat = parse_quote!(#name);
            }
        }
        let inlined = inlined();
        quote!(#inlined #signature { #body })
    }
}

impl Service<'_> {
    pub(super) fn expand(&self) -> TokenStream {
        let Self { name, visibility, attributes, methods, .. } = self;
        let service: Type = parse_quote!(dyn #name);
        let private = quote!(::dynpatch::__private);
        let count = Literal::usize_unsuffixed(methods.len());
        let path = quote!(::core::concat!(::core::module_path!(), "::", ::core::stringify!(#name)));
        let each = methods.iter().map(|method| self.method(method, &service));
        let indices: Vec<_> = methods.iter().map(|method| Literal::usize_unsuffixed(method.index)).collect();
        let forwards: Vec<_> = methods.iter().map(|method| method.forgotten("forward", &quote!())).collect();
        let built_in: Vec<_> = methods.iter().map(|method| method.forgotten("built_in", &quote!(::<I>))).collect();
        let patched: Vec<_> = methods.iter().map(|method| method.forgotten("patched", &quote!(::<I>))).collect();
        let proxied = methods.iter().zip(&indices).map(|(method, index)| {
            let arguments = &method.shape.names()[1..];
            method.forwarding(&quote! { __DynpatchTable::<#index>::call(self.service, self.route, #(#arguments),*) })
        });
        let calls = methods.iter().map(|method| self.call(method, &service));
        let description = self.description(&service);
        quote! {
            #(#attributes)*
            const _: () = {
                /// Carries the functions that call one method each.
                struct __DynpatchTable<const INDEX: usize>;
                #(#each)*
                #(#calls)*
                #description
                #[used]
                #[unsafe(link_section = "dynpatch_slots")]
                static __DYNPATCH_SLOTS: [#private::Slot; #count] =
                    [#(#private::Slot::new(#forwards)),*];
                #visibility struct __DynpatchProxy<'a> {
                    service: &'a ::dynpatch::Service<#service>,
                    route: #private::Route,
                }
                #[diagnostic::do_not_recommend]
                impl #name for __DynpatchProxy<'_> { #(#proxied)* }
                impl ::dynpatch::ServiceTrait for #service {
                    const NAME: &'static str = #path;
                    type Proxy<'a> = __DynpatchProxy<'a>;
                    fn proxy(service: &::dynpatch::Service<Self>, route: #private::Route) -> __DynpatchProxy<'_> {
                        __DynpatchProxy { service, route }
                    }
                }
                impl<I: #name + ::core::marker::Send + ::core::marker::Sync + 'static> #private::BuiltInTable<I> for #service {
                    const METHODS: &'static [#private::Function] = &[#(#built_in),*];
                }
                impl<I: #name + #private::Instance<#service>> #private::PatchedTable<I> for #service {
                    const METHODS: &'static [#private::Function] = &[#(#patched),*];
                }
            };
        }
    }

    /// The trait as a type: what an object of it is when it crosses by itself.
    fn description(&self, service: &Type) -> TokenStream {
        let types = quote!(::dynpatch::__private::types);
        let (text, auto) = (self.name.unraw().to_string(), self.auto_traits);
        let (mut methods, mut fingerprints) = (Vec::new(), Vec::new());
        for method in &self.methods {
            let name = method.signature.ident.unraw().to_string();
            let (shape, has_default) = (&method.shape, method.has_default);
            let form = shape.form();
            let inputs: Vec<&Type> = shape.types().into_iter().skip(1).collect();
            let nodes = inputs.iter().map(|ty| node(ty, &[], &types));
            let output = node(&shape.output, &[], &types);
            methods.push(quote! {
                #types::Method {
                    name: #name,
                    has_default: #has_default,
                    form: #form,
                    inputs: &[#(#nodes),*],
                    output: #output,
                }
            });
            // As written: a method may take an object of its own trait, whose fingerprint this is to be.
            fingerprints.extend(inputs.into_iter().chain([&shape.output]).map(|ty| {
                let text = type_text(ty);
                quote!(#types::Fingerprint::EMPTY.with_bytes(#text.as_bytes()))
            }));
        }
        let record = type_record(&quote!(#service), &types);
        quote! {
            impl #types::Named for #service {
                const KEY: u64 = #types::key(
                    ::core::module_path!(), #text, ::core::line!(), ::core::column!(), ::core::env!("CARGO_PKG_VERSION"),
                );
            }
            impl #types::Defined for #service {
                const DEFINITION: #types::Definition = {
                    use #types::ProbeFallback as _;
                    #types::Definition {
                        key: <Self as #types::Named>::KEY,
                        crate_name: ::core::env!("CARGO_PKG_NAME"),
                        name: #text,
                        extent: #types::Extent::UNSIZED,
                        repr: "",
                        evolution: #types::Evolution::Closed,
                        arguments: &[],
                        body: #types::Body::Trait(#types::AutoTraits(#auto), &[#(#methods),*]),
                    }
                };
            }
            impl #types::PatchType for #service {
                const TYPE: #types::TypeNode = #types::TypeNode::Defined { key: <Self as #types::Named>::KEY };
                const FINGERPRINT: #types::Fingerprint = {
                    use #types::ProbeFallback as _;
                    #types::Fingerprint::of_definition(
                        &<Self as #types::Defined>::DEFINITION,
                        &[#(#fingerprints),*],
                    )
                };
            }
            #record
        }
    }

    /// `__DynpatchTable::<INDEX>::call`: through the slot of one generation.
    fn call(&self, method: &Method, service: &Type) -> TokenStream {
        let shape = method.over(service);
        let (generics, arguments, types, output) =
            (shape.generics(), shape.names(), shape.types(), shape.slot_output());
        let index = Literal::usize_unsuffixed(method.index);
        let function = Names::new(&method.index.to_string()).function;
        let (first, others) = (arguments[0], &arguments[1..]);
        let (first_type, other_types) = (types[0], &types[1..]);
        let private = quote!(::dynpatch::__private);
        let forward = method.forgotten("forward", &quote!());
        // A table may be too short for a method with a default body, which `forward` looks at.
        let own = if method.has_default { quote!(None) } else { quote!(#first.near_method(#index)) };
        let slot = quote!(&__DYNPATCH_SLOTS[#index], __dynpatch_route, #forward, #own);
        let inlined = inlined();
        let call = call_entered(&Enter { function: "enter_method", arguments: slot }, &function, &arguments, |call| {
            kept(&shape, call)
        });
        quote! {
            impl __DynpatchTable<#index> {
                #inlined
                fn call #generics(
                    #first: #first_type, __dynpatch_route: #private::Route, #(#others: #other_types),*
                ) -> #output {
                    #call
                }
            }
        }
    }

    /// Everything for one method but its slot.
    fn method(&self, method: &Method, service: &Type) -> TokenStream {
        let name = self.name;
        let shape = method.over(service);
        let suffix = method.index.to_string();
        let index = Literal::usize_unsuffixed(method.index);
        let names = Names::new(&suffix);
        let enter = Enter { function: "enter_in_host", arguments: quote!(&__DYNPATCH_SLOTS[#index]) };
        let ways = ways(&shape, &names, &enter);
        let Names { function, way_out_type, way_out, addition, thunk, noting_thunk, link } = &names;
        let forward = format_ident!("__dynpatch_forward{suffix}");
        let built_in = format_ident!("__dynpatch_built_in{suffix}");
        let patched = format_ident!("__dynpatch_patched{suffix}");
        let record = format_ident!("__DYNPATCH_RECORD{suffix}");
        let item = format_ident!("__DYNPATCH_ITEM{suffix}");
        let (binder_generics, arguments, types) = (&shape.lifetimes, shape.names(), shape.types());
        let (generics, output) = (shape.generics(), shape.slot_output());
        let others = &arguments[1..];
        let method_name = &method.signature.ident;
        let method_text = method_name.unraw().to_string();
        let private = quote!(::dynpatch::__private);
        let wrapped = guard_arguments(&shape.inputs, "outbound");
        let path = quote! {
            ::core::concat!(::core::module_path!(), "::", ::core::stringify!(#name), "::", #method_text)
        };
        let place = method.index as u32;
        let registration = Registration {
            name: path.clone(),
            kind: quote!(Method),
            shape: &shape,
            marks: Marks {
                replaces: false,
                index: Some(place),
                has_default: method.has_default,
                auto_traits: Some(self.auto_traits),
            },
        };
        let record_item = registration.record(&record);
        let (default, default_code) = self.default(method, service, &shape);
        let entry = method.forgotten("forward", &quote!());
        // A service of an image that was built before this method was appended.
        let shorter = method.has_default.then(|| {
            let default = format_ident!("__dynpatch_default{suffix}");
            quote! {
                if __dynpatch_service.methods().len() <= #index {
                    return #default(#(#arguments),*);
                }
            }
        });
        let own = quote!(<I as #name>::#method_name(__dynpatch_object, #(#others),*));
        let built_in_call = guard_output(&shape, &quote!(#private::inbound(move || #own)));
        let patched_call = guard_output(&shape, &quote!(#private::guarded(move || #own)));
        let forgotten_thunk = forget(&quote!(#thunk), function);
        let forgotten_noting_thunk = forget(&quote!(#noting_thunk), function);
        let forgotten_way_out = forget(&quote!(#way_out), way_out_type);
        let forgotten_addition = forget(&quote!(#addition), way_out_type);
        let foreign = method.shape.foreign(1);
        quote! {
            #ways
            #record_item
            #default
            // What the built-in generation runs: the service's own object.
            fn #forward #generics(#(#arguments: #types),*) -> #output {
                #shorter
                // Every table has the methods without a default body: the checks refuse a patch that appends such a
                // method to a service the host knows, or that lacks one.
                let __dynpatch_own = unsafe { __dynpatch_service.method(#index) };
                let __dynpatch_own = unsafe { ::core::mem::transmute::<#private::Function, #function>(__dynpatch_own) };
                __dynpatch_own(#(#arguments),*)
            }
            fn #built_in<#(#binder_generics,)* I: #name + ::core::marker::Send + ::core::marker::Sync + 'static>(
                #(#arguments: #types),*
            ) -> #output {
                #wrapped
                let __dynpatch_object = unsafe { __dynpatch_service.object::<I>() };
                #built_in_call
            }
            fn #patched<#(#binder_generics,)* I: #name + #private::Instance<#service>>(#(#arguments: #types),*) -> #output {
                #wrapped
                let __dynpatch_object = <I as #private::Instance<#service>>::instance();
                #patched_call
            }
            #[used]
            #[unsafe(link_section = "dynpatch_functions")]
            static #item: #private::FunctionItem = #private::FunctionItem {
                    name: #path,
                    record: &#record,
                    replaces: false,
                    host: false,
                    method: Some(#private::MethodOf {
                        service: <#service as ::dynpatch::ServiceTrait>::NAME,
                        index: #index,
                        default: #default_code,
                    }),
                    binary: ::core::option_env!("CARGO_BIN_NAME"),
                    slot: &__DYNPATCH_SLOTS[#index],
                    entry: #entry,
                    way_out: #forgotten_way_out,
                    addition: #forgotten_addition,
                    thunk: #forgotten_thunk,
                    noting_thunk: #forgotten_noting_thunk,
                    link: &#link,
                    foreign: #foreign,
                };
        }
    }

    /// A method's default body over whatever is live: an implementation that forwards every other method.
    fn default(&self, method: &Method, service: &Type, shape: &Shape) -> (TokenStream, TokenStream) {
        let private = quote!(::dynpatch::__private);
        if !method.has_default {
            return (TokenStream::new(), quote!(None));
        }
        let name = self.name;
        let over = format_ident!("__DynpatchDefault{}", method.index);
        let default = format_ident!("__dynpatch_default{}", method.index);
        let function = Names::new(&method.index.to_string()).function;
        let (generics, arguments, types, output) =
            (shape.generics(), shape.names(), shape.types(), shape.slot_output());
        let others = &arguments[1..];
        let method_name = &method.signature.ident;
        let forwarded = self.methods.iter().filter(|other| other.index != method.index).map(|other| {
            let index = Literal::usize_unsuffixed(other.index);
            let arguments = &other.shape.names()[1..];
            other.forwarding(&quote! {
                __DynpatchTable::<#index>::call(&self.0, #private::route(), #(#arguments),*)
            })
        });
        // A patch runs its own default body for a service that knows fewer methods.
        let wrapped = guard_arguments(&shape.inputs, "outbound");
        let own = quote!(<#over as #name>::#method_name(__dynpatch_over, #(#others),*));
        let call = guard_output(shape, &quote!(#private::inbound(move || #own)));
        let tokens = quote! {
            #[repr(transparent)]
            struct #over(::dynpatch::Service<#service>);
            #[diagnostic::do_not_recommend]
            impl #name for #over { #(#forwarded)* }
            fn #default #generics(#(#arguments: #types),*) -> #output {
                let __dynpatch_over = unsafe {
                    &*::core::ptr::from_ref::<::dynpatch::Service<#service>>(__dynpatch_service).cast::<#over>()
                };
                #wrapped
                #call
            }
        };
        let forgotten = forget(&quote!(#default), &function);
        (tokens, quote!(Some(#forgotten)))
    }
}
