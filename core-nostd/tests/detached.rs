//! What a patch may hand out, judged by types.

mod model;

use dynpatch_core::layout::{Escapes, Examined, MAX_STEPS, TypeEntry, TypeTable};
use dynpatch_core::manifest::{Item, Record};
use dynpatch_interface::record::{ItemKind, item, kind};
use model::{
    Argument, Body, Definition, Field, Method, Node, Variant, WORD, builtin, defined, field, primitive, record, taking,
    value, variant,
};

/// An item as a manifest has it.
struct Signed {
    kind: ItemKind,
    signature: &'static str,
    form: String,
    inputs: Vec<Node>,
    output: Node,
}

impl Signed {
    /// A function that gives this.
    fn giving(output: Node) -> Self {
        Self { kind: ItemKind::Function, signature: "", form: "fn ".into(), inputs: Vec::new(), output }
    }

    /// A function that takes this, written with these lifetimes; a closure with those in parentheses left out.
    fn taking(lifetimes: &str, input: Node) -> Self {
        let signature = "for<'a> fn(&'a dyn Fn(&str, Request<'_>)) -> ()";
        Self { form: format!("fn {lifetimes};"), signature, inputs: vec![input], ..Self::giving(unit()) }
    }

    fn shared(content: Node) -> Self {
        Self { kind: ItemKind::Static, form: String::new(), ..Self::giving(content) }
    }

    fn record(&self) -> Vec<u8> {
        let text = |tag, text: &str| value(tag, &postcard::to_allocvec(text).unwrap());
        let fields = [
            text(item::NAME, "app::item"),
            value(item::KIND, &[self.kind as u8]),
            text(item::SIGNATURE, self.signature),
            text(item::FORM, &self.form),
            value(item::INPUTS, &postcard::to_allocvec(&self.inputs).unwrap()),
            value(item::OUTPUT, &postcard::to_allocvec(&self.output).unwrap()),
        ];
        record(kind::ITEM, &fields.concat())
    }
}

/// What is told of each item in turn, and the steps that took.
fn judged(items: &[(bool, Signed)], definitions: &[Definition]) -> (Vec<Option<String>>, u32) {
    let payloads: Vec<_> = definitions.iter().map(Definition::bytes).collect();
    let mut entries: Vec<_> = payloads.iter().map(|payload| TypeEntry::new(payload).unwrap()).collect();
    let mut examined = vec![Examined::default(); entries.len()];
    let mut escapes = Escapes::new(TypeTable::new(&mut entries).unwrap(), &mut examined);
    let records: Vec<_> = items.iter().map(|(_, item)| item.record()).collect();
    let mut told = Vec::new();
    for ((is_provided, _), bytes) in items.iter().zip(&records) {
        let item = Item::read(&Record::single(bytes).unwrap()).unwrap();
        let mut found = Vec::new();
        let escapes = escapes.escape_of(&item, *is_provided, &mut |escape| found.push(escape.to_string()));
        assert_eq!(escapes, !found.is_empty(), "the verdict is not what is told: {found:?}");
        assert!(found.len() < 2, "more than the first is told: {found:?}");
        told.push(found.pop());
    }
    (told, escapes.steps())
}

fn provided(item: Signed) -> Option<String> {
    judged(&[(true, item)], &definitions()).0.remove(0)
}

fn called(item: Signed) -> Option<String> {
    judged(&[(false, item)], &definitions()).0.remove(0)
}

fn p(name: &str) -> Node {
    primitive(name)
}

fn b(name: &str, arguments: impl IntoIterator<Item = Node>) -> Node {
    builtin(name, &Vec::from_iter(arguments))
}

fn unit() -> Node {
    b("(,)", [])
}

fn string() -> Node {
    b("String", [])
}

/// `&str`
fn text() -> Node {
    b("&", [p("str")])
}

fn opaque(name: &str) -> Node {
    Node::Opaque { name: name.into(), extent: WORD, downcasts: false, parts: Vec::new() }
}

/// A generic type with one field of its argument.
fn wrapper(argument: Node) -> Node {
    let definition = Definition::structure(77, "Wrapper", vec![field("inner", 0, argument.clone())]);
    Node::Inline(Box::new(Definition { arguments: vec![Argument::Type(argument)], ..definition }))
}

fn borrowing(name: &str, lifetimes: &str, ty: Node) -> Field {
    Field { lifetimes: lifetimes.into(), ..field(name, 0, ty) }
}

