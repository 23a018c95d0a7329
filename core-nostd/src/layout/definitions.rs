//! The comparison of what people define: structs, unions, enums and traits. As in `walk.rs`, functions are kept apart.

use super::context::{Around, Flow, Under};
use super::finding::{Aspect, Finding, Step, Trail, Value, What};
use super::members::{Both, Member, cost_of_names, first_moved, is_ambiguous, renamed, with_other, without_other};
use super::walk::{Report, Same, Walk, alignments, at_byte, differs, differs_here, extents};
use super::{ArgumentView, BodyView, DefinitionView, FieldView, MethodView, VariantView};
use dynpatch_interface::types::Evolution;

impl<'a> Walk<'a, '_> {
    pub(super) fn definitions(
        &mut self,
        around: Around<'a, '_>,
        ours: &DefinitionView<'a>,
        theirs: &DefinitionView<'a>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        if !self.heads(ours, theirs, path, report) {
            return false;
        }
        let under = Under { ours, theirs, implies: around.asked().implies, outer: around.under };
        let around = Around { under: Some(&under), depth: around.depth + 1, ..around };
        self.arguments(around, ours, theirs, path, report) && self.bodies(around, ours, theirs, path, report)
    }

    /// All that is compared without a look inside.
    #[inline(never)]
    fn heads(
        &self,
        ours: &DefinitionView<'a>,
        theirs: &DefinitionView<'a>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        if ours.name != theirs.name || ours.arguments.len() != theirs.arguments.len() {
            return self.another_definition(ours, theirs, path, report);
        }
        if ours.crate_name != theirs.crate_name {
            // A patch may bring a copy of the host's type. The copy is judged by what it is.
            let (host, patch) = (Value::Name(ours.crate_name), Value::Name(theirs.crate_name));
            report(Finding { path, what: What::Evolved { aspect: Aspect::Package, host, patch } });
        }
        if ours.evolution != theirs.evolution {
            return differs(path, Aspect::Evolution, evolution(ours.evolution), evolution(theirs.evolution), report);
        }
        ours.repr == theirs.repr || differs(path, Aspect::Repr, repr(ours.repr), repr(theirs.repr), report)
    }

    fn another_definition(
        &self,
        ours: &DefinitionView<'a>,
        theirs: &DefinitionView<'a>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let (host, patch) = (self.host, self.patch);
        differs(path, Aspect::Type, Value::Defined(&host, ours), Value::Defined(&patch, theirs), report)
    }

    #[inline(never)]
    fn arguments(
        &mut self,
        around: Around<'a, '_>,
        ours: &DefinitionView<'a>,
        theirs: &DefinitionView<'a>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let mut same = true;
        for (place, pair) in ours.arguments.iter().zip(theirs.arguments.iter()).enumerate() {
            let path = path.then(Step::Parameter(place));
            same &= match pair {
                (ArgumentView::Const(a), ArgumentView::Const(b)) if a == b => true,
                (ArgumentView::Const(a), ArgumentView::Const(b)) => {
                    differs(&path, Aspect::Constant, Value::Constant(a), Value::Constant(b), report)
                }
                (ArgumentView::Type(a), ArgumentView::Type(b)) => self.node(around.inside(), a, b, &path, report),
                _ => self.another_definition(ours, theirs, &path, report),
            };
        }
        same
    }

    #[inline(never)]
    fn bodies(
        &mut self,
        around: Around<'a, '_>,
        ours: &DefinitionView<'a>,
        theirs: &DefinitionView<'a>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let may_grow = ours.evolution == Evolution::Prefix as u8 && around.is_shared;
        let same = match (&ours.body, &theirs.body) {
            (BodyView::Struct(a), BodyView::Struct(b)) if may_grow => {
                return self.prefix(around, [*a, *b], path, report)
                    && alignments(ours.extent, theirs.extent, path, report);
            }
            (BodyView::Trait(auto_a, a), BodyView::Trait(auto_b, b)) => {
                return self.traits(around, [*auto_a, *auto_b], [*a, *b], path, report);
            }
            (BodyView::Struct(a), BodyView::Struct(b)) | (BodyView::Union(a), BodyView::Union(b)) => {
                self.fields(around.inside(), [*a, *b], path, report)
            }
            (BodyView::Enum(a), BodyView::Enum(b)) => {
                let growth = (ours.evolution == Evolution::Open as u8).then_some(!around.lends_niche);
                let has_tag = has_tag(ours.repr);
                // Without a tag of its own an enum says with a niche of a field which variant it is.
                let inside = Around { lends_niche: !has_tag, ..around.inside() };
                self.variants(inside, growth, [*a, *b], path, report)
                    && (has_tag || variant_order([*a, *b], path, report))
            }
            (a, b) => differs(path, Aspect::Type, body(a), body(b), report),
        };
        same && extents(ours.extent, theirs.extent, path, report)
    }

    /// Which fields there are comes first: what follows from it, offsets and sizes, is not worth a line.
    #[inline(never)]
    fn fields(
        &mut self,
        around: Around<'a, '_>,
        fields: Both<'a, FieldView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let [ours, theirs] = fields;
        if ours.len() == theirs.len() && first_moved(fields).is_none() {
            return self.affords(ours.length() + theirs.length(), path, report)
                && self.fields_in_order(around, fields, path, report);
        }
        self.affords(cost_of_names(fields), path, report)
            && distinct(fields, Aspect::FieldOrder, path, report)
            && self.membership(fields, path, report)
            && self.each_field(around, fields, path, report)
            && offsets(fields, path, report)
    }

    /// The same names in the same order, as it mostly is.
    #[inline(never)]
    fn fields_in_order(
        &mut self,
        around: Around<'a, '_>,
        [ours, theirs]: Both<'a, FieldView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let mut same = true;
        for (field, other) in ours.iter().zip(theirs.iter()) {
            same &= self.field(around, &field, &other, &path.then(Step::Field(field.name)), report);
        }
        same && offsets([ours, theirs], path, report)
    }

    #[inline(never)]
    fn membership(&self, [ours, theirs]: Both<'a, FieldView<'a>>, path: &Trail<'_>, report: Report<'_>) -> Same {
        let (host, patch) = (self.host, self.patch);
        let mut same = true;
        for (place, field) in without_other(ours, theirs) {
            let path = path.then(Step::Field(field.name));
            same = match renamed(place, &field, [ours, theirs]) {
                Some(other) => {
                    let (a, b) = (Value::Name(field.name), Value::Name(other.name));
                    differs(&path, Aspect::FieldRenamed, a, b, report)
                }
                None => differs(&path, Aspect::FieldRemoved, Value::Field(&host, &field), Value::Absent, report),
            };
        }
        for (place, field) in without_other(theirs, ours) {
            same = false;
            if renamed(place, &field, [theirs, ours]).is_none() {
                let path = path.then(Step::Field(field.name));
                differs(&path, Aspect::FieldAdded, Value::Absent, Value::Field(&patch, &field), report);
            }
        }
        same
    }

    #[inline(never)]
    fn each_field(
        &mut self,
        around: Around<'a, '_>,
        [ours, theirs]: Both<'a, FieldView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let mut same = true;
        for (field, other) in with_other(ours, theirs) {
            let Some(other) = other else { continue };
            same &= self.field(around, &field, &other, &path.then(Step::Field(field.name)), report);
        }
        same
    }

    /// A field without its place.
    fn field(
        &mut self,
        around: Around<'a, '_>,
        ours: &FieldView<'a>,
        theirs: &FieldView<'a>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let same = self.node(around, ours.ty, theirs.ty, path, report);
        if ours.lifetimes == theirs.lifetimes {
            return same;
        }
        differs(path, Aspect::Lifetimes, Value::Name(ours.lifetimes), Value::Name(theirs.lifetimes), report)
    }

    /// A struct behind a shared reference: who makes it may have more than who reads it.
    #[inline(never)]
    fn prefix(
        &mut self,
        around: Around<'a, '_>,
        fields: Both<'a, FieldView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        if let Some((a, b)) = first_moved(fields) {
            let path = path.then(Step::Field(a.name));
            return differs(&path, Aspect::FieldRenamed, Value::Name(a.name), Value::Name(b.name), report);
        }
        let same = self.common_fields(around.inside(), fields, path, report);
        self.further_fields(around.flow, fields, path, report) && same
    }

    #[inline(never)]
    fn common_fields(
        &mut self,
        around: Around<'a, '_>,
        [ours, theirs]: Both<'a, FieldView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let mut same = true;
        for (a, b) in ours.iter().zip(theirs.iter()) {
            let path = path.then(Step::Field(a.name));
            same &= self.field(around, &a, &b, &path, report);
            if same && a.offset != b.offset {
                same = differs(&path, Aspect::Offset, place(a.offset), place(b.offset), report);
            }
        }
        same
    }

    #[inline(never)]
    fn further_fields(
        &self,
        flow: Flow,
        [ours, theirs]: Both<'a, FieldView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let (host, patch) = (self.host, self.patch);
        let mut same = true;
        for field in ours.iter().skip(theirs.len()) {
            let path = path.then(Step::Field(field.name));
            let values = (Value::Field(&host, &field), Value::Absent);
            same &= grown(Some(flow == Flow::ToPatch), &path, Aspect::FieldRemoved, values, report);
        }
        for field in theirs.iter().skip(ours.len()) {
            let path = path.then(Step::Field(field.name));
            let values = (Value::Absent, Value::Field(&patch, &field));
            same &= grown(Some(flow == Flow::ToHost), &path, Aspect::FieldAdded, values, report);
        }
        same
    }

    #[inline(never)]
    fn variants(
        &mut self,
        around: Around<'a, '_>,
        growth: Growth,
        variants: Both<'a, VariantView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let is_readable = self.affords(cost_of_names(variants), path, report)
            && distinct(variants, Aspect::VariantOrder, path, report);
        if !is_readable {
            return false;
        }
        // Whoever makes the values must not have variants that the other does not know.
        let towards = |flow| growth.map(|accepted| accepted && around.flow == flow);
        let gone = lost_variants(towards(Flow::ToHost), variants, path, report);
        let new = new_variants(towards(Flow::ToPatch), variants, path, report);
        self.each_variant(around, variants, path, report) && gone && new
    }

    #[inline(never)]
    fn each_variant(
        &mut self,
        around: Around<'a, '_>,
        [ours, theirs]: Both<'a, VariantView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let mut same = true;
        for (variant, other) in with_other(ours, theirs) {
            let Some(other) = other else { continue };
            same &= self.variant(around, &variant, &other, &path.then(Step::Variant(variant.name)), report);
        }
        same
    }

    fn variant(
        &mut self,
        around: Around<'a, '_>,
        ours: &VariantView<'a>,
        theirs: &VariantView<'a>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let same = self.fields(around, [ours.fields, theirs.fields], path, report);
        if ours.discriminant == theirs.discriminant {
            return same;
        }
        let (a, b) = (Value::Constant(ours.discriminant), Value::Constant(theirs.discriminant));
        differs(path, Aspect::Discriminant, a, b, report)
    }

    /// A trait behind `dyn` is its table, whole; that of a service may be longer on either side.
    #[inline(never)]
    fn traits(
        &mut self,
        around: Around<'a, '_>,
        auto: [u8; 2],
        methods: Both<'a, MethodView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let is_lost = if around.is_service { auto[0] & !auto[1] != 0 } else { auto[0] != auto[1] };
        if is_lost {
            return differs_here(path, Aspect::AutoTraits, Value::Auto(auto[0]), Value::Auto(auto[1]), report);
        }
        if let Some((a, b)) = first_moved(methods) {
            let path = path.then(Step::Method(a.name));
            return differs(&path, Aspect::MethodOrder, Value::Name(a.name), Value::Name(b.name), report);
        }
        let same = self.common_methods(around.given(Flow::Both), methods, path, report);
        further_methods(around.is_service, methods, path, report) && same
    }

    #[inline(never)]
    fn common_methods(
        &mut self,
        around: Around<'a, '_>,
        [ours, theirs]: Both<'a, MethodView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let mut same = true;
        for (a, b) in ours.iter().zip(theirs.iter()) {
            let path = path.then(Step::Method(a.name));
            same &= if a.form == b.form && a.inputs.len() == b.inputs.len() {
                self.signature(around, [a.inputs, b.inputs], [a.output, b.output], &path, report)
            } else {
                differs(&path, Aspect::Form, Value::Name(a.form), Value::Name(b.form), report)
            };
        }
        same
    }
}

