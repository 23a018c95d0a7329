//! What a comparison finds, and how that reads.

use super::{ArgumentView, BodyView, DefinitionView, FieldView, Node, NodeView, Sequence, TypeTable};
use core::fmt::{self, Display, Formatter};
use dynpatch_interface::types::AutoTraits;

/// Something worth telling, and where.
#[derive(Debug, Clone, Copy)]
pub struct Finding<'x> {
    /// The way from the item to the place.
    pub path: &'x Trail<'x>,
    /// What is there.
    pub what: What<'x>,
}

/// What was found.
#[derive(Debug, Clone, Copy)]
pub enum What<'x> {
    /// The images differ, and must not exchange the item.
    Differs {
        /// In which respect.
        aspect: Aspect,
        /// What the host says.
        host: Value<'x>,
        /// What the patch says.
        patch: Value<'x>,
        /// Whether they do wherever the type stands; else the same difference may be allowed elsewhere.
        everywhere: bool,
    },
    /// The images differ, in a way that was declared.
    Evolved {
        /// In which respect.
        aspect: Aspect,
        /// What the host says.
        host: Value<'x>,
        /// What the patch says.
        patch: Value<'x>,
    },
    /// A type that is not described: its name and its room are all that was compared.
    Opaque(Value<'x>),
    /// A type that holds values of types nobody sees here.
    Downcasts(Value<'x>),
    /// A description refers to a definition that its image does not have.
    Dangling,
    /// The comparison went too deep, or took too long.
    TooComplex,
}

/// In which respect two types differ. [`Aspect::code`] is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aspect {
    /// Another type.
    Type,
    /// A copy of the type, from another package: told, and no reason to refuse.
    Package,
    /// A field that only the patch has.
    FieldAdded,
    /// A field that only the host has.
    FieldRemoved,
    /// A field with another name and all else the same.
    FieldRenamed,
    /// The same fields, in another order.
    FieldOrder,
    /// Where a field lies.
    Offset,
    /// Bytes.
    Size,
    /// Alignment.
    Alignment,
    /// Whether `Option` of it takes no more room.
    Niche,
    /// `repr`
    Repr,
    /// How the definition may differ.
    Evolution,
    /// A variant that only the patch has.
    VariantAdded,
    /// A variant that only the host has.
    VariantRemoved,
    /// A variant with another name and all else the same.
    VariantRenamed,
    /// The same variants, in another order, where the order is the layout.
    VariantOrder,
    /// The number of a variant.
    Discriminant,
    /// The length of an array.
    Length,
    /// A constant argument of a generic type.
    Constant,
    /// How many arguments.
    Arguments,
    /// Which lifetimes are the same.
    Lifetimes,
    /// Safety, asynchrony and lifetimes of a signature.
    Form,
    /// The calling convention.
    Abi,
    /// Whether a function is `unsafe`.
    Safety,
    /// `Send`, `Sync`, `Unpin`.
    AutoTraits,
    /// A method that only the patch has.
    MethodAdded,
    /// A method that only the host has.
    MethodRemoved,
    /// A method at another place.
    MethodOrder,
}

impl Aspect {
    /// The stable spelling, for logs and scripts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Package => "package",
            Self::FieldAdded => "field-added",
            Self::FieldRemoved => "field-removed",
            Self::FieldRenamed => "field-renamed",
            Self::FieldOrder => "field-order",
            Self::Offset => "offset",
            Self::Size => "size",
            Self::Alignment => "alignment",
            Self::Niche => "niche",
            Self::Repr => "repr",
            Self::Evolution => "evolution",
            Self::VariantAdded => "variant-added",
            Self::VariantRemoved => "variant-removed",
            Self::VariantRenamed => "variant-renamed",
            Self::VariantOrder => "variant-order",
            Self::Discriminant => "discriminant",
            Self::Length => "length",
            Self::Constant => "constant",
            Self::Arguments => "arguments",
            Self::Lifetimes => "lifetimes",
            Self::Form => "form",
            Self::Abi => "abi",
            Self::Safety => "safety",
            Self::AutoTraits => "auto-traits",
            Self::MethodAdded => "method-added",
            Self::MethodRemoved => "method-removed",
            Self::MethodOrder => "method-order",
        }
    }

    /// What to do about it.
    pub const fn help(self) -> &'static str {
        match self {
            Self::VariantAdded | Self::VariantRemoved => {
                "give the new form another name, or mark the enum `#[patch_type(open)]` in both if only one side makes values \
                 and no `Option` or enum holds them"
            }
            Self::FieldAdded | Self::FieldRemoved => {
                "give the new form another name, or restart the host with it; a `repr(C)` struct behind `&` may grow if it \
                 is marked `#[patch_type(prefix)]` in both"
            }
            Self::MethodAdded | Self::MethodRemoved | Self::MethodOrder => {
                "append methods at the end, with a default body"
            }
            _ => "give the new form another name, or restart the host with it",
        }
    }
}