fn full(name: &str, fields: Vec<Field>) -> Variant {
    Variant { fields, ..variant(name, 0) }
}

const PLAIN: u64 = 1;
const LITERAL: u64 = 2;
const LIST: u64 = 3;
const BAD_LIST: u64 = 4;
const OPEN: u64 = 5;
const PREFIX: u64 = 6;
const REQUEST: u64 = 7;
const SINK: u64 = 8;
const HANDLER: u64 = 9;
const LOGGER: u64 = 10;
const REGISTRY: u64 = 11;
const OUTER: u64 = 12;
const BITS: u64 = 13;
const LOCKED_LIST: u64 = 14;

fn definitions() -> Vec<Definition> {
    let boxed = |key| b("Option", [b("Box", [Node::Recursive { key }])]);
    let method = |name: &str, form: &str, inputs: Vec<Node>, output| Method {
        name: name.into(),
        has_default: false,
        form: form.into(),
        inputs,
        output,
    };
    let object = |key, name: &str, methods| Definition {
        body: Body::Trait(0, methods),
        ..Definition::structure(key, name, Vec::new())
    };
    vec![
        Definition::structure(PLAIN, "Plain", vec![field("id", 0, p("u64")), field("name", 8, string())]),
        Definition::structure(
            LITERAL,
            "Response",
            vec![field("status", 0, p("u16")), borrowing("content_type", "s", text())],
        ),
        Definition::structure(LIST, "List", vec![field("value", 0, p("u8")), field("next", 8, boxed(LIST))]),
        Definition::structure(
            BAD_LIST,
            "BadList",
            vec![field("next", 0, boxed(BAD_LIST)), field("call", 8, taking(unit()))],
        ),
        Definition::enumeration(
            OPEN,
            "Event",
            vec![variant("Idle", 0), full("Failed", vec![field("0", 0, b("Vec", [defined(LITERAL)]))])],
        )
        .open(),
        Definition::structure(PREFIX, "Options", vec![field("depth", 0, p("u32"))]).prefix(),
        Definition::structure(REQUEST, "Request", vec![borrowing("path", "0", text()), field("id", 8, p("u64"))]),
        Definition::structure(SINK, "Sink", vec![borrowing("call", "0(1)", b("&", [b("dyn Fn", [text(), unit()])]))]),
        object(HANDLER, "Handler", vec![method("handle", "fn 0;;", vec![p("u8")], unit())]),
        object(
            LOGGER,
            "Logger",
            vec![
                method("log", "fn 0;1;", vec![text()], unit()),
                method("hook", "fn 0;;", vec![b("Box", [b("dyn FnOnce", [unit()])])], unit()),
            ],
        ),
        Definition::structure(REGISTRY, "Registry", vec![field("names", 0, b("Mutex", [b("Vec", [text()])]))]),
        Definition::enumeration(
            OUTER,
            "Outer",
            vec![full("Inner", vec![field("event", 0, b("Option", [defined(OPEN)]))])],
        ),
        Definition {
            body: Body::Union(vec![field("word", 0, p("u64")), field("pointer", 0, b("*const", [p("u8")]))]),
            ..Definition::structure(BITS, "Bits", Vec::new())
        },
        Definition::structure(
            LOCKED_LIST,
            "Locked",
            vec![field("next", 0, b("Mutex", [boxed(LOCKED_LIST)])), borrowing("label", "s", text())],
        ),
    ]
}

/// Results that lead nowhere.
#[test]
fn detached_types() {
    let types = [
        unit(),
        p("u8"),
        p("i128"),
        p("usize"),
        p("f64"),
        p("bool"),
        p("char"),
        p("!"),
        string(),
        b("(,)", [p("u8"), string()]),
        b("Vec", [string()]),
        b("Box", [b("[]", [p("u8")])]),
        b("Box", [p("str")]),
        b("Option", [b("Result", [string(), b("ParseIntError", [])])]),
        b("BTreeMap", [string(), b("BTreeSet", [p("u64")])]),
        b("VecDeque", [b("LinkedList", [b("BinaryHeap", [p("u8")])])]),
        Node::Array { length: 4, element: Box::new(string()) },
        b("Rc", [p("str")]),
        b("Arc", [b("Mutex", [b("Vec", [p("u8")])])]),
        b("sync::Weak", [string()]),
        b("RefCell", [b("OnceCell", [p("u8")])]),
        b("AtomicU64", []),
        b("PhantomData", [text()]),
        b("Held", [b("Box", [b("dyn Fn", [unit()])])]),
        b("Vec", [b("Held", [taking(text())])]),
        b("Range", [b("NonZero", [p("u8")])]),
        b("Duration", []),
        b("PathBuf", []),
        b("Receiver", [string()]),
        b("Pin", [b("Box", [p("u8")])]),
        defined(PLAIN),
        defined(LIST),
        defined(PREFIX),
        wrapper(string()),
        wrapper(wrapper(defined(LIST))),
        wrapper(b("Option", [b("Box", [Node::Recursive { key: 77 }])])),
    ];
    for ty in types {
        assert_eq!(provided(Signed::giving(ty.clone())), None, "{ty:?}");
    }
}

