//! The comparison for chips against the walk: what it accepts, the walk accepts.

mod model;

use dynpatch_core::compatibility::{check_identity, check_types};
use dynpatch_core::layout::{Difference, Identity, Partner, Seen, TypeEntry, TypeTable, Walk};
use dynpatch_core::manifest::{Item, Record};
use dynpatch_interface::record::ItemKind;
use model::{
    Argument, Body, Definition, Extent, Field, Method, Node, WORD, builtin, defined, field, item_record, primitive,
    taking, variant,
};

/// A type as an image describes it.
#[derive(Debug, Clone, PartialEq)]
struct Image {
    ty: Node,
    definitions: Vec<Definition>,
}

/// What the walk and what the small comparison say.
fn verdicts(host: &Image, patch: &Image) -> (bool, Result<(), (String, String)>) {
    let payloads = |image: &Image| image.definitions.iter().map(Definition::bytes).collect::<Vec<_>>();
    let (ours, theirs) = (payloads(host), payloads(patch));
    let mut of_host: Vec<_> = ours.iter().map(|payload| TypeEntry::new(payload).unwrap()).collect();
    let mut of_patch: Vec<_> = theirs.iter().map(|payload| TypeEntry::new(payload).unwrap()).collect();
    let tables = (TypeTable::new(&mut of_host).unwrap(), TypeTable::new(&mut of_patch).unwrap());
    let record = |image: &Image| {
        item_record(
            ItemKind::Function,
            &[image.ty.clone(), primitive("u8")],
            &builtin("(,)", std::slice::from_ref(&image.ty)),
        )
    };
    let records = [record(host), record(patch)];
    let [host, patch] = [0, 1].map(|side| Item::read(&Record::single(&records[side]).unwrap()).unwrap());
    let mut seen = vec![Seen::default(); theirs.len()];
    let walked = check_types(&mut Walk::new(tables.0, tables.1, &mut seen), &host, &patch, true, &mut |_| {});
    let mut partners = vec![Partner::default(); theirs.len()];
    let mut identity = Identity::new(tables.0, tables.1, &mut partners);
    let identical = check_identity(&mut identity, &host, &patch)
        .map_err(|Difference { type_name, member }| (type_name.to_owned(), member.to_owned()));
    assert!(walked || identical.is_err(), "the walk refuses what the small comparison accepts");
    (walked, identical)
}

fn reading(key: u64, second: &str) -> Definition {
    Definition::structure(
        key,
        "Reading",
        vec![field("sensor", 0, primitive("u32")), field("value", 4, primitive(second))],
    )
}

#[test]
fn a_changed_field_is_told_by_its_name() {
    let image = |second| Image {
        ty: builtin("&", &[defined(1)]),
        definitions: vec![
            Definition::structure(1, "Frame", vec![field("first", 0, defined(2)), field("next", 8, primitive("u8"))]),
            reading(2, second),
        ],
    };
    assert_eq!(verdicts(&image("u16"), &image("u16")), (true, Ok(())));
    let told = Err(("Reading".to_owned(), "value".to_owned()));
    assert_eq!(verdicts(&image("u16"), &image("i16")), (false, told));
}

#[test]
fn keys_say_nothing_in_another_image() {
    let image = |key, other| Image {
        ty: defined(key),
        definitions: vec![
            Definition::structure(key, "List", vec![field("next", 0, defined(other))]),
            Definition::structure(other, "Node", vec![field("list", 0, builtin("Box", &[defined(key)]))]),
        ],
    };
    assert_eq!(verdicts(&image(1, 2), &image(900, 7)), (true, Ok(())));
}

#[test]
fn a_copy_in_another_package_is_the_same() {
    let image = |package: &str| Image {
        ty: defined(1),
        definitions: vec![Definition { crate_name: package.into(), ..reading(1, "u8") }],
    };
    assert_eq!(verdicts(&image("app"), &image("a_patch")), (true, Ok(())));
}

#[test]
fn growth_that_the_walk_allows_is_refused() {
    let numbers = |names: &[&str]| -> Vec<_> { names.iter().zip(1..).map(|(name, at)| variant(name, at)).collect() };
    let image = |names: &[&str]| Image {
        ty: defined(1),
        definitions: vec![Definition::enumeration(1, "Event", numbers(names)).open()],
    };
    let (walked, identical) = verdicts(&image(&["A", "B"]), &image(&["A"]));
    assert!(!walked || identical.is_err());
    let (_, identical) = verdicts(&image(&["A"]), &image(&["A", "B"]));
    assert_eq!(identical, Err(("Event".to_owned(), String::new())));
}

