//! Abstract values: what an expression may be, where it came from, and what it was computed from.

use std::rc::Rc;
use std::sync::Arc;

use crate::checkout::Span;

/// A module of one run, in order of loading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub u32);

/// An object on the heap of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub u32);

/// The literal or expression that gave a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// In which module.
    pub module: ModuleId,
    /// The bytes.
    pub span: Span,
}

/// What a value, or the way to a place, depends on: a set of environment variables that nothing in the checkout
/// sets and that were assumed unset, and whether the number or role of the worker, or who launched it, had a part in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Taint(u64);

impl Taint {
    /// Depends on nothing of the kind.
    pub const NONE: Self = Self(0);
    /// Depends on the number of the worker: its instance number or PM2 id.
    pub const INSTANCE: Self = Self(1);
    /// Depends on what the worker is to the `cluster` module.
    pub const ROLE: Self = Self(2);
    /// Depends on the worker's number in the daemon, `pm_id`, which other apps have a part in.
    pub const PM_ID: Self = Self(4 | Self::INSTANCE.0);
    /// Depends on which file Node was given as the main one: PM2's container or the script.
    pub const LAUNCHER: Self = Self(8);

    /// Depends on whether there is a channel to a parent process.
    pub const CHANNEL: Self = Self(16);

    /// Depends on what tells this process from all others: an id of its own, the answer of a lock.
    pub const PROCESS: Self = Self(32);

    /// Depends on how many CPUs the host has.
    pub const CPUS: Self = Self(64);

    const FIRST_ASSUMPTION: u32 = 7;
    const LAST_ASSUMPTION: usize = 56;

    /// Depends on assumption number `index`; those past the 56th are not told apart.
    pub fn assumption(index: usize) -> Self {
        Self(1 << (Self::FIRST_ASSUMPTION as usize + index.min(Self::LAST_ASSUMPTION)))
    }

    /// Depends on what either depends on.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the worker's number had a part.
    pub fn of_instance(self) -> bool {
        self.0 & Self::INSTANCE.0 != 0
    }

    /// Whether `pm_id` had a part.
    pub fn of_pm_id(self) -> bool {
        self.0 & Self::PM_ID.0 == Self::PM_ID.0
    }

    /// Whether the worker's role had a part.
    pub fn of_role(self) -> bool {
        self.0 & Self::ROLE.0 != 0
    }

    /// Whether it had a part that there is a channel to a parent process.
    pub fn of_channel(self) -> bool {
        self.0 & Self::CHANNEL.0 != 0
    }

    /// Whether the file that Node was given had a part.
    pub fn of_launcher(self) -> bool {
        self.0 & Self::LAUNCHER.0 != 0
    }

    /// Whether something had a part that tells this process from all others.
    pub fn of_process(self) -> bool {
        self.0 & Self::PROCESS.0 != 0
    }

    /// Whether the number of the host's CPUs had a part.
    pub fn of_cpus(self) -> bool {
        self.0 & Self::CPUS.0 != 0
    }

    /// Whether a variable was assumed unset.
    pub fn is_assumed(self) -> bool {
        self.0 >> Self::FIRST_ASSUMPTION != 0
    }

    /// The numbers of the assumptions.
    pub fn assumptions(self) -> impl Iterator<Item = usize> {
        (0..=Self::LAST_ASSUMPTION).filter(move |index| self.0 & Self::assumption(*index).0 != 0)
    }

    /// Whether there is any.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// A value with its origin and taint.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// What gave it.
    pub origin: Option<Origin>,
    /// What it depends on.
    pub taint: Taint,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// `undefined`
    Undefined,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    String(Arc<str>),
    /// A BigInt, by its decimal digits.
    BigInt(Arc<str>),
    /// An object, array or function.
    Object(ObjectId),
    /// An element of an array that is not there; reading it gives `undefined`.
    Hole,
    /// Not decided.
    Unknown(Rc<Unknown>),
}