/// Results that may lead into the image, and what is told of them.
#[test]
fn types_that_are_not_detached() {
    let cases = [
        (text(), "&str (its result)"),
        (b("&mut", [p("u8")]), "&mut u8 (its result)"),
        (b("*const", [p("u8")]), "*const u8 (its result)"),
        (b("NonNull", [p("u8")]), "NonNull<u8> (its result)"),
        (b("AtomicPtr", [p("u8")]), "AtomicPtr<u8> (its result)"),
        (taking(p("u8")), "fn(u8) -> () (its result)"),
        (b("Box", [b("dyn Fn", [p("u8"), unit()])]), "dyn Fn<u8, ()> (its result)"),
        (b("Box", [defined(HANDLER)]), "dyn Handler (its result)"),
        (b("Pin", [b("Box", [b("dyn Future + Send", [p("u8")])])]), "dyn Future + Send<u8> (its result)"),
        (b("Cow", [p("str")]), "Cow<str> (its result)"),
        (b("Waker", []), "Waker (its result)"),
        (b("Service", [defined(HANDLER)]), "Service<dyn Handler> (its result)"),
        (b("Result", [unit(), b("io::Error", [])]), "io::Error (its result, field <1>)"),
        (b("Box", [b("dyn Any", [])]), "dyn Any (its result), which may hold values of any type"),
        (b("Arc", [p("str")]), "Arc<str> (its result), which leads to a static where it is empty"),
        (
            b("HashMap", [p("u8"), p("u8"), b("RandomState", [])]),
            "HashMap<u8, u8, RandomState> (its result), which leads to a static where it is empty",
        ),
        (opaque("Hidden"), "Hidden (its result), of which nothing is known"),
        (b("Novel", []), "Novel (its result), of which nothing is known"),
        (p("novel"), "novel (its result), of which nothing is known"),
        (b("Sender", [taking(unit())]), "fn(()) -> () (its result)"),
        (defined(LITERAL), "&str (its result, field content_type)"),
        (b("Vec", [defined(LITERAL)]), "&str (its result, field content_type)"),
        (defined(BAD_LIST), "fn(()) -> () (its result, field call)"),
        (defined(OPEN), "&str (its result, variant Failed.0.content_type)"),
        (defined(OUTER), "&str (its result, variant Inner.event::Failed.0.content_type)"),
        (defined(BITS), "*const u8 (its result, field pointer)"),
        (wrapper(text()), "&str (its result, field inner)"),
        (b("&", [defined(PREFIX)]), "&Options (its result)"),
        (defined(999), "a type without definition (its result), whose definition is not there"),
    ];
    for (ty, expected) in cases {
        assert_eq!(provided(Signed::giving(ty.clone())), Some(format!("a value of {expected}")), "{ty:?}");
    }
}

