//! Dockerfiles: their stages, and what the container runs.

use crate::checkout::{Place, Source, Span, file_name};

/// One instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// `FROM`, `RUN`, `CMD` ... in capitals.
    pub keyword: String,
    /// What follows, continued lines joined by newlines after a backslash.
    pub arguments: String,
    /// The whole instruction.
    pub place: Place,
}

/// A Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dockerfile {
    /// In the file's order.
    pub instructions: Vec<Instruction>,
}

/// Whether a file of that name is one.
pub fn is_dockerfile(path: &str) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    name == "dockerfile" || name.starts_with("dockerfile.") || name.ends_with(".dockerfile")
}

impl Instruction {
    /// The words of the exec form, `["pm2-runtime", "start"]`; `None`: it is for a shell.
    pub fn exec_form(&self) -> Option<Vec<String>> {
        serde_json::from_str(self.arguments.trim()).ok()
    }
}

impl Dockerfile {
    /// Reads a file; lines that are no instruction are passed over.
    pub fn parse(source: &Source) -> Self {
        let mut instructions: Vec<Instruction> = Vec::new();
        let mut open: Option<Instruction> = None;
        for line in 1..=source.line_count() {
            let (span, text) = (source.line_span(line), source.line_text(line));
            if text.trim_start().starts_with('#') || (open.is_some() && text.trim().is_empty()) {
                continue;
            }
            let instruction = match open.take() {
                Some(begun) => continued(begun, text, span),
                None => match begin(source, text, span) {
                    Some(begun) => begun,
                    None => continue,
                },
            };
            match instruction.arguments.trim_end().ends_with('\\') {
                true => open = Some(instruction),
                false => instructions.push(instruction),
            }
        }
        instructions.extend(open);
        Self { instructions }
    }

    /// The image that the last stage is made of, stages of this file followed, with its `FROM`.
    pub fn base(&self) -> Option<(&str, &Instruction)> {
        let stages: Vec<&Instruction> =
            self.instructions.iter().filter(|instruction| instruction.keyword == "FROM").collect();
        let mut from = *stages.last()?;
        for _ in 0..stages.len() {
            let named = stages.iter().find(|stage| name_of(stage).is_some_and(|name| Some(name) == image_of(from)));
            match named.filter(|stage| **stage != from) {
                Some(stage) => from = stage,
                None => break,
            }
        }
        Some((image_of(from)?, from))
    }

    /// The instructions of the last stage.
    pub fn last_stage(&self) -> &[Instruction] {
        let from = self.instructions.iter().rposition(|instruction| instruction.keyword == "FROM").unwrap_or(0);
        self.instructions.get(from..).unwrap_or_default()
    }

    /// The last instruction of that keyword in the last stage: the one in force.
    pub fn last(&self, keyword: &str) -> Option<&Instruction> {
        self.last_stage().iter().rfind(|instruction| instruction.keyword == keyword)
    }
}

fn begin(source: &Source, text: &str, span: Span) -> Option<Instruction> {
    let (keyword, arguments) = text.trim_start().split_once(char::is_whitespace)?;
    let is_keyword = keyword.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_keyword.then(|| Instruction {
        keyword: keyword.to_ascii_uppercase(),
        arguments: arguments.into(),
        place: Place::new(source.path().clone(), span),
    })
}

fn continued(begun: Instruction, text: &str, span: Span) -> Instruction {
    let place = Place { span: begun.place.span.to(span), ..begun.place };
    Instruction { arguments: format!("{}\n{text}", begun.arguments), place, ..begun }
}

fn image_of(from: &Instruction) -> Option<&str> {
    from.arguments.split_whitespace().find(|word| !word.starts_with("--"))
}

fn name_of(from: &Instruction) -> Option<&str> {
    let mut words = from.arguments.split_whitespace();
    words.find(|word| word.eq_ignore_ascii_case("as"))?;
    words.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Dockerfile {
        Dockerfile::parse(&Source::new("Dockerfile", text))
    }

    #[test]
    fn the_last_stage_says_what_runs() {
        let file = parse(
            "FROM node:20-slim AS base\n# x\nFROM base as build\nRUN npm ci \\\n # why\n && npm run build\nFROM base\nCMD [\"pm2-runtime\", \"a.js\"]\n",
        );
        assert_eq!(file.base().map(|(image, _)| image), Some("node:20-slim"));
        assert_eq!(file.last("CMD").and_then(Instruction::exec_form).unwrap(), ["pm2-runtime", "a.js"]);
        assert_eq!(file.last("RUN"), None);
        assert_eq!(file.instructions[2].arguments, "npm ci \\\n && npm run build");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in r#"[A-Z a-z\\\n#"\[\]]{0,80}"#) {
            let file = parse(&text);
            let _ = (file.base(), file.last_stage(), file.last("CMD"));
        }
    }
}