/// What one side says.
#[derive(Debug, Clone, Copy)]
pub enum Value<'x> {
    /// Nothing.
    Absent,
    /// A name.
    Name(&'x str),
    /// A number with its unit before and behind it.
    Number(&'static str, u64, &'static str),
    /// A constant or a discriminant.
    Constant(i128),
    /// Yes or no, in words.
    Word(&'static str),
    /// Auto traits as bits.
    Auto(u8),
    /// A type.
    Type(&'x TypeTable<'x, 'x>, NodeView<'x>),
    /// A type, by its definition.
    Defined(&'x TypeTable<'x, 'x>, &'x DefinitionView<'x>),
    /// A field.
    Field(&'x TypeTable<'x, 'x>, &'x FieldView<'x>),
}

impl Display for Value<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("none"),
            Self::Name("") => f.write_str("nothing"),
            Self::Name(name) | Self::Word(name) => f.write_str(name),
            Self::Number(before, number, behind) => write!(f, "{before}{number}{behind}"),
            Self::Constant(value) => write!(f, "{value}"),
            Self::Auto(0) => f.write_str("none of Send, Sync, Unpin"),
            Self::Auto(bits) => {
                let named = AutoTraits::ALL.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| *name);
                named.enumerate().try_for_each(|(at, name)| write!(f, "{}{name}", if at > 0 { " + " } else { "" }))
            }
            Self::Type(types, node) => Names::of(types).show(f, *node),
            Self::Defined(types, definition) => Names::of(types).show_definition(f, definition),
            Self::Field(types, field) => {
                Names::of(types).show(f, field.ty)?;
                field.offset.map_or(Ok(()), |offset| write!(f, " at byte {offset}"))
            }
        }
    }
}

/// Levels of a type that its name shows.
const NAME_DEPTH: usize = 8;
/// Types that the name of a type shows altogether.
const NAME_PARTS: usize = 32;

/// Writes types as people do, but never more than anyone would read: a description may be wide as well as deep.
struct Names<'x> {
    types: &'x TypeTable<'x, 'x>,
    depth: usize,
    left: usize,
}

impl<'x> Names<'x> {
    fn of(types: &'x TypeTable<'x, 'x>) -> Self {
        Self { types, depth: NAME_DEPTH, left: NAME_PARTS }
    }

    fn show(&mut self, f: &mut Formatter<'_>, node: NodeView<'x>) -> fmt::Result {
        self.left = self.left.saturating_sub(1);
        let Some(depth) = self.depth.checked_sub(1) else { return f.write_str("…") };
        self.depth = depth;
        let result = self.show_node(f, node.node());
        self.depth += 1;
        result
    }

    fn show_node(&mut self, f: &mut Formatter<'_>, node: Node<'x>) -> fmt::Result {
        match node {
            Node::Primitive { name } | Node::Opaque { name, .. } => f.write_str(name),
            Node::Builtin { name, arguments, .. } => self.show_builtin(f, name, arguments),
            Node::Array { length, element } => {
                f.write_str("[")?;
                self.show(f, element)?;
                write!(f, "; {length}]")
            }
            Node::Function { abi, is_unsafe, inputs, output } => {
                f.write_str(if is_unsafe { "unsafe " } else { "" })?;
                if abi != "Rust" {
                    write!(f, "extern \"{abi}\" ")?;
                }
                f.write_str("fn(")?;
                self.show_all(f, inputs)?;
                f.write_str(") -> ")?;
                self.show(f, output)
            }
            Node::Defined { key } => match self.types.find(key) {
                Some(definition) => self.show_definition(f, &definition),
                None => f.write_str("a type without definition"),
            },
            Node::Inline(definition) => self.show_definition(f, &definition),
            Node::Recursive { .. } => f.write_str("Self"),
        }
    }

    fn show_builtin(
        &mut self,
        f: &mut Formatter<'_>,
        name: &str,
        arguments: Sequence<'x, NodeView<'x>>,
    ) -> fmt::Result {
        let (before, behind) = match (name, arguments.len()) {
            ("(,)", 1) => ("(", ",)"),
            ("(,)", _) => ("(", ")"),
            (_, 0) => return f.write_str(name),
            ("&", _) => ("&", ""),
            ("[]", _) => ("[", "]"),
            ("&mut" | "*const" | "*mut", _) => {
                f.write_str(name)?;
                (" ", "")
            }
            _ => {
                f.write_str(name)?;
                ("<", ">")
            }
        };
        f.write_str(before)?;
        self.show_all(f, arguments)?;
        f.write_str(behind)
    }