/// What a provided item gets, and can put something into.
#[test]
fn what_is_behind_arguments_of_provided_items() {
    let lock = |ty| b("Mutex", [ty]);
    let fns = |lifetimes: &'static str, ty| (lifetimes, b("&", [b("dyn Fn", [ty, unit()])]));
    let cases = [
        (("", string()), None),
        (("0", text()), None),
        (("", b("Box", [b("dyn Fn", [p("u8"), unit()])])), None),
        (("", b("Pin", [b("Box", [b("dyn Future + Send", [text()])])])), None),
        (("0", b("&mut", [b("Vec", [string()])])), None),
        (("0", b("&mut", [b("Formatter", [])])), None),
        (("0,1", b("&mut", [text()])), Some("&str (through argument 0)")),
        (("0", b("&mut", [defined(LITERAL)])), Some("&str (through argument 0, field content_type)")),
        (("0", b("&", [defined(LITERAL)])), None),
        (("0", b("&", [defined(REGISTRY)])), Some("&str (through argument 0, field names)")),
        (("", defined(REGISTRY)), None),
        (("", b("Arc", [defined(REGISTRY)])), Some("&str (through argument 0, field names)")),
        (("0", b("&", [lock(p("u8"))])), None),
        (("0", b("&", [b("AtomicPtr", [p("u8")])])), Some("AtomicPtr<u8> (through argument 0)")),
        (("0", b("&", [b("AtomicUsize", [])])), None),
        (("", b("Sender", [taking(unit())])), Some("fn(()) -> () (through argument 0)")),
        (fns("0(1)", text()), None),
        (fns("0(s)", text()), Some("&str (through argument 0, field <0>)")),
        // `type Literal = &'static str`
        (fns("0()", text()), Some("&str (through argument 0, field <0>)")),
        (fns("0(1)", b("&", [defined(LITERAL)])), Some("&str (through argument 0, field <0>.content_type)")),
        (fns("0()", defined(LITERAL)), Some("&str (through argument 0, field <0>.content_type)")),
        (
            ("0", b("&mut", [b("dyn FnMut", [taking(unit()), unit()])])),
            Some("fn(()) -> () (through argument 0, field <0>)"),
        ),
        (("", taking(taking(unit()))), Some("fn(()) -> () (through argument 0, field <0>)")),
        // What closures in fields take may have a lifetime of the struct.
        (("0", defined(SINK)), Some("&str (through argument 0, field call<0>)")),
        (("0", b("&", [defined(HANDLER)])), None),
        (("0", b("&mut", [defined(HANDLER)])), None),
        (("0", b("&", [defined(LOGGER)])), Some("dyn FnOnce<()> (through argument 0, method hook)")),
        (("0", b("&", [opaque("Hidden")])), Some("Hidden (through argument 0), of which nothing is known")),
        (("0", b("&", [b("dyn Any", [])])), Some("dyn Any (through argument 0), which may hold values of any type")),
        (("", b("io::Error", [])), None),
        (("0", b("&", [defined(LOCKED_LIST)])), Some("&str (through argument 0, field next.label)")),
        (("0", b("&mut", [b("Context", [])])), Some("Context (through argument 0)")),
    ];
    for ((lifetimes, ty), expected) in cases {
        let expected = expected.map(|expected| format!("a value of {expected}"));
        assert_eq!(provided(Signed::taking(lifetimes, ty.clone())), expected, "{lifetimes} {ty:?}");
    }
}

/// A definition that is fine to get is not fine to hand out.
#[test]
fn a_definition_is_examined_in_each_way() {
    let item =
        Signed { inputs: vec![defined(LITERAL), b("&mut", [defined(LITERAL)])], ..Signed::taking("s;s,0", unit()) };
    let expected = "a value of &str (through argument 1, field content_type)";
    assert_eq!(provided(item).as_deref(), Some(expected));
}

/// What a patch calls the host with.
#[test]
fn arguments_of_called_items() {
    let map = || b("HashMap", [string(), p("u8"), b("RandomState", [])]);
    let empty = "HashMap<String, u8, RandomState> (argument 0), which leads to a static where it is empty";
    let cases = [
        (("", string()), None),
        (("0", text()), None),
        (("s", text()), Some("&str (argument 0)")),
        // `type Literal = &'static str`
        (("", text()), Some("&str (argument 0)")),
        (("0", b("(,)", [text(), text()])), Some("&str (argument 0, field <0>)")),
        (("0", b("Option", [text()])), None),
        (("0,1", b("&", [b("[]", [text()])])), None),
        (("0", b("&", [defined(PLAIN)])), None),
        (("0", b("&mut", [defined(PLAIN)])), None),
        (("0", b("&", [defined(LITERAL)])), Some("&str (argument 0, field content_type)")),
        (("0", defined(REQUEST)), None),
        (("s", defined(REQUEST)), Some("&str (argument 0, field path)")),
        // `type Literal = Request<'static>`
        (("", defined(REQUEST)), Some("&str (argument 0, field path)")),
        (("", taking(unit())), Some("fn(()) -> () (argument 0)")),
        (("", b("Box", [b("dyn FnOnce", [unit()])])), Some("dyn FnOnce<()> (argument 0)")),
        (("0(1)", b("&", [b("dyn Fn", [text(), string()])])), None),
        (("0()", b("&mut", [b("dyn FnMut", [p("u8"), taking(unit())])])), Some("fn(()) -> () (argument 0)")),
        (("0", b("&", [defined(HANDLER)])), Some("dyn Handler (argument 0)")),
        (("0", b("Cow", [p("str")])), None),
        (("0", b("&", [map()])), None),
        // It can be taken out of a lock, and shared with whoever owns it.
        (("0", b("&", [b("Mutex", [map()])])), Some(empty)),
        (("0", b("&", [b("Rc", [map()])])), Some(empty)),
        (("", map()), Some(empty)),
        (("0", b("*const", [p("u8")])), Some("*const u8 (argument 0)")),
    ];
    for ((lifetimes, ty), expected) in cases {
        let expected = expected.map(|expected| format!("a value of {expected}"));
        assert_eq!(called(Signed::taking(lifetimes, ty.clone())), expected, "{lifetimes} {ty:?}");
    }
}

