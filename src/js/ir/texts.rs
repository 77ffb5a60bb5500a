//! The texts of a module, one behind the other.

use std::ops::Index;

/// Names and texts of literals.
#[derive(Debug, Default)]
pub struct Texts {
    all: String,
    /// Where each text ends; the next one begins there.
    ends: Vec<u32>,
}

impl Texts {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// Appends a text and says which one it is.
    pub(in crate::js) fn push(&mut self, text: &str) -> usize {
        self.all.push_str(text);
        self.ends.push(self.all.len() as u32);
        self.ends.len() - 1
    }

    /// Gives back what it grew by in advance.
    pub(in crate::js) fn shrink_to_fit(&mut self) {
        self.all.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    #[cfg(test)]
    pub(super) fn size(&self) -> usize {
        self.all.capacity() + self.ends.capacity() * size_of::<u32>()
    }
}

impl Index<usize> for Texts {
    type Output = str;

    fn index(&self, text: usize) -> &str {
        let start = text.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[start as usize..self.ends[text] as usize]
    }
}
