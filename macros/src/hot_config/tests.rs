//! What the derive writes, and what it refuses.

use super::*;

fn expanded(item: TokenStream) -> String {
    expand(item).unwrap().to_string()
}

fn refused(item: TokenStream) -> String {
    expand(item).unwrap_err().to_string()
}

#[test]
fn keys_are_named_as_serde_names_them() {
    let text = expanded(quote! {
        #[serde(rename_all = "kebab-case")]
        struct Config {
            #[hot_config(restart)]
            worker_threads: usize,
            #[hot_config(restart)]
            #[serde(rename(deserialize = "listen"), alias = "bind")]
            address: String,
            #[hot_config(restart, key = "other")]
            third: String,
            free: u8,
        }
    });
    assert!(text.contains(r#"& ["worker-threads" , "listen" , "bind" , "other"]"#), "{text}");
}

#[test]
fn rules_are_those_of_serde() {
    for (rule, key) in [
        ("lowercase", "two_words"),
        ("UPPERCASE", "TWO_WORDS"),
        ("PascalCase", "TwoWords"),
        ("camelCase", "twoWords"),
        ("SCREAMING-KEBAB-CASE", "TWO-WORDS"),
    ] {
        assert_eq!(by_rule(rule, "two_words").as_deref(), Some(key));
    }
    assert_eq!(by_rule("new-rule", "a"), None);
}

#[test]
fn what_has_no_known_key_asks_for_one() {
    let ask = "key = \"…\"";
    assert!(
        refused(quote!(
            struct A {
                #[hot_config(restart)]
                #[serde(flatten)]
                b: B,
            }
        ))
        .contains(ask)
    );
    assert!(
        refused(quote!(
            #[serde(transparent)]
            struct A {
                #[hot_config(restart)]
                b: B,
            }
        ))
        .contains("transparent")
    );
    assert!(
        refused(quote!(
            #[serde(rename_all = "new")]
            struct A {
                #[hot_config(restart)]
                b: B,
            }
        ))
        .contains(ask)
    );
    assert!(
        refused(quote!(
            struct A(#[hot_config(restart)] B);
        ))
        .contains(ask)
    );
    assert!(
        refused(quote!(
            struct A {
                #[hot_config(restart)]
                #[serde(skip)]
                b: B,
            }
        ))
        .contains("not read")
    );
}

#[test]
fn wrong_options_are_named() {
    assert!(
        refused(quote!(
            #[hot_config(validate = "check")]
            struct A;
        ))
        .contains("without quotation marks")
    );
    assert!(
        refused(quote!(
            #[hot_config(restart)]
            struct A;
        ))
        .contains("names its keys")
    );
    assert!(
        refused(quote!(
            #[hot_config(check)]
            struct A;
        ))
        .contains("unknown option")
    );
    assert!(
        refused(quote!(
            struct A {
                #[hot_config(key = "a")]
                b: B,
            }
        ))
        .contains("restart")
    );
    assert!(
        refused(quote!(
            enum A {
                B {
                    #[hot_config(restart)]
                    c: C,
                },
            }
        ))
        .contains("at the enum")
    );
}

#[test]
fn types_name_keys_below_their_fields() {
    let text = expanded(quote!(
        #[hot_config(restart("server.port", "a"), crate = other)]
        struct A {
            server: B,
        }
    ));
    assert!(text.contains("impl other :: config :: HotConfig for A"), "{text}");
    assert!(text.contains(r#"& ["server.port" , "a"]"#), "{text}");
}
