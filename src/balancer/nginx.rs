//! The settings of nginx, as far as connections to servers go.

use std::sync::Arc;

use super::Upstream;
use crate::checkout::{Place, Source, Span};

/// `name arguments;` or `name arguments { body }`
struct Directive<'t> {
    name: &'t str,
    arguments: Vec<&'t str>,
    span: Span,
    body: Vec<Directive<'t>>,
}

/// Blocks in blocks that are followed; real files have four.
const MAX_DEPTH: usize = 16;

/// For how long an idle connection is kept where nothing is said.
const DEFAULT_IDLE_MS: u64 = 60_000;

/// The upstreams of one file that connections are kept to.
pub(super) fn upstreams(source: &Source) -> Vec<Upstream> {
    let text = source.text();
    if !(text.contains("upstream") && text.contains("keepalive")) {
        return Vec::new();
    }
    let Some(directives) = parse(text) else { return Vec::new() };
    let mut kept = Vec::new();
    passes(&directives, Passing::default(), &mut kept);
    let mut found = Vec::new();
    collect(&directives, &mut found);
    let found = found.into_iter().filter(|upstream| upstream.arguments.first().is_some_and(|name| kept.contains(name)));
    found.filter_map(|upstream| keeping(source, upstream)).collect()
}

fn collect<'d, 't>(directives: &'d [Directive<'t>], found: &mut Vec<&'d Directive<'t>>) {
    for directive in directives {
        match directive.name {
            "upstream" => found.push(directive),
            _ => collect(&directive.body, found),
        }
    }
}

/// How requests are passed on, inherited from the blocks around.
#[derive(Clone, Copy, Default)]
struct Passing {
    as_http_1_1: bool,
    without_close: bool,
}

/// The names of the upstreams to which requests are passed without an order to close.
fn passes<'t>(directives: &[Directive<'t>], around: Passing, kept: &mut Vec<&'t str>) {
    let mut here = around;
    let headers = || directives.iter().filter(|directive| directive.name == "proxy_set_header");
    // Headers of a block are inherited only where it sets none of its own.
    if headers().next().is_some() {
        here.without_close = headers().any(|header| *header.arguments == ["Connection", ""]);
    }
    if let Some(version) = directives.iter().rfind(|directive| directive.name == "proxy_http_version") {
        here.as_http_1_1 = *version.arguments == ["1.1"];
    }
    for directive in directives {
        if directive.name == "proxy_pass" && here.as_http_1_1 && here.without_close {
            let target = directive.arguments.first().and_then(|url| url.strip_prefix("http://"));
            kept.extend(target.and_then(|target| target.split('/').next()));
        }
        passes(&directive.body, here, kept);
    }
}

fn keeping(source: &Source, upstream: &Directive<'_>) -> Option<Upstream> {
    let named = |name: &'static str| upstream.body.iter().filter(move |directive| directive.name == name);
    let kept = named("keepalive").find(|kept| kept.arguments.first().is_some_and(|count| *count != "0"))?;
    let limit = named("keepalive_timeout").next();
    let idle_ms = match limit {
        Some(limit) => milliseconds(limit.arguments.first()?)?,
        None => DEFAULT_IDLE_MS,
    };
    let servers = named("server").filter_map(|server| address(server.arguments.first()?)).collect();
    let span = limit.unwrap_or(kept).span;
    Some(Upstream { place: Place::new(source.path().clone(), span), servers, idle_ms })
}

fn address(server: &str) -> Option<(Arc<str>, u16)> {
    let (host, port) = server.rsplit_once(':')?;
    Some((host.into(), port.parse().ok()?))
}

