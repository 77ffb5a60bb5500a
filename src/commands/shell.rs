//! Shell text as simple commands. What a shell would expand stays as it is written.

use std::ops::Range;

/// A simple command: its words, and where they stand in the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simple {
    /// Words without their quotes.
    pub words: Vec<String>,
    /// Bytes of the text, from the first word to the last.
    pub range: Range<usize>,
    /// The operator that follows: `&&`, `;`, `|`, `&`, a newline; empty at the end.
    pub then: String,
}

/// Programs whose last argument is shell text.
const SHELLS: [&str; 8] = ["sh", "bash", "ash", "dash", "zsh", "ssh", "su", "eval"];

/// The simple commands of `text`, those in the text given to another shell (`ssh host 'cd x && …'`) after it.
pub fn commands(text: &str) -> Vec<Simple> {
    let mut commands = split(text);
    let inner: Vec<Simple> = commands.iter().flat_map(inner).collect();
    commands.extend(inner);
    commands
}

fn inner(outer: &Simple) -> Vec<Simple> {
    let is_shell = |word: &String| SHELLS.contains(&crate::checkout::file_name(word));
    let script = outer.words.last().filter(|word| word.contains(' '));
    let script = script.filter(|_| outer.words.iter().take(3).any(is_shell));
    let commands = script.map(|script| split(script)).unwrap_or_default();
    commands.into_iter().map(|command| Simple { range: outer.range.clone(), ..command }).collect()
}

fn split(text: &str) -> Vec<Simple> {
    let mut lexer = Lexer { text, at: 0, commands: Vec::new(), present: Simple::default() };
    lexer.run();
    lexer.commands
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    commands: Vec<Simple>,
    present: Simple,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while let Some(next) = self.peek() {
            match next {
                '\\' if self.text[self.at..].starts_with("\\\n") => self.at += 2,
                '\n' | ';' | '&' | '|' | '(' | ')' | '`' => self.operator(next),
                '#' => self.at += self.text[self.at..].find('\n').unwrap_or(self.text.len() - self.at),
                next if next.is_whitespace() => self.at += next.len_utf8(),
                _ => self.word(),
            }
        }
        self.end("");
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn operator(&mut self, operator: char) {
        let start = self.at;
        while self.peek() == Some(operator) && self.at - start < 2 {
            self.at += operator.len_utf8();
        }
        let operator = self.text[start..self.at].to_owned();
        self.end(&operator);
    }

    fn end(&mut self, operator: &str) {
        let mut ended = std::mem::take(&mut self.present);
        if !ended.words.is_empty() {
            operator.clone_into(&mut ended.then);
            self.commands.push(ended);
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let mut word = String::new();
        while let Some(next) = self.peek() {
            match next {
                '\'' | '"' => self.quoted(next, &mut word),
                '\\' => {
                    self.at += 1;
                    if let Some(escaped) = self.peek() {
                        self.at += escaped.len_utf8();
                        word.extend((escaped != '\n').then_some(escaped));
                    }
                }
                '\n' | ';' | '&' | '|' | '(' | ')' | '`' => break,
                next if next.is_whitespace() => break,
                next => {
                    self.at += next.len_utf8();
                    word.push(next);
                }
            }
        }
        if self.present.words.is_empty() {
            self.present.range.start = start;
        }
        self.present.range.end = self.at;
        self.present.words.push(word);
    }

    fn quoted(&mut self, quote: char, word: &mut String) {
        self.at += 1;
        while let Some(next) = self.peek() {
            self.at += next.len_utf8();
            match next {
                next if next == quote => return,
                '\\' if quote == '"' => {
                    if let Some(escaped) = self.peek() {
                        self.at += escaped.len_utf8();
                        word.push(escaped);
                    }
                }
                next => word.push(next),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<String>> {
        commands(text).into_iter().map(|command| command.words).collect()
    }

    #[test]
    fn operators_end_commands_and_quotes_keep_words_together() {
        let text = "cd 'a b' && pm2 reload \"x\" --env prod; echo a\\ b # pm2 stop\npm2 \\\n  save";
        let expected =
            [vec!["cd", "a b"], vec!["pm2", "reload", "x", "--env", "prod"], vec!["echo", "a b"], vec!["pm2", "save"]];
        assert_eq!(words(text), expected);
        let reload = &commands(text)[1];
        assert_eq!(&text[reload.range.clone()], "pm2 reload \"x\" --env prod");
        assert_eq!(reload.then, ";");
    }

    #[test]
    fn text_for_another_shell_is_read_too() {
        assert_eq!(words("ssh host 'cd x && pm2 reload 0'").last().unwrap(), &["pm2", "reload", "0"]);
        assert_eq!(words("sh -c \"pm2 save\"").last().unwrap(), &["pm2", "save"]);
        assert_eq!(words("echo 'pm2 reload 0'").len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn ranges_lie_in_the_text_and_nothing_panics(text in r#"[ -~\n\\"'é]{0,60}"#) {
            for command in commands(&text) {
                proptest::prop_assert!(text.get(command.range).is_some());
            }
        }
    }
}
