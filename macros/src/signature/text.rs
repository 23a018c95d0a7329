//! Types and signatures as text, which two images compare.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Type;
use syn::visit_mut::VisitMut;

/// Tokens as people write them, in one form only: two images compare this text, so it must not depend on how the source
/// was laid out, as the output of `to_string` does.
pub(crate) fn tidy(tokens: impl ToTokens) -> String {
    let mut words = Vec::new();
    words_of(tokens.to_token_stream(), &mut words);
    let mut text = words.join(" ");
    for (spaced, tight) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" ,", ","),
        ("& ", "&"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        ("[ ", "["),
        (" ]", "]"),
        (" ;", ";"),
        (" :", ":"),
    ] {
        text = text.replace(spaced, tight);
    }
    text
}

/// The tokens as words; puncts that belong together are one.
fn words_of(tokens: TokenStream, words: &mut Vec<String>) {
    let mut joint = false;
    for token in tokens {
        let (word, continues) = match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                words.extend(Some(open.to_owned()).filter(|word| !word.is_empty()));
                words_of(group.stream(), words);
                words.extend(Some(close.to_owned()).filter(|word| !word.is_empty()));
                joint = false;
                continue;
            }
            TokenTree::Punct(punct) => {
                // `>` closes by itself, however many stand together; a quote begins the name of a lifetime.
                let alone = ['>', '<', '&', ','].contains(&punct.as_char()) && !joint;
                (punct.to_string(), punct.spacing() == Spacing::Joint && !alone)
            }
            TokenTree::Ident(ident) => (ident.to_string(), false),
            TokenTree::Literal(literal) => (literal.to_string(), false),
        };
        match words.last_mut() {
            Some(last) if joint => last.push_str(&word),
            _ => words.push(word),
        }
        joint = continues;
    }
}

/// Types as two images compare them: the module a type is named through does not count, as one image may import what
/// another names in full.
pub(super) fn comparable(ty: &Type) -> Type {
    let mut ty = ty.clone();
    LastSegments.visit_type_mut(&mut ty);
    ty
}

/// The text of a type, as two images compare it.
pub(crate) fn type_text(ty: &Type) -> String {
    tidy(comparable(ty))
}

struct LastSegments;

impl VisitMut for LastSegments {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        syn::visit_mut::visit_path_mut(self, path);
        if let Some(last) = path.segments.pop() {
            path.segments = std::iter::once(last.into_value()).collect();
            path.leading_colon = None;
        }
    }

    // `<T as Trait>::Name` is all one name.
    fn visit_type_path_mut(&mut self, path: &mut syn::TypePath) {
        if path.qself.is_none() {
            syn::visit_mut::visit_type_path_mut(self, path);
        }
    }
}
