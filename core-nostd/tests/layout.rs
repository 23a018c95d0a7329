//! The comparison of types: where it ends, what it costs, and which way values may go.

mod model;

use dynpatch_core::compatibility::check_types;
use dynpatch_core::layout::{Aspect, Finding, MAX_STEPS, Seen, TypeEntry, TypeTable, Walk, What};
use dynpatch_core::manifest::{Item, ManifestError, Record};
use dynpatch_interface::record::ItemKind;
use model::{
    Argument, Body, Definition, Extent, Field, Method, Node, Variant, WORD, builtin, defined, field, item_record,
    primitive, taking, variant,
};
use std::time::{Duration, Instant};

/// Which way values of the type under test go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The patch is called with them.
    ToPatch,
    /// The patch calls with them.
    ToHost,
    /// They lie in a shared static.
    Both,
}

const WAYS: [Way; 3] = [Way::ToPatch, Way::ToHost, Way::Both];

/// A type as an image describes it.
struct Image {
    ty: Node,
    definitions: Vec<Definition>,
}

impl Image {
    fn of(ty: Node, definitions: &[Definition]) -> Self {
        Self { ty, definitions: definitions.to_vec() }
    }

    fn item(&self, way: Way) -> Vec<u8> {
        match way {
            Way::Both => item_record(ItemKind::Static, &[], &self.ty),
            _ => item_record(ItemKind::Function, std::slice::from_ref(&self.ty), &builtin("(,)", &[])),
        }
    }
}

/// What a comparison came to.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    is_same: bool,
    /// The code of each finding, and its text with the path before it.
    found: Vec<(&'static str, String)>,
    steps: u32,
}

impl Verdict {
    fn codes(&self) -> Vec<&'static str> {
        self.found.iter().map(|(code, _)| *code).collect()
    }
}

fn code(what: &What<'_>) -> &'static str {
    match what {
        What::Differs { aspect, .. } => aspect.code(),
        What::Evolved { .. } => "evolved",
        What::Opaque(_) => "opaque",
        What::Downcasts(_) => "downcasts",
        What::Dangling => "dangling",
        What::TooComplex => "too-complex",
    }
}

fn compare(way: Way, host: &Image, patch: &Image) -> Verdict {
    let payloads = |image: &Image| image.definitions.iter().map(Definition::bytes).collect::<Vec<_>>();
    let (ours, theirs) = (payloads(host), payloads(patch));
    let mut of_host: Vec<_> = ours.iter().map(|payload| TypeEntry::new(payload).unwrap()).collect();
    let mut of_patch: Vec<_> = theirs.iter().map(|payload| TypeEntry::new(payload).unwrap()).collect();
    let mut seen = vec![Seen::default(); theirs.len()];
    let tables = (TypeTable::new(&mut of_host).unwrap(), TypeTable::new(&mut of_patch).unwrap());
    let mut walk = Walk::new(tables.0, tables.1, &mut seen);
    let (ours, theirs) = (host.item(way), patch.item(way));
    let [ours, theirs] = [&ours, &theirs].map(|bytes| Item::read(&Record::single(bytes).unwrap()).unwrap());
    let mut found = Vec::new();
    let is_same = check_types(&mut walk, &ours, &theirs, way == Way::ToPatch, &mut |finding: Finding<'_>| {
        found.push((code(&finding.what), format!("{}: {}", finding.path, finding.what)));
    });
    let refuses = |code: &str| !matches!(code, "evolved" | "opaque" | "downcasts");
    assert_eq!(is_same, !found.iter().any(|(code, _)| refuses(code)), "the verdict is not what is told: {found:?}");
    Verdict { is_same, found, steps: walk.steps() }
}

/// The codes of what is found between a type whose only definition differs.
fn between(way: Way, ty: &Node, host: &Definition, patch: &Definition) -> Vec<&'static str> {
    let image = |definition: &Definition| Image::of(ty.clone(), std::slice::from_ref(definition));
    compare(way, &image(host), &image(patch)).codes()
}

fn u32s(names: &[&str]) -> Vec<Field> {
    names.iter().zip(0..).map(|(name, place)| field(name, place * 4, primitive("u32"))).collect()
}

// Where it ends.