#[inline(never)]
fn further_methods(
    is_service: bool,
    [ours, theirs]: Both<'_, MethodView<'_>>,
    path: &Trail<'_>,
    report: Report<'_>,
) -> Same {
    let mut same = true;
    for method in ours.iter().skip(theirs.len()) {
        let values = (Value::Name(method.name), Value::Absent);
        let path = path.then(Step::Method(method.name));
        same &= grown(Some(is_service && method.has_default), &path, Aspect::MethodRemoved, values, report);
    }
    for method in theirs.iter().skip(ours.len()) {
        let values = (Value::Absent, Value::Name(method.name));
        let path = path.then(Step::Method(method.name));
        same &= grown(Some(is_service && method.has_default), &path, Aspect::MethodAdded, values, report);
    }
    same
}

/// Variants that only the host has.
#[inline(never)]
fn lost_variants(
    growth: Growth,
    [ours, theirs]: Both<'_, VariantView<'_>>,
    path: &Trail<'_>,
    report: Report<'_>,
) -> Same {
    let mut same = true;
    for (index, variant) in without_other(ours, theirs) {
        let path = path.then(Step::Variant(variant.name));
        same &= match renamed(index, &variant, [ours, theirs]) {
            Some(other) => {
                let (a, b) = (Value::Name(variant.name), Value::Name(other.name));
                differs(&path, Aspect::VariantRenamed, a, b, report)
            }
            None => {
                let values = (Value::Name(variant.name), Value::Absent);
                grown(growth, &path, Aspect::VariantRemoved, values, report)
            }
        };
    }
    same
}