/// A value that is not decided.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// Why.
    pub why: Arc<str>,
    /// The way it came out of a library or global: `express().listen`, `process.send`, `node-cron.schedule`.
    pub symbol: Option<Arc<str>>,
    /// It is one of these (two or more).
    pub choices: Vec<Value>,
    /// All that is known of its nature.
    pub nature: Nature,
}

/// What is known of an undecided value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Nothing.
    Anything,
    /// A number.
    Number,
    /// A string; it may be empty.
    String,
    /// A string that is not empty: truthy.
    Text,
    /// `true` or `false`.
    Bool,
    /// A BigInt.
    BigInt,
    /// A symbol: truthy.
    Symbol,
    /// An object or function: truthy.
    Object,
}

impl Value {
    /// A value without origin or taint.
    pub fn new(kind: Kind) -> Self {
        Self { kind, origin: None, taint: Taint::NONE }
    }

    /// `undefined`
    pub fn undefined() -> Self {
        Self::new(Kind::Undefined)
    }

    /// A string.
    pub fn string(text: impl Into<Arc<str>>) -> Self {
        Self::new(Kind::String(text.into()))
    }

    /// A number.
    pub fn number(number: f64) -> Self {
        Self::new(Kind::Number(number))
    }

    /// `true`, `false`
    pub fn bool(value: bool) -> Self {
        Self::new(Kind::Bool(value))
    }

    /// An object.
    pub fn object(id: ObjectId) -> Self {
        Self::new(Kind::Object(id))
    }

    /// Stands, as the last argument of a call, for any number of further ones.
    pub(crate) fn further(why: impl Into<Arc<str>>) -> Self {
        Self::undecided(why, Some("...".into()), Nature::Anything)
    }

    /// Whether it stands for any number of further arguments.
    pub(crate) fn is_further(&self) -> bool {
        self.as_symbol().is_some_and(|symbol| &**symbol == "...")
    }

    /// What reading an element gives: `undefined` for a hole.
    #[must_use]
    pub(crate) fn filled(self) -> Self {
        match self.kind {
            Kind::Hole => Self { kind: Kind::Undefined, ..self },
            _ => self,
        }
    }

    /// Undecided, because of `why`.
    pub fn unknown(why: impl Into<Arc<str>>) -> Self {
        Self::undecided(why, None, Nature::Anything)
    }

    /// Undecided, but of a known nature.
    pub fn unknown_of(nature: Nature, why: impl Into<Arc<str>>) -> Self {
        Self::undecided(why, None, nature)
    }

    /// What comes out of a library or global by the way `symbol`.
    pub fn symbol(symbol: impl Into<Arc<str>>, nature: Nature) -> Self {
        let symbol = symbol.into();
        Self::undecided(format!("`{symbol}` is known at run time only"), Some(symbol), nature)
    }

    pub(super) fn undecided(why: impl Into<Arc<str>>, symbol: Option<Arc<str>>, nature: Nature) -> Self {
        Self::new(Kind::Unknown(Rc::new(Unknown { why: why.into(), symbol, choices: Vec::new(), nature })))
    }

    /// This value or `other`: either where they are the same, else undecided between both.
    #[must_use]
    pub fn or(self, other: Self, why: &str) -> Self {
        if self.same(&other) {
            return self.tainted(other.taint);
        }
        Self::one_of([self, other], why)
    }

    /// One of `choices`: the only one, or undecided between all that differ.
    pub fn one_of(choices: impl IntoIterator<Item = Self>, why: &str) -> Self {
        let mut distinct: Vec<Self> = Vec::new();
        for choice in choices.into_iter().flat_map(Self::into_choices) {
            match distinct.iter_mut().find(|known| known.same(&choice)) {
                Some(known) => known.taint = known.taint.with(choice.taint),
                None => distinct.push(choice),
            }
        }
        let taint = distinct.iter().fold(Taint::NONE, |taint, choice| taint.with(choice.taint));
        if distinct.len() == 1 {
            return distinct.swap_remove(0);
        }
        if distinct.len() > MAX_CHOICES || distinct.is_empty() {
            distinct.clear();
        }
        let unknown = Unknown { why: why.into(), symbol: None, choices: distinct, nature: Nature::Anything };
        Self { kind: Kind::Unknown(Rc::new(unknown)), origin: None, taint }
    }