#[test]
fn a_description_that_is_nested_too_deep_does_not_read() {
    let entry = |levels| {
        let shallow = Definition::structure(1, "Deep", vec![field("deep", 0, primitive("u8"))]).bytes();
        let (head, innermost) = shallow.split_at(shallow.len() - 4);
        // `[T; 1]`, as bytes: a model this deep would overflow the stack of the test.
        let bytes = [head, &[2, 1].repeat(levels), innermost].concat();
        TypeEntry::new(&bytes).map(drop)
    };
    assert_eq!(entry(50), Ok(()));
    assert_eq!(entry(100), Err(ManifestError::Type));
    assert_eq!(entry(10_000), Err(ManifestError::Type));
}

/// What stands between one definition and the next.
type Wrap = fn(Node) -> Node;

/// Definitions of a chain: each has a field of the next, which makes as many nodes deep as `wrap` adds.
fn chain(length: u64, last: &str, wrap: impl Fn(Node) -> Node) -> Image {
    let link = |key: u64| {
        let ty = if key == length { primitive(last) } else { wrap(defined(key + 1)) };
        Definition::structure(key, &format!("Link{key}"), vec![field("next", 0, ty)])
    };
    Image { ty: defined(1), definitions: (1..=length).map(link).collect() }
}

#[test]
fn a_difference_at_the_end_of_a_long_chain_is_told_with_its_whole_path() {
    let boxed = |node| builtin("Box", &[node]);
    let verdict = compare(Way::ToPatch, &chain(50, "u32", boxed), &chain(50, "i32", boxed));
    let path = format!(", argument 0 (Link1), field {}", ["next"; 50].join("."));
    assert_eq!(verdict.found, [("type", format!("{path}: host u32, patch i32"))]);
    assert!(compare(Way::ToPatch, &chain(50, "u32", boxed), &chain(50, "u32", boxed)).is_same);
}

/// As deep as it goes, through what takes the most stack.
#[test]
fn the_deepest_comparison_fits_half_a_thread() {
    let in_enum = |node: Node| {
        let full = Variant { fields: vec![field("0", 0, node)], ..variant("Full", 0) };
        Node::Inline(Box::new(Definition::enumeration(u64::MAX, "Holder", vec![full])))
    };
    let wraps: [(Wrap, u64); 3] =
        [(|node| node, 127), (in_enum, 63), (|node| builtin("&", &[builtin("&", &[node])]), 63)];
    for (wrap, length) in wraps {
        let compare = move || {
            let deep = |last, length| chain(length, last, wrap);
            let further = compare(Way::ToPatch, &deep("u32", length * 2), &deep("u32", length * 2));
            (compare(Way::ToPatch, &deep("u32", length), &deep("i32", length)).codes(), further.codes())
        };
        let verdicts = std::thread::Builder::new().stack_size(STACK).spawn(compare).unwrap().join().unwrap();
        assert_eq!(verdicts, (vec!["type"], vec!["too-complex"]));
    }
}

/// Half of what a thread of Rust's has; a build without optimisation is the hardest.
const STACK: usize = 1 << 20;

#[test]
fn recursion_ends() {
    let pointer = |key| builtin("Option", &[builtin("Box", &[defined(key)])]);
    let pair = |n: &str| {
        let first = Definition::structure(1, "First", vec![field("second", 0, pointer(2))]);
        let second = vec![field("first", 0, pointer(1)), field("n", 8, primitive(n)), field("own", 16, pointer(2))];
        Image::of(defined(1), &[first, Definition::structure(2, "Second", second)])
    };
    assert_eq!(compare(Way::ToPatch, &pair("u8"), &pair("u8")).codes(), [""; 0]);
    let verdict = compare(Way::ToPatch, &pair("u8"), &pair("i8"));
    assert_eq!(verdict.found, [("type", ", argument 0 (First), field second.n: host u8, patch i8".to_owned())]);
}

/// The host has two definitions where the patch has one, as two versions of a package would be.
#[test]
fn recursion_through_two_definitions_that_meet_one_ends() {
    let list = |key, next| Definition::structure(key, "List", vec![field("next", 0, builtin("Box", &[defined(next)]))]);
    let host = Image::of(defined(1), &[list(1, 2), list(2, 1)]);
    let patch = Image::of(defined(9), &[list(9, 9)]);
    assert_eq!(compare(Way::ToPatch, &host, &patch).codes(), [""; 0]);
    assert_eq!(compare(Way::ToPatch, &patch, &host).codes(), [""; 0]);
}

