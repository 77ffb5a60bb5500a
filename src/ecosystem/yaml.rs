//! YAML as js-yaml 4 reads it (PM2 5 to 7), with the place of every part: one document, anchors and aliases, merge keys,
//! the types of YAML 1.2, no duplicate keys.

mod scalar;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, StrInput, Tag};
use rustc_hash::FxHashMap;

use crate::checkout::{Place, Span};
use crate::js::{Entry, Node, NodeKind};

/// How deep values may nest: js-yaml's own limit.
const DEEPEST: usize = 100;

/// How many nodes a document may have once its aliases are followed.
const LARGEST: usize = 200_000;

/// Why a text is no YAML document, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// The offending part.
    pub span: Span,
    /// What is wrong with it.
    pub message: String,
}

/// The value of the document in `text`, whose places are in `file`. An empty document is `undefined`.
pub fn parse(file: &Arc<str>, text: &str) -> Result<Node, Error> {
    let mut reader = Reader { events: Parser::new_from_str(text), file, anchors: FxHashMap::default(), nodes: 0 };
    let mut root = None;
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd => return Ok(root.unwrap_or_else(|| Node::new(NodeKind::Undefined))),
            Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
            _ if root.is_some() => return Err(error(span, "expected one document, and found more")),
            event => root = Some(reader.node(event, span, 0)?.node),
        }
    }
}

/// The comments in `text`, from `#` to the end of the line; those before the first error where it is no YAML.
pub fn comments(text: &str) -> Vec<Span> {
    let events = Parser::new_from_str(text).map_while(|event| event.ok());
    let comments = events.filter(|(event, _)| matches!(event, Event::Comment(..)));
    comments.map(|(_, span)| self::span(&span)).collect()
}

struct Reader<'t> {
    events: Parser<'t, StrInput<'t>>,
    file: &'t Arc<str>,
    anchors: FxHashMap<usize, Part>,
    nodes: usize,
}

/// A value with what an alias of it costs.
#[derive(Clone)]
struct Part {
    node: Node,
    nodes: usize,
    depth: usize,
}

type Result<T, E = Error> = std::result::Result<T, E>;

impl<'t> Reader<'t> {
    /// The next event that is no comment.
    fn next(&mut self) -> Result<(Event<'t>, Span)> {
        loop {
            match self.events.next_event() {
                None => return Ok((Event::StreamEnd, Span::default())),
                Some(Err(scan)) => return Err(scan_error(&scan)),
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok((event, span))) => return Ok((event, self::span(&span))),
            }
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Part> {
        if depth > DEEPEST {
            return Err(error(span, format!("it nests deeper than {DEEPEST} levels")));
        }
        let (part, anchor) = match event {
            Event::Alias(id) => return self.alias(id, span, depth),
            Event::Scalar(text, style, anchor, tag) => (self.leaf(&text, style, tag.as_deref(), span)?, anchor),
            Event::SequenceStart(_, anchor, _) => (self.sequence(span, depth)?, anchor),
            Event::MappingStart(_, anchor, _) => (self.mapping(span, depth)?, anchor),
            _ => return Err(error(span, "a value is missing")),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, part.clone());
        }
        self.count(1, span)?;
        Ok(part)
    }

    fn alias(&mut self, id: usize, span: Span, depth: usize) -> Result<Part> {
        let Some(part) = self.anchors.get(&id).cloned() else {
            return Ok(self.part(NodeKind::Unknown("it refers to itself".into()), span, 1, 0));
        };
        if depth + part.depth > DEEPEST {
            return Err(error(span, format!("its aliases nest deeper than {DEEPEST} levels")));
        }
        self.count(part.nodes, span)?;
        Ok(part)
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<()> {
        self.nodes = self.nodes.saturating_add(nodes);
        match self.nodes {
            ..=LARGEST => Ok(()),
            _ => Err(error(span, format!("it has more than {LARGEST} values once its aliases are followed"))),
        }
    }

    fn leaf(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Result<Part> {
        let kind = match tag {
            None if style == ScalarStyle::Plain => scalar::plain(text),
            None => NodeKind::String(text.into()),
            Some(tag) => scalar::tagged(text, tag).ok_or_else(|| error(span, format!("unknown tag {tag}")))?,
        };
        Ok(self.part(kind, span, 1, 0))
    }

    fn sequence(&mut self, start: Span, depth: usize) -> Result<Part> {
        let (mut elements, mut nodes, mut deepest) = (Vec::new(), 1, 0);
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                let whole = whole(start, span, elements.last());
                return Ok(self.part(NodeKind::Array(elements), whole, nodes, deepest + 1));
            }
            let part = self.node(event, span, depth + 1)?;
            nodes += part.nodes;
            deepest = deepest.max(part.depth);
            elements.push(part.node);
        }
    }

