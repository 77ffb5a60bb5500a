//! A user's own entries, in the form of `rules/catalog/*.toml`.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::model::*;
use super::{Catalog, is_of};
use crate::modules::version::is_range;

/// Something wrong in an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Bytes of the file.
    pub at: Range<usize>,
    /// What, and what is allowed.
    pub what: String,
}

macro_rules! written {
    ($($name:ident: $entry:ident,)+) => {
        /// Entries of all kinds, with the places where they are written.
        #[derive(Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct WrittenEntries {
            $($name: Vec<Spanned<$entry>>,)+
            script: Vec<Spanned<Script>>,
            same: Vec<Spanned<Same>>,
        }

        impl WrittenEntries {
            /// The entries, if each can be found by what it names.
            ///
            /// # Errors
            /// The first that cannot.
            pub fn checked(self) -> Result<Entries, Mistake> {
                $(self.$name.iter().try_for_each(check)?;)+
                let is_empty = |script: &&Spanned<Script>| script.get_ref().globs.is_empty();
                if let Some(script) = self.script.iter().find(is_empty) {
                    return Err(mistake(script, "a script has at least one of `globs`".into()));
                }
                Ok(Entries {
                    $($name: self.$name.into_iter().map(Spanned::into_inner).collect(),)+
                    script: self.script.into_iter().map(Spanned::into_inner).collect(),
                    same: self.same.into_iter().map(Spanned::into_inner).collect(),
                })
            }
        }
    };
}
kinds!(written);

fn mistake<T>(entry: &Spanned<T>, what: String) -> Mistake {
    Mistake { at: entry.span(), what }
}

fn check<E: Named>(entry: &Spanned<E>) -> Result<(), Mistake> {
    let (packages, calls) = (entry.get_ref().packages(), entry.get_ref().calls());
    if packages.is_empty() || calls.is_empty() {
        return Err(mistake(entry, "an entry names at least one of `packages` and one of `calls`".into()));
    }
    if let Some(versions) = entry.get_ref().versions().filter(|versions| !is_range(versions)) {
        return Err(mistake(entry, format!("`{versions}` is no range of versions: write `>=5`, `^4.17`, `>=2 <4`")));
    }
    let begins = |call: &Text| packages.iter().any(|package| is_of(call, package));
    if let Some(call) = calls.iter().find(|call| !begins(call)) {
        let example = packages.first().map_or("", |package| package);
        let what = format!(
            "the call `{}` begins with none of its packages: write `{example}.name` for an export, `{example}` for the module itself, `()` for the result of a call",
            &**call
        );
        return Err(mistake(entry, what));
    }
    let builtin = Catalog::builtin();
    match calls.iter().find(|call| *builtin.canonical(call) != ***call) {
        Some(call) => {
            Err(mistake(entry, format!("`{}` is known as `{}`: write that", &**call, builtin.canonical(call))))
        }
        None => Ok(()),
    }
}