/// Each definition names the next twice, through whatever `wrap` makes of it.
fn diamond(levels: u64, wrap: impl Fn(Node) -> Node) -> Image {
    let level = |key: u64| {
        let ty = if key == levels { primitive("u32") } else { wrap(defined(key + 1)) };
        Definition::structure(key, &format!("Level{key}"), vec![field("a", 0, ty.clone()), field("b", 8, ty)])
    };
    Image { ty: defined(1), definitions: (1..=levels).map(level).collect() }
}

#[test]
fn what_is_reached_in_many_ways_is_compared_once_for_each_context() {
    let inline = |node: Node| {
        let fields = vec![field("0", 0, node)];
        Node::Inline(Box::new(Definition::structure(u64::MAX, "Wrapper", fields)))
    };
    let either = |node: Node| builtin("&mut", &[taking(builtin("&", &[node]))]);
    let wraps: [(&str, u64, Wrap); 6] = [
        ("by value", 64, |node| node),
        ("in an option", 64, |node| builtin("Option", &[node])),
        ("behind a reference", 64, |node| builtin("&", &[node])),
        ("in a generic type", 48, inline),
        ("in a callback", 64, taking),
        ("in a callback that is exchanged", 48, either),
    ];
    for (name, levels, wrap) in wraps {
        for way in WAYS {
            let verdict = compare(way, &diamond(levels, wrap), &diamond(levels, wrap));
            assert_eq!(verdict.codes(), [""; 0], "{name}, {way:?}");
            assert!(verdict.steps < 8_000, "{name}, {way:?}: {} steps", verdict.steps);
        }
    }
}

#[test]
fn a_difference_that_is_reached_in_many_ways_is_told_once() {
    let (mut host, patch) = (diamond(64, |node| node), diamond(64, |node| node));
    host.definitions[63].body = Body::Struct(vec![field("a", 0, primitive("u32")), field("b", 8, primitive("i32"))]);
    let verdict = compare(Way::ToPatch, &host, &patch);
    assert_eq!(verdict.codes(), ["type"]);
    assert!(verdict.found[0].1.ends_with("a.a.a.b: host i32, patch u32"), "{}", verdict.found[0].1);
}

/// Two definitions of the host for each of the patch's: what is known of a pair is forgotten before it is needed.
fn adversary(levels: u64) -> [Image; 2] {
    let level =
        |key, a, b| Definition::structure(key, "Level", vec![field("a", 0, defined(a)), field("b", 8, defined(b))]);
    let (mut host, mut patch) = (Vec::new(), Vec::new());
    for at in 0..levels {
        let [even, odd] = [2 * at, 2 * at + 1];
        let next = if at + 1 == levels { 0 } else { 1 };
        host.extend([even, odd].map(|key| level(key, even + 2 * next, odd + 2 * next)));
        patch.push(level(at, at + next, at + next));
    }
    [Image { ty: defined(0), definitions: host }, Image { ty: defined(0), definitions: patch }]
}

