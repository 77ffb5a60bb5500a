//! Whatever the text, lowering neither panics nor gives a module that is not whole.

use proptest::prelude::*;

use super::*;

/// Each of these would overflow the stack of the parser, or of whoever walks the tree.
#[test]
fn deep_nesting_is_refused() {
    let shapes = [
        ("a.js", "[", ""),
        ("a.js", "(", ""),
        ("a.js", "x={a:", ""),
        ("a.js", "f(", ")"),
        ("a.js", "{", "}"),
        ("a.js", "`${", "}`"),
        ("a.js", "[']',", "]"),
        ("a.js", "a/* } */{", "}"),
        ("a.js", "if(/[)]}/)[", "]"),
        ("a.js", "class A extends ", ""),
        ("a.js", "1+", "1"),
        ("a.js", "a\n.b()", ""),
        ("a.js", "a?.b", ""),
        ("a.js", "!", "1"),
        ("a.js", "x=>", "1"),
        ("a.js", "a?b:", "1"),
        ("a.js", "if(a)", ";"),
        ("a.js", "if(a){x;}else ", ";"),
        ("a.jsx", "<a>x\ny", "</a>"),
        ("a.ts", "let x:A<B,", ""),
        ("a.ts", "a!", ""),
        ("a.json", "{\"a\":", "}"),
    ];
    with_large_stack(|| {
        for (file_name, open, close) in shapes {
            for text in [open.repeat(100_000), open.repeat(100_000) + &close.repeat(100_000)] {
                let outcome = if file_name == "a.json" { lower_json(&text) } else { lower(file_name, &text) };
                let message = outcome.map(|_| ()).expect_err(open).message;
                assert!(message.starts_with("nested too deeply"), "{open}: {message}");
            }
        }
    });
}

#[test]
fn long_files_are_not_deep() {
    let lines = [
        "const a = require('a')",
        "f(1, 'it\\'s (', /[(]/, `(${x}`) // :(",
        "if (a < b) { c() } else { d() }",
        "x.y = a / b; /* ( */",
        "function f() {} class A { m() { return 1 } }",
        "const page = <a b='('>don't (yet)</a>;",
    ];
    with_large_stack(|| {
        for line in lines {
            let text = format!("{line}\n").repeat(20_000);
            let deep = lower("a.jsx", &text).is_err_and(|error| error.message.starts_with("nested too deeply"));
            assert!(!deep, "{line}");
        }
    });
}

#[test]
fn nesting_up_to_the_limit_is_lowered() {
    with_large_stack(|| {
        for (open, close) in [("[", "]"), ("f(", ")"), ("(() => {", "})"), ("!", ""), ("a.b(", ")")] {
            let text = format!("{}1{}", open.repeat(1000), close.repeat(1000));
            assert!(!module("a.js", &text).exprs.is_empty());
        }
    });
}

/// Whatever is lowered is whole: spans lie in the text, nodes and bindings exist.
fn assert_whole(text: &str, module: &Module) {
    let places = (module.expr_spans.iter().count(), module.stmt_spans.iter().count());
    assert_eq!((module.exprs.len(), module.stmts.len()), places);
    for span in module.expr_spans.iter().chain(module.stmt_spans.iter()) {
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} of {text:?}");
    }
    for (index, scope) in module.scopes.iter().enumerate() {
        let names = (scope.first.index()..).take(scope.names as usize).zip(0..);
        for (binding, position) in names {
            let binding = &module.bindings[binding];
            assert_eq!((binding.scope, binding.position), (ScopeId::new(index), position));
        }
        assert!(scope.function.index() < module.functions.len());
        assert!(module[scope.hoisted].iter().all(|(binding, _)| module[*binding].scope == ScopeId::new(index)));
    }
    for function in &module.functions {
        assert!(function.scope.index() < module.scopes.len());
    }
}

/// A program with a bit of everything, to be cut and shuffled.
const PROGRAM: &str = r#"import cluster, { type W } from 'cluster'; export * as os from "os"
const { a = 1, b: [c, ...d], ...e } = require('./config'), n = 0x1F, t = `x${a}y${`z${c}`}`
export default async function* main(first = () => 1, { second }, ...rest) {
  for (let i = 0, j; i < n; i++) { if (i % 2) continue; else if (j) break }
  outer: for await (const x of rest) { try { yield* x?.y?.[0]?.(z) } catch ({ message }) { throw new Error(message) } finally { break outer } }
  switch (typeof first) { case 'function': let k = 1; default: do { k **= 2 } while (k < 1e3) }
  a ||= b ??= c && d; delete e.f, void 0; [a, b.c] = [b, a]; return /ab+c/gi.test(t) ? await import('x') : new.target
}
class Server extends Base { static #count = 0; handler = async () => { this.x = super.y }; get z() { return 1 } static { run() } ['k' + 1]() {} }
process.on('SIGINT', () => { server.close(() => process.exit(0)) }); label: { function inner() { return arguments } }
"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn token_soup_never_panics(
        tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..60),
        file_name in prop::sample::select(&["a.js", "a.ts", "a.tsx", "a.mjs"][..]),
    ) {
        let text = tokens.join(" ");
        if let Ok(module) = lower(file_name, &text) {
            assert_whole(&text, &module);
        }
        if let Ok(module) = lower_json(&text) {
            assert_whole(&text, &module);
        }
    }

    #[test]
    fn cut_programs_never_panic(start in 0..PROGRAM.len(), end in 0..PROGRAM.len(), junk in "\\PC{0,3}") {
        let text = format!("{}{junk}{}", &PROGRAM[..start], &PROGRAM[end..]);
        for file_name in ["a.js", "a.ts"] {
            if let Ok(module) = lower(file_name, &text) {
                assert_whole(&text, &module);
            }
        }
    }

    #[test]
    fn any_text_never_panics(text in any::<String>()) {
        if let Ok(module) = lower("a.js", &text) {
            assert_whole(&text, &module);
        }
    }
}

#[test]
fn the_whole_program_is_lowered() {
    assert_whole(PROGRAM, &module("a.ts", PROGRAM));
}

const TOKENS: &[&str] = &[
    "a",
    "b",
    "x",
    "undefined",
    "arguments",
    "1",
    "0.5",
    "010",
    "1n",
    "'s'",
    "\"é\"",
    "`t`",
    "`${",
    "}`",
    "/r/g",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ";",
    ",",
    ".",
    "?.",
    "?",
    ":",
    "=>",
    "=",
    "+=",
    "||=",
    "+",
    "-",
    "!",
    "...",
    "<",
    ">",
    "/",
    "@",
    "#p",
    "var",
    "let",
    "const",
    "function",
    "class",
    "extends",
    "async",
    "await",
    "yield",
    "return",
    "if",
    "else",
    "for",
    "of",
    "in",
    "while",
    "do",
    "switch",
    "case",
    "default",
    "try",
    "catch",
    "finally",
    "throw",
    "new",
    "delete",
    "typeof",
    "void",
    "this",
    "super",
    "import",
    "export",
    "from",
    "as",
    "static",
    "get",
    "set",
    "enum",
    "namespace",
    "declare",
    "type",
    "interface",
    "abstract",
    "private",
    "satisfies",
    "is",
    "keyof",
    "using",
    "with",
    "label",
    "break",
    "continue",
    "// c\n",
    "/* c */",
    "\n",
    "\u{2028}",
    "\\u0061",
    "<!--",
];