#[test]
fn a_type_inside_of_itself_must_be_inside_of_the_same() {
    let generic = |key, inner: Node| {
        let body = Body::Struct(vec![field("next", 0, inner)]);
        let arguments = vec![Argument::Type(primitive("u8"))];
        Node::Inline(Box::new(Definition { body, arguments, ..Definition::structure(key, "Ring", vec![]) }))
    };
    let nested = |outer, inner, meant| Image {
        ty: generic(outer, generic(inner, Node::Recursive { key: meant })),
        definitions: vec![],
    };
    assert_eq!(verdicts(&nested(1, 2, 1), &nested(11, 12, 11)), (true, Ok(())));
    assert!(verdicts(&nested(1, 2, 1), &nested(11, 12, 12)).1.is_err());
    assert!(verdicts(&nested(1, 2, 1), &nested(11, 12, 13)).1.is_err());
}

#[test]
fn a_definition_that_is_not_there_is_refused() {
    let image = Image { ty: defined(5), definitions: vec![] };
    assert_eq!(verdicts(&image, &image), (false, Err((String::new(), String::new()))));
}

/// Numbers without end, the same in every run (xorshift, Marsaglia 2003).
struct Random(u32);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % bound
    }

    fn name(&mut self) -> String {
        ["a", "b", "c"][self.below(3)].to_owned()
    }

    fn extent(&mut self) -> Extent {
        Extent { size: 8 + self.below(10) as u64 / 9, ..WORD }
    }

    fn node(&mut self, depth: usize) -> Node {
        match self.below(if depth == 0 { 3 } else { 8 }) {
            0 | 1 => primitive(["u8", "u16"][self.below(2)]),
            2 => defined(1 + self.below(3) as u64),
            3 => builtin(["Vec", "&", "Option"][self.below(3)], &[self.node(depth - 1)]),
            4 => taking(self.node(depth - 1)),
            5 => Node::Array { length: self.below(3) as u64, element: Box::new(self.node(depth - 1)) },
            6 => Node::Opaque { name: self.name(), extent: self.extent(), downcasts: false, parts: vec![] },
            _ => {
                let arguments = vec![Argument::Type(self.node(depth - 1)), Argument::Const(self.below(2) as i128)];
                Node::Inline(Box::new(Definition { arguments, ..self.definition(4, depth - 1) }))
            }
        }
    }

    fn field(&mut self, depth: usize) -> Field {
        Field { offset: [None, Some(0), Some(4)][self.below(3)], ..field(&self.name(), 0, self.node(depth)) }
    }

    fn definition(&mut self, key: u64, depth: usize) -> Definition {
        let fields = (0..self.below(3)).map(|_| self.field(depth)).collect();
        let definition = Definition { extent: self.extent(), ..Definition::structure(key, &self.name(), fields) };
        match self.below(4) {
            0 => Definition::enumeration(key, "E", vec![variant("A", self.below(2) as i128)]),
            1 => Definition { body: Body::Trait(self.below(2) as u8, vec![self.method(depth)]), ..definition },
            2 => definition.prefix(),
            _ => definition,
        }
    }

    fn method(&mut self, depth: usize) -> Method {
        let (inputs, output) = (vec![self.node(depth)], self.node(depth));
        Method { name: self.name(), has_default: false, form: String::new(), inputs, output }
    }

    fn image(&mut self) -> Image {
        Image { ty: self.node(2), definitions: (1..4).map(|key| self.definition(key, 1)).collect() }
    }
}

#[test]
fn what_is_accepted_is_accepted_by_the_walk() {
    let mut random = Random(0x2545_f491);
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..6_000 {
        let host = random.image();
        // What is described in the same words is the same, unless a description refers to what is not there.
        let (walked, identical) = verdicts(&host, &host);
        assert_eq!(identical.is_ok(), walked, "{host:?}");
        let mut patch = host.clone();
        match random.below(3) {
            0 => patch.ty = random.node(2),
            1 => patch.definitions[0] = random.definition(1, 1),
            _ => patch.definitions[2] = random.definition(3, 1),
        }
        match verdicts(&host, &patch).1 {
            Ok(()) => accepted += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(accepted > 300 && refused > 300, "{accepted} accepted, {refused} refused");
}