#[test]
fn an_adversary_runs_out_of_steps() {
    let [host, patch] = adversary(64);
    let start = Instant::now();
    let verdict = compare(Way::ToPatch, &host, &patch);
    assert_eq!(verdict.codes(), ["too-complex"]);
    assert!(verdict.steps <= MAX_STEPS + 1);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

/// Bytes count as well as pairs: here every look at a pair would read a whole megabyte.
#[test]
fn long_descriptions_use_up_steps_too() {
    let names: Vec<String> = (0..20_000).map(|place| format!("field_{place}")).collect();
    let fields = |names: &mut dyn Iterator<Item = &String>| names.map(|name| field(name, 0, primitive("u8"))).collect();
    let image = |fields| Image::of(defined(1), &[Definition::structure(1, "Wide", fields)]);
    let host = image(fields(&mut names.iter()));
    assert!(compare(Way::ToPatch, &host, &host).is_same, "as they should be");
    let patch = image(fields(&mut names.iter().rev()));
    assert_eq!(compare(Way::ToPatch, &host, &patch).codes(), ["too-complex"]);
}

#[test]
fn a_name_is_never_longer_than_anyone_would_read() {
    let mut wide = Definition::structure(1, "Wide", Vec::new());
    wide.arguments = vec![Argument::Type(defined(1)); 1_000];
    let narrow = Definition::structure(1, "Narrow", Vec::new());
    let verdict = compare(Way::ToPatch, &Image::of(defined(1), &[wide]), &Image::of(defined(1), &[narrow]));
    assert_eq!(verdict.codes(), ["type"]);
    assert!(verdict.found[0].1.len() < 2_000, "{} bytes", verdict.found[0].1.len());
}

#[test]
fn a_key_without_definition_is_refused() {
    let (there, dangling) = (Definition::structure(1, "There", Vec::new()), defined(2));
    let whole = Image::of(defined(1), std::slice::from_ref(&there));
    let broken = Image::of(dangling, &[there]);
    for (host, patch) in [(&whole, &broken), (&broken, &whole), (&broken, &broken)] {
        assert_eq!(compare(Way::ToPatch, host, patch).codes(), ["dangling"]);
    }
    let lost = Image::of(Node::Recursive { key: 1 }, &[]);
    assert_eq!(compare(Way::ToPatch, &lost, &lost).codes(), ["dangling"]);
}

// Which way values may go.

const OPEN: [&str; 3] = ["evolved", "variant-added", "variant-added"];

fn state(variants: &[&str]) -> Definition {
    let variants = variants.iter().zip(0..).map(|(name, number)| variant(name, number)).collect();
    Definition::enumeration(1, "State", variants).open()
}

#[test]
fn an_open_enum_grows_towards_who_reads_it() {
    let (few, many) = (state(&["Idle", "Busy"]), state(&["Idle", "Busy", "Lost"]));
    for (way, more_in_patch) in WAYS.into_iter().zip(OPEN) {
        assert_eq!(between(way, &defined(1), &few, &many), [more_in_patch], "{way:?}");
    }
    let expected = ["variant-removed", "evolved", "variant-removed"];
    for (way, more_in_host) in WAYS.into_iter().zip(expected) {
        assert_eq!(between(way, &defined(1), &many, &few), [more_in_host], "{way:?}");
    }
}

/// What else is said of values of a type: the callback's arguments go the other way, what both can write goes both.
#[test]
fn the_flow_is_that_of_the_place() {
    let (few, many) = (state(&["Idle", "Busy"]), state(&["Idle", "Busy", "Lost"]));
    let callable = builtin("&", &[builtin("dyn Fn", &[defined(1), builtin("(,)", &[])])]);
    let tables: [(Node, [&str; 3]); 7] = [
        (builtin("Vec", &[defined(1)]), OPEN),
        (builtin("&", &[defined(1)]), OPEN),
        (builtin("(,)", &[defined(1), primitive("u8")]), OPEN),
        (builtin("&mut", &[defined(1)]), ["variant-added"; 3]),
        (taking(defined(1)), ["variant-added", "evolved", "variant-added"]),
        (taking(taking(defined(1))), OPEN),
        (callable, ["variant-added", "evolved", "variant-added"]),
    ];
    for (ty, expected) in tables {
        for (way, expected) in WAYS.into_iter().zip(expected) {
            assert_eq!(between(way, &ty, &few, &many), [expected], "{ty:?} {way:?}");
        }
    }
}

/// `Option` says `None` with the number of the first variant that is not there: the images would not agree on it.
#[test]
fn an_open_enum_does_not_grow_where_its_niche_is_used() {
    let (few, many) = (state(&["Idle", "Busy"]), state(&["Idle", "Busy", "Lost"]));
    let in_struct = |ty: Node| Node::Inline(Box::new(Definition::structure(2, "Holder", vec![field("0", 0, ty)])));
    let in_enum = |repr: &str| {
        let full = Variant { fields: vec![field("0", 0, defined(1))], ..variant("Full", 1) };
        let definition = Definition::enumeration(2, "Holder", vec![variant("Empty", 0), full]);
        Node::Inline(Box::new(Definition { repr: repr.into(), ..definition }))
    };
    let tables = [
        (builtin("Option", &[defined(1)]), "variant-added"),
        (builtin("Option", &[in_struct(builtin("(,)", &[defined(1)]))]), "variant-added"),
        (builtin("Vec", &[builtin("Option", &[defined(1)])]), "variant-added"),
        (builtin("Result", &[defined(1), primitive("u8")]), "variant-added"),
        (in_enum(""), "variant-added"),
        (in_enum("align(8)"), "variant-added"),
        (in_enum("u8"), "evolved"),
        (in_enum("C"), "evolved"),
        (in_struct(defined(1)), "evolved"),
        (builtin("Option", &[builtin("Box", &[defined(1)])]), "evolved"),
        (builtin("Option", &[builtin("Vec", &[in_struct(defined(1))])]), "evolved"),
        (builtin("Option", &[in_enum("u8")]), "evolved"),
    ];
    for (ty, expected) in tables {
        assert_eq!(between(Way::ToPatch, &ty, &few, &many), [expected], "{ty:?}");
    }
}

#[test]
fn a_closed_enum_does_not_grow() {
    let closed = |names: &[&str]| Definition { evolution: 0, ..state(names) };
    for way in WAYS {
        let (few, many) = (closed(&["Idle", "Busy"]), closed(&["Idle", "Busy", "Lost"]));
        assert_eq!(between(way, &defined(1), &few, &many), ["variant-added"], "{way:?}");
        assert_eq!(between(way, &defined(1), &many, &few), ["variant-removed"], "{way:?}");
        assert_eq!(between(way, &defined(1), &state(&["Idle"]), &closed(&["Idle"])), ["evolution"], "{way:?}");
    }
}

fn settings(names: &[&str]) -> Definition {
    let extent = Extent { size: names.len() as u64 * 4, alignment: 4, niche: false };
    Definition { extent, ..Definition::structure(1, "Settings", u32s(names)).prefix() }
}

#[test]
fn a_prefix_struct_grows_behind_a_shared_reference() {
    let (short, long) = (settings(&["port"]), settings(&["port", "limit"]));
    let shared = builtin("&", &[defined(1)]);
    for (way, expected) in WAYS.into_iter().zip(["field-added", "evolved", "field-added"]) {
        assert_eq!(between(way, &shared, &short, &long), [expected], "{way:?}");
    }
    for (way, expected) in WAYS.into_iter().zip(["evolved", "field-removed", "field-removed"]) {
        assert_eq!(between(way, &shared, &long, &short), [expected], "{way:?}");
    }
}

#[test]
fn a_prefix_struct_does_not_grow_anywhere_else() {
    let (short, long) = (settings(&["port"]), settings(&["port", "limit"]));
    let places = [
        defined(1),
        builtin("&mut", &[defined(1)]),
        builtin("Box", &[defined(1)]),
        builtin("&", &[builtin("[]", &[defined(1)])]),
        builtin("&", &[builtin("Option", &[defined(1)])]),
        builtin("&", &[builtin("(,)", &[defined(1)])]),
        builtin("&", &[Node::Array { length: 2, element: Box::new(defined(1)) }]),
        builtin("&", &[builtin("&mut", &[defined(1)])]),
    ];
    for ty in places {
        assert_eq!(between(Way::ToHost, &ty, &short, &long), ["field-added"], "{ty:?}");
        assert_eq!(between(Way::ToPatch, &ty, &long, &short), ["field-removed"], "{ty:?}");
    }
}

#[test]
fn what_a_prefix_shares_must_be_the_same() {
    let shared = builtin("&", &[defined(1)]);
    let with = |change: &dyn Fn(&mut Vec<Field>)| {
        let mut definition = settings(&["port", "limit"]);
        let Body::Struct(fields) = &mut definition.body else { unreachable!("settings are a struct") };
        change(fields);
        between(Way::ToHost, &shared, &settings(&["port"]), &definition)
    };
    assert_eq!(with(&|_| ()), ["evolved"]);
    assert_eq!(with(&|fields| fields[0].ty = primitive("i32")), ["type", "evolved"]);
    assert_eq!(with(&|fields| fields[0].offset = Some(4))[0], "offset");
    assert_eq!(with(&|fields| fields[0].name = "door".into()), ["field-renamed"]);
    assert_eq!(with(&|fields| fields[0].lifetimes = "'static".into())[0], "lifetimes");
    assert_eq!(with(&|fields| fields.reverse()), ["field-renamed"]);
    let aligned = Definition { extent: Extent { alignment: 8, ..settings(&["port"]).extent }, ..settings(&["port"]) };
    assert_eq!(between(Way::ToHost, &shared, &settings(&["port"]), &aligned), ["alignment"]);
}

/// Inside of its own definition a type stands in another place than the definition: what was allowed there need not be
/// allowed here.
#[test]
fn a_type_inside_of_itself_is_judged_by_where_it_stands() {
    for key in [Node::Recursive { key: 1 }, defined(1)] {
        let node = |names: &[&str], inner: Node| {
            let mut fields = u32s(names);
            fields.insert(0, field("inner", 8, inner));
            Definition { extent: WORD, ..Definition::structure(1, "Settings", fields).prefix() }
        };
        let tables = [
            (builtin("&", std::slice::from_ref(&key)), "evolved"),
            (builtin("Vec", std::slice::from_ref(&key)), "field-removed"),
            (taking(builtin("&", std::slice::from_ref(&key))), "field-removed"),
            (builtin("Cell", &[builtin("&", std::slice::from_ref(&key))]), "field-removed"),
        ];
        for (inner, expected) in tables {
            let (long, short) = (node(&["port", "limit"], inner.clone()), node(&["port"], inner.clone()));
            let found = between(Way::ToPatch, &builtin("&", &[defined(1)]), &long, &short);
            assert!(found.contains(&expected), "{inner:?}: {found:?}");
            assert_eq!(found.iter().all(|code| *code == "evolved"), expected == "evolved", "{inner:?}: {found:?}");
        }
        let event = |last: &[Variant]| {
            let call = Variant { fields: vec![field("0", 8, taking(key.clone()))], ..variant("Call", 0) };
            Definition::enumeration(1, "Event", [&[call], last].concat()).open()
        };
        let found = between(Way::ToPatch, &defined(1), &event(&[]), &event(&[variant("Lost", 1)]));
        assert!(
            found.contains(&"variant-added"),
            "the callback would be given what its maker does not know: {found:?}"
        );
    }
}

// What is compared of the rest.

#[test]
fn each_difference_has_its_code() {
    let base = || Definition { extent: Extent { size: 8, alignment: 4, niche: false }, ..order(&["a", "b"]) };
    fn order(names: &[&str]) -> Definition {
        Definition::structure(1, "Order", u32s(names))
    }
    let with = |change: &dyn Fn(&mut Definition)| {
        let mut other = base();
        change(&mut other);
        between(Way::ToPatch, &defined(1), &base(), &other)
    };
    fn fields(definition: &mut Definition) -> &mut Vec<Field> {
        let Body::Struct(fields) = &mut definition.body else { unreachable!("an order is a struct") };
        fields
    }
    let none = [""; 0];
    assert_eq!(with(&|_| ()), none);
    assert_eq!(with(&|other| other.name = "Other".into()), [Aspect::Type.code()]);
    assert_eq!(with(&|other| other.crate_name = "copy".into()), ["evolved"]);
    assert_eq!(with(&|other| other.repr = "C".into()), [Aspect::Repr.code()]);
    assert_eq!(with(&|other| other.extent.size = 12), [Aspect::Size.code()]);
    assert_eq!(with(&|other| other.extent.alignment = 8), [Aspect::Alignment.code()]);
    assert_eq!(with(&|other| other.extent.niche = true), [Aspect::Niche.code()]);
    assert_eq!(with(&|other| other.arguments.push(Argument::Const(1))), [Aspect::Type.code()]);
    assert_eq!(with(&|other| fields(other)[1].name = "c".into()), [Aspect::FieldRenamed.code()]);
    assert_eq!(with(&|other| fields(other)[1].offset = Some(8)), [Aspect::Offset.code()]);
    assert_eq!(with(&|other| fields(other)[1].ty = primitive("i32")), [Aspect::Type.code()]);
    assert_eq!(with(&|other| fields(other)[1].lifetimes = "'a".into()), [Aspect::Lifetimes.code()]);
    assert_eq!(with(&|other| drop(fields(other).pop())), [Aspect::FieldRemoved.code()]);
    assert_eq!(with(&|other| fields(other).push(field("c", 8, primitive("u8")))), [Aspect::FieldAdded.code()]);
    assert_eq!(with(&|other| *fields(other) = u32s(&["b", "a"])), [Aspect::FieldOrder.code()]);
    assert_eq!(with(&|other| other.body = Body::Union(u32s(&["a", "b"]))), [Aspect::Type.code()]);
    assert_eq!(with(&|other| *fields(other) = u32s(&["a", "b", "a"])), [Aspect::FieldOrder.code()], "a name twice");
}

#[test]
fn a_type_without_description_is_its_name_its_room_and_what_it_names() {
    let opaque = |name: &str, size: u64, downcasts: bool, part: &str| Node::Opaque {
        name: name.into(),
        extent: Extent { size, ..WORD },
        downcasts,
        parts: vec![primitive(part)],
    };
    let host = Image::of(opaque("Map<u32>", 8, false, "u32"), &[]);
    let with = |patch: Node| compare(Way::ToPatch, &host, &Image::of(patch, &[])).codes();
    assert_eq!(with(opaque("Map<u32>", 8, false, "u32")), ["opaque"]);
    assert_eq!(with(opaque("Map<u32>", 8, true, "u32")), ["opaque", "downcasts"]);
    assert_eq!(with(opaque("Map<u32>", 16, false, "u32")), ["opaque", "size"]);
    assert_eq!(with(opaque("Map<i32>", 8, false, "i32")), ["opaque", "type"]);
    assert_eq!(with(opaque("Tree<u32>", 8, false, "u32")), ["type"]);
    assert_eq!(with(builtin("Map", &[primitive("u32")])), ["type"], "the standard library's is always described");
    let of_hidden = Node::Opaque {
        name: "Map<Hidden>".into(),
        extent: WORD,
        downcasts: false,
        parts: vec![opaque("Hidden", 4, false, "u8")],
    };
    let host = Image::of(of_hidden, &[]);
    let with = |patch: Node| compare(Way::ToPatch, &host, &Image::of(patch, &[])).codes();
    assert_eq!(with(builtin("Map", &[opaque("Hidden", 4, false, "u8")])), ["opaque", "opaque"]);
    assert_eq!(with(builtin("Map", &[primitive("u32")])), ["opaque", "type"]);
    assert_eq!(with(taking(primitive("u32"))), ["type"]);
}

fn service(methods: &[(&str, bool)], auto: u8) -> Definition {
    let methods = methods.iter().map(|(name, has_default)| Method {
        name: (*name).into(),
        has_default: *has_default,
        form: "fn(&self)".into(),
        inputs: vec![primitive("u32")],
        output: primitive("u64"),
    });
    Definition { body: Body::Trait(auto, methods.collect()), ..Definition::structure(1, "Pricing", Vec::new()) }
}

#[test]
fn a_service_is_appended_to_and_a_trait_object_is_not() {
    let (base, with_default) = (service(&[("quote", false)], 1), service(&[("quote", false), ("limit", true)], 1));
    let without_default = service(&[("quote", false), ("limit", false)], 1);
    let prepended = service(&[("limit", true), ("quote", false)], 1);
    let tables: [(&str, [&str; 5]); 2] = [
        ("Service", ["evolved", "evolved", "method-added", "method-order", "auto-traits"]),
        ("Box", ["method-added", "method-removed", "method-added", "method-order", "auto-traits"]),
    ];
    for (holder, expected) in tables {
        let ty = builtin(holder, &[defined(1)]);
        let found = [
            between(Way::ToPatch, &ty, &base, &with_default),
            between(Way::ToPatch, &ty, &with_default, &base),
            between(Way::ToPatch, &ty, &base, &without_default),
            between(Way::ToPatch, &ty, &base, &prepended),
            between(Way::ToPatch, &ty, &base, &service(&[("quote", false)], 0)),
        ];
        assert_eq!(found.each_ref().map(|codes| codes[0]), expected, "{holder}");
        assert!(found.iter().all(|codes| codes.len() == 1), "{found:?}");
    }
}

/// What is lent for a definition stays below twice the bytes of the shortest one.
#[test]
fn a_comparison_borrows_little() {
    let shortest = model::record(dynpatch_interface::record::kind::TYPE, &shortest()).len();
    assert!(size_of::<TypeEntry<'_>>() + size_of::<Seen>() <= 2 * shortest, "{shortest} bytes");
}

fn shortest() -> Vec<u8> {
    let extent = Extent { size: 0, alignment: 0, niche: false };
    Definition { crate_name: String::new(), extent, ..Definition::structure(0, "", Vec::new()) }.bytes()
}