/// What a closure takes may have a lifetime that its owner has as well; whether it does, only the text says.
#[test]
fn a_borrow_ends_with_the_call_of_a_closure_where_its_lifetime_is_left_out() {
    let escapes = |signature| {
        let closure = b("&", [b("dyn Fn", [text(), unit()])]);
        provided(Signed { signature, ..Signed::taking("0(1)", closure) }).is_some()
    };
    for signature in [
        "for<'a> fn(&'a dyn Fn(&str)) -> ()",
        "for<'a> unsafe fn(&'a mut dyn FnMut(&'_ str), (&'a str, u8)) -> (&'a str, u8)",
    ] {
        assert!(!escapes(signature), "{signature}");
    }
    for signature in [
        "for<'a, 'b> fn(&'a dyn Fn(&'b str)) -> ()",
        "for<'a> fn(&'a dyn Fn((&'a str, u8))) -> ()",
        "for<'a> fn(Box<dyn FnOnce(&'_a str)>) -> ()",
        "",
    ] {
        assert!(escapes(signature), "{signature}");
    }
}

#[test]
fn results_of_called_items_are_places_to_write_to() {
    assert_eq!(called(Signed::giving(text())), None);
    assert_eq!(called(Signed::giving(b("&", [defined(LITERAL)]))), None);
    let expected = "a value of &str (through its result, field names)";
    assert_eq!(called(Signed::giving(b("&", [defined(REGISTRY)]))).as_deref(), Some(expected));
}

#[test]
fn a_shared_static_is_a_place_to_write_to() {
    assert_eq!(provided(Signed::shared(defined(LITERAL))), None);
    assert_eq!(provided(Signed::shared(b("Mutex", [b("Vec", [string()])]))), None);
    assert_eq!(called(Signed::shared(b("AtomicU32", []))), None);
    let expected = "a value of &str (its content, field names)";
    assert_eq!(called(Signed::shared(defined(REGISTRY))).as_deref(), Some(expected));
}

#[test]
fn a_future_is_judged_by_what_it_gives() {
    let future = |output| b("Pin", [b("Box", [b("dyn Future + Send", [output])])]);
    let of =
        |form: &str, signature, output| provided(Signed { form: form.into(), signature, ..Signed::giving(output) });
    assert_eq!(of("async fn ", "async fn() -> String", string()), None);
    assert_eq!(of("async fn s", "async fn() -> &'static str", text()).as_deref(), Some("a value of &str (its result)"));
    assert_eq!(of("fn 0", "fn() -> BoxedFuture<'a, String>", future(string())), None);
    assert_eq!(of("fn 0", "fn() -> BoxedFuture<'a, Result<(), fn() -> u8>>", future(unit())), None);
    let text = of("fn 0,0", "fn() -> BoxedFuture<'a, &'a str>", future(text()));
    assert_eq!(text.as_deref(), Some("a value of &str (its result)"));
    // Only what is written as `BoxedFuture` is kept by the runtime.
    for signature in ["fn() -> Pin<Box<dyn Future<Output = u8> + Send>>", "fn(&dyn Fn() -> BoxedFuture<u8>) -> Named"] {
        let escape = of("fn ", signature, future(p("u8")));
        assert_eq!(escape.as_deref(), Some("a value of dyn Future + Send<u8> (its result)"), "{signature}");
    }
}