    fn show_definition(&mut self, f: &mut Formatter<'_>, definition: &DefinitionView<'x>) -> fmt::Result {
        if matches!(definition.body, BodyView::Trait(..)) {
            f.write_str("dyn ")?;
        }
        f.write_str(definition.name)?;
        if definition.arguments.is_empty() {
            return Ok(());
        }
        f.write_str("<")?;
        self.show_list(f, definition.arguments.iter(), |names, f, argument| match argument {
            ArgumentView::Type(node) => names.show(f, node),
            ArgumentView::Const(value) => write!(f, "{value}"),
        })?;
        f.write_str(">")
    }

    fn show_all(&mut self, f: &mut Formatter<'_>, nodes: Sequence<'x, NodeView<'x>>) -> fmt::Result {
        self.show_list(f, nodes.iter(), Self::show)
    }

    fn show_list<T>(
        &mut self,
        f: &mut Formatter<'_>,
        parts: impl Iterator<Item = T>,
        show: impl Fn(&mut Self, &mut Formatter<'_>, T) -> fmt::Result,
    ) -> fmt::Result {
        for (index, part) in parts.enumerate() {
            f.write_str(if index > 0 { ", " } else { "" })?;
            if self.left == 0 || index == NAME_PARTS {
                return f.write_str("…");
            }
            show(self, f, part)?;
        }
        Ok(())
    }
}

impl Display for What<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Differs { aspect, host, patch, .. } | Self::Evolved { aspect, host, patch } => {
                let subject = match aspect {
                    Aspect::Lifetimes => "lifetimes: ",
                    Aspect::FieldOrder | Aspect::VariantOrder | Aspect::MethodOrder => "order: ",
                    Aspect::FieldRenamed | Aspect::VariantRenamed => "name: ",
                    Aspect::Discriminant => "discriminant: ",
                    Aspect::Repr => "repr: ",
                    Aspect::Package => "a copy of the type: ",
                    _ => "",
                };
                write!(f, "{subject}host {host}, patch {patch}")
            }
            Self::Opaque(value) => write!(f, "{value} is not described: only its name and its size are compared"),
            Self::Downcasts(value) => write!(f, "{value} may hold values of any type, which are not compared"),
            Self::Dangling => f.write_str("refers to a definition that is not there"),
            Self::TooComplex => f.write_str("is too large or too deep to compare"),
        }
    }
}

/// The way from an item to a place in one of its types. Displays as `argument 0 (Request), field leaves[].qty`.
#[derive(Debug, Clone, Copy)]
pub struct Trail<'x> {
    /// What leads here; none from the item itself.
    pub parent: Option<&'x Trail<'x>>,
    /// The last step.
    pub step: Step<'x>,
}

/// One step into a type.
#[derive(Debug, Clone, Copy)]
pub enum Step<'x> {
    /// The item itself.
    Item,
    /// An argument of a function, counted from zero, and its type.
    Argument(usize, &'x Value<'x>),
    /// The result of a function, and its type.
    Result(&'x Value<'x>),
    /// The type of a shared static.
    Static(&'x Value<'x>),
    /// A method of a trait.
    Method(&'x str),
    /// A field, of a struct, a union, or a variant.
    Field(&'x str),
    /// A variant.
    Variant(&'x str),
    /// What a list, a slice or an array is made of.
    Element,
    /// One of several type arguments, counted from zero.
    Parameter(usize),
    /// What a reference, a box or another wrapper holds.
    Inner,
}

impl Trail<'_> {
    /// Its beginnings, from the item to all of it. Without recursion: it is shown where the stack is deepest.
    fn beginnings(&self) -> impl Iterator<Item = &Self> {
        let length = core::iter::successors(Some(self), |path| path.parent).count();
        (0..length).rev().filter_map(move |behind| core::iter::successors(Some(self), |path| path.parent).nth(behind))
    }
}

impl Display for Trail<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // The first step into a type says what follows; the others follow.
        let mut is_within = false;
        for path in self.beginnings() {
            let open = if is_within { "" } else { ", field " };
            match path.step {
                Step::Item | Step::Inner => continue,
                Step::Argument(place, ty) => write!(f, ", argument {place} ({ty})")?,
                Step::Result(ty) => write!(f, ", result ({ty})")?,
                Step::Static(ty) => write!(f, ", type {ty}")?,
                Step::Method(name) => write!(f, ", method {name}")?,
                Step::Field(name) if is_within => write!(f, ".{name}")?,
                Step::Field(name) => write!(f, ", field {name}")?,
                Step::Variant(name) if is_within => write!(f, "::{name}")?,
                Step::Variant(name) => write!(f, ", variant {name}")?,
                Step::Element => write!(f, "{open}[]")?,
                Step::Parameter(place) => write!(f, "{open}<{place}>")?,
            }
            is_within = matches!(path.step, Step::Field(_) | Step::Variant(_) | Step::Element | Step::Parameter(_));
        }
        Ok(())
    }
}