    fn mapping(&mut self, start: Span, depth: usize) -> Result<Part> {
        let (mut object, mut nodes, mut deepest) = (Mapping::default(), 1, 0);
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                let whole = whole(start, span, object.entries.last().map(|entry| &entry.value));
                return Ok(self.part(NodeKind::Object(object.entries), whole, nodes, deepest + 1));
            }
            let is_merge = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<");
            let key = self.node(event, span, depth + 1)?;
            let (event, value_span) = self.next()?;
            let value = self.node(event, value_span, depth + 1)?;
            nodes += key.nodes + value.nodes;
            deepest = deepest.max(value.depth);
            if is_merge {
                object.merge(&value.node, value_span)?;
            } else {
                let key_origin = Some(Place::new(self.file.clone(), span));
                object.insert(Entry { key: key_text(&key.node), key_origin, value: value.node }, span)?;
            }
        }
    }

    fn part(&self, kind: NodeKind, span: Span, nodes: usize, depth: usize) -> Part {
        let origin = Some(Place::new(self.file.clone(), span));
        Part { node: Node { origin, ..Node::new(kind) }, nodes, depth }
    }
}

/// An object under way: what a merge key brought may be overwritten once.
#[derive(Default)]
struct Mapping {
    entries: Vec<Entry>,
    positions: FxHashMap<Arc<str>, (usize, bool)>,
}

impl Mapping {
    fn insert(&mut self, entry: Entry, span: Span) -> Result<()> {
        match self.positions.insert(entry.key.clone(), (self.entries.len(), false)) {
            None => self.entries.push(entry),
            Some((at, true)) => {
                self.positions.insert(entry.key.clone(), (at, false));
                if let Some(merged) = self.entries.get_mut(at) {
                    *merged = entry;
                }
            }
            Some((_, false)) => return Err(error(span, format!("the key `{}` is given twice", entry.key))),
        }
        Ok(())
    }

    fn merge(&mut self, source: &Node, span: Span) -> Result<()> {
        match &source.kind {
            NodeKind::Object(entries) => entries.iter().for_each(|entry| self.merge_entry(entry)),
            NodeKind::Array(sources) => sources.iter().try_for_each(|source| self.merge(source, span))?,
            _ => return Err(error(span, "a merge key `<<` takes a mapping or a list of mappings")),
        }
        Ok(())
    }

    fn merge_entry(&mut self, entry: &Entry) {
        if !self.positions.contains_key(&entry.key) {
            self.positions.insert(entry.key.clone(), (self.entries.len(), true));
            self.entries.push(entry.clone());
        }
    }
}

/// `String(key)`
fn key_text(key: &Node) -> Arc<str> {
    match &key.kind {
        NodeKind::String(text) => text.clone(),
        NodeKind::Number(number) => number.to_string().into(),
        NodeKind::Bool(value) => value.to_string().into(),
        NodeKind::Array(elements) => {
            elements.iter().map(|element| key_text(element).to_string()).collect::<Vec<_>>().join(",").into()
        }
        NodeKind::Object(_) => "[object Object]".into(),
        _ => "null".into(),
    }
}

/// From the start of a collection to its last part: the end that the parser sees is behind the blank lines that follow.
fn whole(start: Span, end: Span, last: Option<&Node>) -> Span {
    let last =
        last.and_then(|node| node.origin.as_ref()).map(|place| place.span).filter(|last| last.start >= start.start);
    match last {
        Some(last) if end.start == end.end => start.to(last),
        _ => start.to(end),
    }
}

fn span(span: &granit_parser::Span) -> Span {
    let range = span.byte_range().unwrap_or_default();
    Span::new(offset(range.start), offset(range.end))
}

fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn error(span: Span, message: impl Into<String>) -> Error {
    Error { span, message: message.into() }
}

fn scan_error(scan: &ScanError) -> Error {
    let at = offset(scan.marker().byte_offset().unwrap_or_default());
    error(Span::new(at, at), scan.kind().to_string())
}