/// Variants that only the patch has.
#[inline(never)]
fn new_variants(
    growth: Growth,
    [ours, theirs]: Both<'_, VariantView<'_>>,
    path: &Trail<'_>,
    report: Report<'_>,
) -> Same {
    let mut same = true;
    for (index, variant) in without_other(theirs, ours) {
        if renamed(index, &variant, [theirs, ours]).is_none() {
            let path = path.then(Step::Variant(variant.name));
            let values = (Value::Absent, Value::Name(variant.name));
            same &= grown(growth, &path, Aspect::VariantAdded, values, report);
        }
    }
    same
}

/// Whether each member has at most one of its name on the other side.
fn distinct<'a, T: Member<'a>>(members: Both<'a, T>, aspect: Aspect, path: &Trail<'_>, report: Report<'_>) -> Same {
    let twice = Value::Word("a name twice");
    !is_ambiguous(members) || differs(path, aspect, twice, twice, report)
}

/// Without a tag of its own, an enum numbers its variants as they stand.
fn variant_order<'a>(variants: Both<'a, VariantView<'a>>, path: &Trail<'_>, report: Report<'_>) -> Same {
    match first_moved(variants) {
        Some((a, b)) => differs(path, Aspect::VariantOrder, Value::Name(a.name), Value::Name(b.name), report),
        None => true,
    }
}