/// `60`, `60s`, `1m`, `500ms`
fn milliseconds(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    let factor = match unit {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// The directives of a file; `None` where its blocks are not closed as they were opened.
fn parse(text: &str) -> Option<Vec<Directive<'_>>> {
    let mut open: Vec<(Directive<'_>, Vec<Directive<'_>>)> = Vec::new();
    let mut siblings = Vec::new();
    let mut words: Vec<(&str, usize)> = Vec::new();
    let mut at = 0;
    while let Some(token) = next_token(text, &mut at) {
        match token {
            Token::Word(word, start) => words.push((word, start)),
            Token::End => siblings.extend(directive(&mut words, at)),
            Token::Open if open.len() < MAX_DEPTH => {
                open.push((directive(&mut words, at)?, std::mem::take(&mut siblings)));
            }
            Token::Open => return None,
            Token::Close => {
                let (block, around) = open.pop()?;
                let body = std::mem::replace(&mut siblings, around);
                siblings.push(Directive { body, ..block });
            }
        }
    }
    open.is_empty().then_some(siblings)
}

fn directive<'t>(words: &mut Vec<(&'t str, usize)>, end: usize) -> Option<Directive<'t>> {
    let mut words = std::mem::take(words).into_iter();
    let (name, start) = words.next()?;
    let span = Span::new(u32::try_from(start).ok()?, u32::try_from(end).ok()?);
    Some(Directive { name, arguments: words.map(|(word, _)| word).collect(), span, body: Vec::new() })
}

enum Token<'t> {
    /// Without its quotes, and where it starts.
    Word(&'t str, usize),
    /// `;`
    End,
    /// `{`
    Open,
    /// `}`
    Close,
}

fn next_token<'t>(text: &'t str, at: &mut usize) -> Option<Token<'t>> {
    loop {
        let rest = text.get(*at..)?;
        let first = rest.chars().next()?;
        let start = *at;
        *at += first.len_utf8();
        return Some(match first {
            ';' => Token::End,
            '{' => Token::Open,
            '}' => Token::Close,
            '#' => {
                *at = start + rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            '"' | '\'' => {
                let length = rest.get(1..)?.find(first)?;
                *at = start + length + 2;
                Token::Word(rest.get(1..=length)?, start)
            }
            _ if first.is_whitespace() => continue,
            _ => {
                let length = word_length(rest);
                *at = start + length;
                Token::Word(rest.get(..length)?, start)
            }
        });
    }
}

/// Of a word at the start of `rest`; `${name}` of a template belongs to it.
fn word_length(rest: &str) -> usize {
    let mut inside = false;
    let mut before = ' ';
    let end = rest.find(|c: char| {
        let ends = !inside && (c.is_whitespace() || c == ';' || c == '}' || (c == '{' && before != '$'));
        inside = (inside && c != '}') || (c == '{' && before == '$');
        before = c;
        ends
    });
    end.unwrap_or(rest.len()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The servers of an upstream, and how long it keeps connections.
    type Kept = (Vec<(Arc<str>, u16)>, u64);

    fn of(text: &str) -> Vec<Kept> {
        let found = upstreams(&Source::new("nginx.conf", text));
        found.into_iter().map(|upstream| (upstream.servers, upstream.idle_ms)).collect()
    }

    #[test]
    fn times_have_units() {
        let times = ["75", "75s", "1m", "500ms", "1x", ""].map(milliseconds);
        assert_eq!(times, [Some(75_000), Some(75_000), Some(60_000), Some(500), None, None]);
    }

    #[test]
    fn what_is_set_around_a_location_holds_in_it_unless_it_sets_its_own() {
        let upstream = "upstream api { server 10.0.0.1:3000; keepalive 8; keepalive_timeout 30s; } # {";
        let server = "server { proxy_http_version 1.1; proxy_set_header Connection '';";
        let kept = vec![(vec![("10.0.0.1".into(), 3000)], 30_000)];
        assert_eq!(of(&format!("{upstream}\n{server} location / {{ proxy_pass http://api/v1; }} }}")), kept);
        let own = "location / { proxy_set_header Host $host; proxy_pass http://api; } }";
        assert_eq!(of(&format!("{upstream}\n{server} {own}")), []);
    }

    #[test]
    fn variables_of_templates_are_words() {
        let text = "upstream api { server ${HOST}:3000; keepalive 8; }
            server { location / { proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_pass http://api; } }";
        assert_eq!(of(text), [(vec![("${HOST}".into(), 3000)], 60_000)]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "(upstream|keepalive|[a-z{}; \"'#$\n\u{e9}]){0,60}") {
            upstreams(&Source::new("nginx.conf", format!("upstream keepalive {text}")));
        }
    }
}
