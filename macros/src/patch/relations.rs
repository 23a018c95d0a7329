//! Other patches, as `patch!` speaks of them: `requires = ["base", "fix 1.2"]`.

use syn::{Error, Expr, ExprArray, ExprLit, Lit, LitStr, Result};

const FORM: &str =
    "a list of patches: `[\"name\", \"name 1.2.3\"]`, where a version stands for all that are compatible with it";

/// Each as it stands in the manifest: a name, or a name and a version of three numbers.
pub(super) fn relations(list: Option<Expr>) -> Result<Vec<String>> {
    match list {
        None => Ok(Vec::new()),
        Some(Expr::Array(ExprArray { elems, .. })) => elems.iter().map(relation).collect(),
        Some(other) => Err(Error::new_spanned(other, FORM)),
    }
}

fn relation(element: &Expr) -> Result<String> {
    match element {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            canonical(&text.value()).ok_or_else(|| Error::new_spanned::<&LitStr, _>(text, FORM))
        }
        other => Err(Error::new_spanned(other, FORM)),
    }
}

/// With every number of the version.
fn canonical(text: &str) -> Option<String> {
    let (name, version) = text.split_once(' ').map_or((text, None), |(name, version)| (name, Some(version)));
    let is_name = !name.is_empty() && !name.contains(char::is_control);
    let Some(version) = version else { return is_name.then(|| name.to_owned()) };
    let numbers = version.split('.').map(str::parse).collect::<std::result::Result<Vec<u32>, _>>().ok()?;
    let [major, minor, patch] = match numbers[..] {
        [major] => [major, 0, 0],
        [major, minor] => [major, minor, 0],
        [major, minor, patch] => [major, minor, patch],
        _ => return None,
    };
    is_name.then(|| format!("{name} {major}.{minor}.{patch}"))
}

#[cfg(test)]
mod tests {
    use super::{canonical, relations};
    use syn::parse_quote;

    #[test]
    fn versions_get_all_their_numbers() {
        let pairs = [("base", Some("base")), ("base 1", Some("base 1.0.0")), ("base 0.2", Some("base 0.2.0"))];
        let wrong = ["", " 1", "base ", "base 1.2.3.4", "base one", "base 1 2", "base -1"].map(|text| (text, None));
        for (text, expected) in pairs.into_iter().chain(wrong).chain([("base 1.2.3", Some("base 1.2.3"))]) {
            assert_eq!(canonical(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn only_lists_of_text_are_relations() {
        assert_eq!(relations(Some(parse_quote!(["a", "b 2"]))).expect("a list"), ["a", "b 2.0.0"]);
        for wrong in [parse_quote!("a"), parse_quote!([1]), parse_quote!(["a 1 2"])] {
            assert!(relations(Some(wrong)).is_err());
        }
    }
}