/// The receiver of a method is not among its arguments, and its lifetime is the first.
#[test]
fn methods_are_read_behind_their_receiver() {
    let method = |form: &str| Signed { kind: ItemKind::Method, form: form.into(), ..Signed::taking("", text()) };
    assert_eq!(called(method("fn 0;1;")), None);
    assert_eq!(called(method("fn 0;s;")).as_deref(), Some("a value of &str (argument 0)"));
    assert_eq!(called(method("fn ;0;")), None);
}

/// What was found by way of one item is found again by way of the next.
#[test]
fn items_are_judged_each_for_itself() {
    let giving = |key| (true, Signed::giving(defined(key)));
    let items = [giving(OUTER), giving(LIST), giving(OPEN), giving(LITERAL), giving(LIST), giving(OUTER)];
    let (told, _) = judged(&items, &definitions());
    assert_eq!(told.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, true, true, false, true]);
}

// Where it ends.

#[test]
fn cycles_end() {
    let link = |key, next| Definition::structure(key, "Ring", vec![field("next", 0, b("Box", [defined(next)]))]);
    let ring = [link(1, 2), link(2, 3), link(3, 1)];
    let items = [(true, Signed::giving(defined(1))), (false, Signed::taking("", defined(2)))];
    let (told, steps) = judged(&items, &ring);
    assert_eq!(told, [None, None]);
    assert!(steps < 100, "{steps}");
    // A definition on the spot that means another of the same key, further in.
    let again = wrapper(b("Mutex", [wrapper(b("Box", [Node::Recursive { key: 77 }]))]));
    assert_eq!(provided(Signed::giving(again)), None);
}

/// Definitions of a chain, each with fields of the next.
fn chain(length: u64, last: &Node, fields: usize) -> Vec<Definition> {
    let link = |key: u64| {
        let ty = if key == length { last.clone() } else { b("Box", [defined(key + 1)]) };
        let fields = (0..fields).map(|place| field(&format!("n{place}"), place as u64 * 8, ty.clone()));
        Definition::structure(key, "Link", fields.collect())
    };
    (1..=length).map(link).collect()
}

#[test]
fn what_is_reached_in_many_ways_is_examined_once() {
    let item = || [(true, Signed::giving(defined(1)))];
    let (told, steps) = judged(&item(), &chain(60, &string(), 4));
    assert_eq!(told, [None]);
    assert!(steps < 10_000, "{steps}");
    let (told, _) = judged(&item(), &chain(60, &text(), 4));
    let path = ["n0"; 60].join(".");
    assert_eq!(told, [Some(format!("a value of &str (its result, field {path})"))]);
}

/// Half of what a thread of Rust's has; a build without optimisation is the hardest.
const STACK: usize = 1 << 20;

#[test]
fn what_is_too_deep_is_not_detached_and_fits_half_a_thread() {
    let judge = || {
        let deepest = |length| judged(&[(true, Signed::giving(defined(1)))], &chain(length, &string(), 1)).0.remove(0);
        let callables = |length| {
            let call = b("&", [b("dyn Fn", [defined(1), unit()])]);
            judged(&[(true, Signed::taking("0", call))], &chain(length, &string(), 1)).0.remove(0)
        };
        [deepest(60), deepest(10_000), callables(60), callables(10_000)]
    };
    let told = std::thread::Builder::new().stack_size(STACK).spawn(judge).unwrap().join().unwrap();
    let is_too_deep =
        |told: &Option<String>| told.as_ref().is_some_and(|told| told.ends_with("too large or too deep to judge"));
    assert_eq!(told.each_ref().map(is_too_deep), [false, true, false, true], "{told:?}");
    assert_eq!((&told[0], &told[2]), (&None, &None));
}

/// On the spot, nothing is examined once only: the bound on steps ends it.
#[test]
fn what_is_too_large_is_not_detached() {
    let wide = (0..2_000).map(|place| field(&format!("f{place}"), place, p("u8"))).collect();
    let definitions = [Definition::structure(1, "Wide", wide)];
    // Every item looks at all fields, since the one before it had a finding.
    let item = || (true, Signed::giving(b("(,)", [defined(1), text()])));
    let items: Vec<_> = std::iter::repeat_with(item).take(1_000).collect();
    let (told, steps) = judged(&items, &definitions);
    assert!(told.iter().all(Option::is_some));
    assert!(told[0].as_ref().unwrap().contains("&str"), "{:?}", told[0]);
    let last = told.last().unwrap().as_ref().unwrap();
    assert!(last.ends_with("too large or too deep to judge"), "{last}");
    assert_eq!(steps, MAX_STEPS + 1);
}