/// Where the fields lie, by name.
#[inline(never)]
fn offsets<'a>([ours, theirs]: Both<'a, FieldView<'a>>, path: &Trail<'_>, report: Report<'_>) -> Same {
    // Where the compiler does not say where they lie, it goes by the order.
    if ours.iter().chain(theirs.iter()).any(|field| field.offset.is_none())
        && let Some((a, b)) = first_moved([ours, theirs])
    {
        return differs(path, Aspect::FieldOrder, Value::Name(a.name), Value::Name(b.name), report);
    }
    let mut pairs = with_other(ours, theirs).filter_map(|(field, other)| Some((field, other?)));
    let Some((field, other)) = pairs.find(|(field, other)| field.offset != other.offset) else { return true };
    let is_reordered = first_moved([ours, theirs]).is_some();
    let aspect = if is_reordered { Aspect::FieldOrder } else { Aspect::Offset };
    differs(&path.then(Step::Field(field.name)), aspect, place(field.offset), place(other.offset), report)
}

/// Whether there may be more on one side than on the other: never, or by where the type stands, and then whether here.
type Growth = Option<bool>;

/// More on one side than on the other.
fn grown(
    growth: Growth,
    path: &Trail<'_>,
    aspect: Aspect,
    (host, patch): (Value<'_>, Value<'_>),
    report: Report<'_>,
) -> Same {
    match growth {
        Some(true) => {
            report(Finding { path, what: What::Evolved { aspect, host, patch } });
            true
        }
        Some(false) => differs_here(path, aspect, host, patch, report),
        None => differs(path, aspect, host, patch, report),
    }
}

/// Whether an enum has a tag that stands by itself, with the values that are written down.
fn has_tag(repr: &str) -> bool {
    repr.split(',').any(|part| part == "C" || part.starts_with(['u', 'i']))
}

fn place(offset: Option<u64>) -> Value<'static> {
    offset.map_or(Value::Word("unknown"), at_byte)
}

fn evolution(number: u8) -> Value<'static> {
    Value::Word(match number {
        0 => "closed",
        1 => "open",
        _ => "prefix",
    })
}

fn repr(text: &str) -> Value<'_> {
    Value::Name(if text.is_empty() { "Rust" } else { text })
}

fn body(body: &BodyView<'_>) -> Value<'static> {
    Value::Word(match body {
        BodyView::Struct(_) => "a struct",
        BodyView::Union(_) => "a union",
        BodyView::Enum(_) => "an enum",
        BodyView::Trait(..) => "a trait",
    })
}
