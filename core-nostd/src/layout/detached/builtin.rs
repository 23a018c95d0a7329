//! What is known of the types of core, alloc and std, and of dynpatch.

use crate::layout::{Node, NodeView};

/// What a value may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Builtin {
    /// Nothing.
    Plain,
    /// What it owns.
    Owner,
    /// The same; and, where it is empty, a static.
    Map,
    /// What it owns, which can be exchanged behind `&`.
    Cell,
    /// What it owns together with others.
    Counted,
    /// What it borrows.
    Borrow,
    /// What it borrows alone, or could write to.
    Exclusive,
    /// Either of what it owns and what it borrows.
    Cow,
    /// What it points to, which can be exchanged behind `&`.
    Atomic,
    /// Values that are sent.
    Sender,
    /// Values that were sent.
    Receiver,
    /// Code, which takes and gives values.
    Callable,
    /// Code; what it gives are its arguments, and nothing can be put into it.
    Object,
    /// A service, whose methods are items of their own.
    Service,
    /// The image that made it, which it keeps.
    Keeper,
    /// Values of any type, which can be taken out.
    Anything,
    /// Nobody knows what.
    Unknown,
}

impl Builtin {
    pub(super) fn of(name: &str) -> Self {
        match name {
            // A patch can make a `Formatter` for code of its own only.
            "Formatter" | "PhantomData" | "PhantomPinned" | "NonZero" | "Ordering" | "Infallible" | "c_void" => {
                Self::Plain
            }
            "AtomicBool" | "AtomicI8" | "AtomicU8" | "AtomicI16" | "AtomicU16" | "AtomicI32" | "AtomicU32" => {
                Self::Plain
            }
            "AtomicI64" | "AtomicU64" | "AtomicIsize" | "AtomicUsize" => Self::Plain,
            "IpAddr" | "Ipv4Addr" | "Ipv6Addr" | "SocketAddr" | "SocketAddrV4" | "SocketAddrV6" => Self::Plain,
            "ParseIntError" | "ParseFloatError" | "fmt::Error" | "Utf8Error" | "FromUtf8Error" | "ErrorKind" => {
                Self::Plain
            }
            "RangeFull" | "Duration" | "Instant" | "SystemTime" | "ThreadId" | "ExitStatus" | "RandomState" => {
                Self::Plain
            }
            "String" | "CString" | "OsString" | "PathBuf" | "CStr" | "OsStr" | "Path" => Self::Plain,
            "File" | "TcpListener" | "TcpStream" | "UdpSocket" | "Condvar" => Self::Plain,
            "(,)" | "[]" | "Option" | "Result" | "ControlFlow" | "Poll" | "Pin" | "Box" | "Bound" => Self::Owner,
            "Range" | "RangeFrom" | "RangeTo" | "RangeInclusive" | "RangeToInclusive" => Self::Owner,
            "Reverse" | "Wrapping" | "Saturating" | "ManuallyDrop" | "MaybeUninit" | "Cursor" => Self::Owner,
            "Vec" | "VecDeque" | "LinkedList" | "BinaryHeap" | "BTreeMap" | "BTreeSet" => Self::Owner,
            "HashMap" | "HashSet" => Self::Map,
            "Cell" | "RefCell" | "UnsafeCell" | "OnceCell" | "Mutex" | "RwLock" | "OnceLock" => Self::Cell,
            "Rc" | "Arc" | "rc::Weak" | "sync::Weak" => Self::Counted,
            "&" => Self::Borrow,
            "&mut" | "*const" | "*mut" | "NonNull" => Self::Exclusive,
            "Cow" => Self::Cow,
            "AtomicPtr" => Self::Atomic,
            "Sender" | "SyncSender" => Self::Sender,
            "Receiver" => Self::Receiver,
            "dyn Future" | "dyn Future + Send" | "Waker" | "Context" | "JoinHandle" | "io::Error" => Self::Object,
            "dyn Error" | "dyn Error + Send" | "dyn Error + Send + Sync" => Self::Object,
            "Service" => Self::Service,
            "Held" => Self::Keeper,
            "dyn Any" | "dyn Any + Send" | "dyn Any + Send + Sync" => Self::Anything,
            _ if name.starts_with("dyn Fn") => Self::Callable,
            _ => Self::Unknown,
        }
    }
}

pub(super) fn is_primitive(name: &str) -> bool {
    let is_number = |name: &str| matches!(name, "8" | "16" | "32" | "64" | "128" | "size");
    matches!(name, "bool" | "char" | "str" | "f32" | "f64" | "!")
        || name.strip_prefix(['u', 'i']).is_some_and(is_number)
}

/// Whether the default of an `Arc` of this type leads to a static.
pub(super) fn is_slice(ty: NodeView<'_>) -> bool {
    match ty.node() {
        Node::Primitive { name } => name == "str",
        Node::Builtin { name, .. } => matches!(name, "[]" | "CStr" | "OsStr" | "Path"),
        _ => false,
    }
}