    /// The values it may be: its choices, or itself.
    pub fn into_choices(self) -> Vec<Self> {
        match &self.kind {
            Kind::Unknown(unknown) if !unknown.choices.is_empty() => unknown.choices.clone(),
            _ => vec![self],
        }
    }

    /// The same value, given by `origin` unless something nearer gave it.
    #[must_use]
    pub fn or_origin(mut self, origin: Origin) -> Self {
        self.origin.get_or_insert(origin);
        self
    }

    /// The same value, given by `origin`.
    #[must_use]
    pub fn at(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// The same value, also depending on `taint`.
    #[must_use]
    pub fn tainted(mut self, taint: Taint) -> Self {
        self.taint = self.taint.with(taint);
        self
    }

    /// Whether the value is not decided.
    pub fn is_unknown(&self) -> bool {
        matches!(self.kind, Kind::Unknown(_))
    }

    /// Whether it is `undefined` or `null`; `None` where undecided.
    pub fn is_nullish(&self) -> Option<bool> {
        match &self.kind {
            Kind::Undefined | Kind::Null | Kind::Hole => Some(true),
            Kind::Unknown(unknown) => match unknown.nature {
                Nature::Anything => unanimous(unknown.choices.iter().map(Self::is_nullish)),
                _ => Some(false),
            },
            _ => Some(false),
        }
    }

    /// JavaScript's truthiness; `None` where undecided.
    pub fn truthy(&self) -> Option<bool> {
        match &self.kind {
            Kind::Undefined | Kind::Null | Kind::Hole => Some(false),
            Kind::Bool(value) => Some(*value),
            Kind::Number(number) => Some(*number != 0.0 && !number.is_nan()),
            Kind::String(text) => Some(!text.is_empty()),
            Kind::BigInt(digits) => Some(&**digits != "0"),
            Kind::Object(_) => Some(true),
            Kind::Unknown(unknown) if matches!(unknown.nature, Nature::Object | Nature::Symbol | Nature::Text) => {
                Some(true)
            }
            Kind::Unknown(unknown) => unanimous(unknown.choices.iter().map(Self::truthy)),
        }
    }

    /// The way it came out of a library or global.
    pub fn as_symbol(&self) -> Option<&Arc<str>> {
        match &self.kind {
            Kind::Unknown(unknown) => unknown.symbol.as_ref(),
            _ => None,
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number.
    pub fn as_number(&self) -> Option<f64> {
        match self.kind {
            Kind::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The object.
    pub fn as_object(&self) -> Option<ObjectId> {
        match self.kind {
            Kind::Object(id) => Some(id),
            _ => None,
        }
    }

    /// Why it is not decided.
    pub fn why(&self) -> Option<&Arc<str>> {
        match &self.kind {
            Kind::Unknown(unknown) => Some(&unknown.why),
            _ => None,
        }
    }

    /// Whether both are surely the same value from the same run.
    pub fn same(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Undefined, Kind::Undefined) | (Kind::Null, Kind::Null) | (Kind::Hole, Kind::Hole) => true,
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            (Kind::Number(a), Kind::Number(b)) => a.to_bits() == b.to_bits(),
            (Kind::String(a), Kind::String(b)) | (Kind::BigInt(a), Kind::BigInt(b)) => a == b,
            (Kind::Object(a), Kind::Object(b)) => a == b,
            (Kind::Unknown(a), Kind::Unknown(b)) => {
                Rc::ptr_eq(a, b)
                    || a.symbol.as_ref().is_some_and(|symbol| {
                        let is_shared = !symbol.contains('(') && &**symbol != "...";
                        b.symbol.as_ref() == Some(symbol) && (is_shared || self.origin == other.origin)
                    })
            }
            _ => false,
        }
    }
}

const MAX_CHOICES: usize = 8;

fn unanimous(votes: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = None;
    for vote in votes {
        let vote = vote?;
        if *result.get_or_insert(vote) != vote {
            return None;
        }
    }
    result
}
