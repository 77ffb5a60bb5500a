//! The values that entries are made of.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer};

/// Text of a table, or of a user's settings. Its `Debug` form is its Rust source, for the tables.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Text(pub Cow<'static, str>);

/// Items of a table, or of a user's settings. Its `Debug` form is its Rust source, for the tables.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct List<T: Clone + 'static>(pub Cow<'static, [T]>);

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<T: Clone> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Clone> Default for List<T> {
    fn default() -> Self {
        Self(Cow::Borrowed(&[]))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Text(Cow::Borrowed({:?}))", &self.0)
    }
}

impl<T: Clone + fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "List(Cow::Borrowed(&{:?}))", &self.0)
    }
}

/// Where a value is, seen from a call.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub enum Place {
    /// An argument of the call, or an option in it (`listen.port`: an option of an option).
    Argument {
        /// Which.
        argument: Which,
        /// The option's path in that argument.
        option: Option<Text>,
    },
    /// An argument of the call that made the receiver: the port of `Hapi.server({ port })` for `.start()`.
    Creation {
        /// Which.
        creation: Which,
        /// The option's path in that argument.
        option: Option<Text>,
    },
    /// An environment variable that the library reads.
    Environment {
        /// Its name.
        env: Text,
    },
    /// A command line option (`--port`).
    Flag {
        /// As written.
        flag: Text,
    },
}

/// Which argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "an argument is its number, from 0, or \"last\" (the last function) or \"any\"")]
pub enum Which {
    /// By position, from 0.
    Index(u8),
    /// By role.
    Role(Role),
}

/// The role of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The last one that is a function.
    Last,
    /// Any one.
    Any,
}

/// Something that holds for some calls only.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Condition {
    /// Which value is looked at.
    pub place: Place,
    /// What it must be.
    pub test: Test,
}

/// What a value must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Of this kind.
    Is(Kind),
    /// This very value.
    Equals(Literal),
    /// A text that contains this one.
    Contains(Text),
}

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Anything but `undefined`.
    Given,
    /// `undefined`, or not there.
    Missing,
    /// A number, or a string of digits.
    Number,
    /// Truthy.
    Truthy,
    /// Known, and the same in every worker.
    Fixed,
}

/// A value written out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "`true`, `false` or a string")]
pub enum Literal {
    /// `true`, `false`
    Bool(bool),
    /// A string; an array of strings is written with commas (`websocket`).
    String(Text),
}

/// A place or a condition as it is written: one table, so that a mistake in it is told as one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    argument: Option<Which>,
    creation: Option<Which>,
    option: Option<Text>,
    env: Option<Text>,
    flag: Option<Text>,
    is: Option<Kind>,
    equals: Option<Literal>,
    contains: Option<Text>,
}

impl Written {
    fn place(&mut self) -> Result<Place, &'static str> {
        let option = self.option.take();
        match (self.argument.take(), self.creation.take(), self.env.take(), self.flag.take()) {
            (Some(argument), None, None, None) => Ok(Place::Argument { argument, option }),
            (None, Some(creation), None, None) => Ok(Place::Creation { creation, option }),
            (None, None, Some(env), None) if option.is_none() => Ok(Place::Environment { env }),
            (None, None, None, Some(flag)) if option.is_none() => Ok(Place::Flag { flag }),
            _ => Err("a place has one of `argument`, `creation`, `env` and `flag`; the first two may have an `option`"),
        }
    }

    fn test(&mut self) -> Result<Option<Test>, &'static str> {
        match (self.is.take(), self.equals.take(), self.contains.take()) {
            (None, None, None) => Ok(None),
            (Some(kind), None, None) => Ok(Some(Test::Is(kind))),
            (None, Some(literal), None) => Ok(Some(Test::Equals(literal))),
            (None, None, Some(part)) => Ok(Some(Test::Contains(part))),
            _ => Err("a condition has one of `is`, `equals` and `contains`"),
        }
    }
}

impl TryFrom<Written> for Place {
    type Error = &'static str;

    fn try_from(mut written: Written) -> Result<Self, Self::Error> {
        match written.test()? {
            None => written.place(),
            Some(_) => Err("a place has no `is`, `equals` or `contains`"),
        }
    }
}

impl TryFrom<Written> for Condition {
    type Error = &'static str;

    fn try_from(mut written: Written) -> Result<Self, Self::Error> {
        let test = written.test()?.ok_or("a condition has one of `is`, `equals` and `contains`")?;
        Ok(Self { place: written.place()?, test })
    }
}

/// Reads texts with `{a,b}` in them.
pub(super) fn expanded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<List<Text>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let expanded = texts.iter().flat_map(|text| expand(text)).map(|text| Text(Cow::Owned(text)));
    Ok(List(expanded.collect()))
}

/// `a{b,c}d` as `abd` and `acd`; braces do not nest.
fn expand(text: &str) -> Vec<String> {
    let Some((before, rest)) = text.split_once('{') else { return vec![text.to_owned()] };
    let Some((inside, after)) = rest.split_once('}') else { return vec![text.to_owned()] };
    let tails = expand(after);
    inside.split(',').flat_map(|word| tails.iter().map(move |tail| format!("{before}{word}{tail}"))).collect()
}
