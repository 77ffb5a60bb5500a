//! What programs mean once they are lowered.

mod robustness;
mod typescript;

use std::fmt::Write as _;

use crate::js::ir::*;
use crate::js::{SyntaxError, lower, lower_json, with_large_stack};

fn module(file_name: &str, text: &str) -> Module {
    lower(file_name, text).unwrap_or_else(|error| panic!("{file_name}: {error:?}\n{text}"))
}

fn at(text: &str, span: crate::checkout::Span) -> &str {
    &text[span.start as usize..span.end as usize]
}

/// The expressions written as `snippet`, in the order they were lowered.
fn written(module: &Module, text: &str, snippet: &str) -> Vec<Expr> {
    module.exprs().filter(|(_, span)| at(text, *span) == snippet).map(|(expr, _)| expr).collect()
}

/// For every use of `name`, in source order: the line it stands on and the line that declares it, 0 if none does.
fn uses(file_name: &str, text: &str, name: &str) -> Vec<(usize, usize)> {
    let module = module(file_name, text);
    let line = |offset: u32| text[..offset as usize].matches('\n').count() + 1;
    let mut uses: Vec<_> = module
        .exprs()
        .filter(|(_, span)| at(text, *span) == name)
        .filter_map(|(expr, span)| match expr {
            Expr::Name(binding) => Some((line(span.start), line(module[binding].span.start))),
            Expr::Global(_) => Some((line(span.start), 0)),
            _ => None,
        })
        .collect();
    uses.sort_unstable();
    uses
}

/// `name: value` for every property of the object that `variable` is declared as.
fn properties(module: &Module, variable: &str) -> Vec<String> {
    let init = module.stmts.iter().find_map(|stmt| match stmt {
        Stmt::Declare { pattern, init: Some(init), .. } => match module[*pattern] {
            Pattern::Name(binding) if module[module[binding].name] == *variable => Some(module[*init]),
            _ => None,
        },
        _ => None,
    });
    let Some(Expr::Object(properties)) = init else { return Vec::new() };
    let text = |property: &Property| match property {
        Property::Value { key, value } => match module.static_key(*key) {
            Some(name) => format!("{name}: {}", shown(module, *value)),
            None => format!("[computed]: {}", shown(module, *value)),
        },
        other => format!("{other:?}"),
    };
    module[properties].iter().map(text).collect()
}

/// A literal, or the kind of any other expression.
fn shown(module: &Module, expr: ExprId) -> String {
    match module[expr] {
        Expr::Number(number) => format!("{:?}", module[number]),
        Expr::String(text) => format!("{:?}", &module[text]),
        Expr::BigInt(digits) => format!("{}n", &module[digits]),
        Expr::Regex { pattern, flags } => format!("/{}/{}", &module[pattern], &module[flags]),
        Expr::Template(template) | Expr::TaggedTemplate { template, .. } => {
            let texts: Vec<_> = module[template].texts.iter().map(|text| &module[*text]).collect();
            format!("{texts:?}")
        }
        Expr::Unary { operator, .. } => format!("{operator:?}"),
        other => format!("{other:?}"),
    }
}

/// The names of all functions that have one, in order.
fn function_names(module: &Module) -> Vec<&str> {
    module.functions.iter().filter_map(|function| Some(&module[function.name?])).collect()
}

fn function<'a>(module: &'a Module, name: &str) -> &'a Function {
    let mut functions = module.functions.iter();
    functions
        .find(|function| function.name.is_some_and(|own| module[own] == *name))
        .unwrap_or_else(|| panic!("no function {name}"))
}

#[test]
fn a_name_is_the_innermost_declaration_in_sight() {
    let text = "const x = 1
function f(x) {
  use(x)
  { let x; use(x) }
  for (const x of x) use(x)
  try { use(x) } catch (x) { use(x) }
}
class C { m(a = x) { return x } }
use(x)";
    let expected = [(3, 2), (4, 4), (5, 2), (5, 5), (6, 2), (6, 6), (8, 1), (8, 1), (9, 1)];
    assert_eq!(uses("a.js", text, "x"), expected);
}

#[test]
fn declarations_are_hoisted() {
    let text = "use(v, f, l)
{
  use(v, f, l)
  { var v }
}
function f() {}
let l";
    assert_eq!(uses("a.js", text, "v"), [(1, 4), (3, 4)]);
    assert_eq!(uses("a.js", text, "f"), [(1, 6), (3, 6)]);
    assert_eq!(uses("a.js", text, "l"), [(1, 7), (3, 7)]);

    let module = module("a.js", text);
    let [(binding, function)] = module[module.scopes[0].hoisted][..] else { panic!("{:?}", module.scopes[0]) };
    assert_eq!(&module[module[binding].name], "f");
    assert_eq!(module[function].name, Some(module[binding].name));
}

#[test]
fn what_nothing_declares_is_global() {
    let text = "process.exit(process === undefined, arguments)
{ const process = {}; process.exit(); let undefined; undefined }";
    assert_eq!(uses("a.js", text, "process"), [(1, 0), (1, 0), (2, 2)]);
    let module = module("a.js", text);
    let [Expr::Undefined, Expr::Name(_)] = written(&module, text, "undefined")[..] else { panic!("{module:?}") };
    assert!(matches!(written(&module, text, "arguments")[..], [Expr::Global(_)]));
}

/// In sloppy code the outer name is a `var` that the declaration assigns; strict code does not see the function outside.
#[test]
fn a_function_in_a_sloppy_block_is_seen_outside() {
    let text = "if (a) { function f() {} }\nf()";
    assert_eq!(uses("a.js", text, "f"), [(1, 1), (2, 1)]);
    let sloppy = module("a.js", text);
    let assigned = sloppy.exprs.iter().find_map(|expr| match expr {
        Expr::Assign { target, value } => Some((&sloppy[*target], &sloppy[*value])),
        _ => None,
    });
    let Some((Pattern::Name(outside), Expr::Name(inside))) = assigned else { panic!("{assigned:?}") };
    assert_eq!(sloppy[*outside].scope, ScopeId::FIRST);
    assert_eq!(sloppy[*outside].kind, BindingKind::Var);
    assert_ne!(sloppy[*inside].scope, ScopeId::FIRST);

    assert_eq!(uses("a.js", &format!("'use strict'; {text}"), "f"), [(2, 0)]);
    assert_eq!(uses("a.mjs", text, "f"), [(2, 0)]);
}

#[test]
fn functions_and_classes_know_their_own_names() {
    let text = "(function f() {
  return f })
(function g(g) { return g })
(class C {
  m() { return C } })
class D { m() { return D } }";
    assert_eq!(uses("a.js", text, "f"), [(2, 1)]);
    assert_eq!(uses("a.js", text, "C"), [(5, 4)]);
    let module = module("a.js", text);
    assert!(function(&module, "f").self_binding.is_some());
    assert!(function(&module, "g").self_binding.is_none(), "the parameter hides it");
    assert!(module.classes[0].self_binding.is_some());
    assert!(module.classes[1].self_binding.is_some(), "a static block may use the class");
}

#[test]
fn anonymous_functions_are_called_by_what_they_are_given_to() {
    let text = "const a = () => {}; b = function () {}; m.c = async () => {}; x['d'] = (class {});
const o = { e: () => {}, f() {}, get g() { return 1 } }, { h = () => {} } = o;
function p(i = () => {}) {}
class K { j = () => {}; static k() {} #l() {} }
module.exports = function () {}; const n = function own() {};";
    let module = module("a.js", text);
    let mut names = function_names(&module);
    names.sort_unstable();
    assert_eq!(names, ["#l", "a", "b", "c", "e", "exports", "f", "g", "h", "i", "j", "k", "own", "p"]);
    assert_eq!(module.classes[0].name.map(|name| &module[name]), Some("d"));
}

#[test]
fn spans_are_the_authors_bytes() {
    let text = "#!/usr/bin/env node\n/* ä */ const s = require('é').listen(`ö${ü}`, a?.b['c'])";
    for (file_name, text) in [("a.js", text.to_owned()), ("a.js", format!("\u{feff}{}", &text[20..]))] {
        let module = module(file_name, &text);
        assert!(matches!(written(&module, &text, "require('é')")[..], [Expr::Call { .. }]));
        assert!(matches!(written(&module, &text, "'é'")[..], [Expr::String(string)] if module[string] == *"é"));
        assert!(matches!(written(&module, &text, "`ö${ü}`")[..], [Expr::Template(_)]));
        assert!(matches!(written(&module, &text, "a?.b['c']")[..], [Expr::Member { .. }, Expr::Chain(_)]));
        assert_eq!(at(&text, module.stmt_span(StmtId::FIRST)), "s = require('é').listen(`ö${ü}`, a?.b['c'])");
        let keys = module.keys.iter().filter_map(|key| match *key {
            Key::Static(name, span) => Some((&module[name], at(&text, span))),
            Key::Computed(_) => None,
        });
        assert_eq!(keys.collect::<Vec<_>>(), [("listen", "listen"), ("b", "b"), ("c", "'c'")]);
    }
}

#[test]
fn json_is_an_expression() {
    let text = "{ apps: [{ name: 'a', /* why */ instances: 2, }] }";
    let module = lower_json(text).unwrap();
    let [Stmt::ExportDefault(value)] = module.stmts[..] else { panic!("{:?}", module.stmts) };
    assert_eq!(at(text, module.expr_span(value)), text);
    assert!(matches!(written(&module, text, "2")[..], [Expr::Number(two)] if module[two] == 2.0));
    assert!(!module.is_esm);

    for broken in ["", "1); (2", "{} // comment", "{ \"a\": }", "var a = 1"] {
        let error = lower_json(broken).expect_err(broken);
        assert!(error.span.end as usize <= broken.len(), "{broken}: {error:?}");
    }
}

#[test]
fn optional_chains_end_where_the_whole_ends() {
    let text = "x = a?.b.c(d)?.[e]; y = (f?.g).h";
    let module = module("a.js", text);
    let chains = |snippet| written(&module, text, snippet).iter().filter(|expr| matches!(expr, Expr::Chain(_))).count();
    assert_eq!((chains("a?.b.c(d)?.[e]"), chains("a?.b"), chains("f?.g")), (1, 0, 1));
    let is_optional = |snippet| match written(&module, text, snippet)[0] {
        Expr::Member { optional, .. } | Expr::Call { optional, .. } => optional,
        other => panic!("{other:?}"),
    };
    assert!(
        is_optional("a?.b") && !is_optional("a?.b.c") && !is_optional("a?.b.c(d)") && is_optional("a?.b.c(d)?.[e]")
    );

    let through = self::module("a.ts", "a?.b!.c");
    assert_eq!(through.exprs.iter().filter(|expr| matches!(expr, Expr::Chain(_))).count(), 1);
}

#[test]
fn imports_and_exports_are_listed() {
    let text = "import d, { a as b, 'some name' as c } from 'one'; import * as ns from 'two'; import 'three';
export { d as default, b }; export { x as y, default as z } from 'four'; export * from 'five'; export * as six from 'six';
export const { p, q: [r] } = ns; export function f() {} export class K {} export { c as 'other name' };";
    let module = module("a.js", text);
    assert!(module.is_esm);
    let name = |binding: &BindingId| module[module[*binding].name].to_owned();
    let imported_as = |imported| match imported {
        ImportName::Named(name) => module[name].to_owned(),
        other => format!("{other:?}"),
    };
    let mut listing = String::new();
    for import in &module.imports {
        let names = import.names.iter().map(|(imported, local)| format!("{}={}", imported_as(*imported), name(local)));
        writeln!(listing, "{} {}", at(text, import.span), names.collect::<Vec<_>>().join(" ")).unwrap();
    }
    for export in &module.exports {
        match *export {
            Export::Local { name: exported, binding } => writeln!(listing, "{}: {}", &module[exported], name(&binding)),
            Export::From { name: exported, import, imported } => {
                writeln!(listing, "{}: {import}.{}", &module[exported], imported_as(imported))
            }
            other => writeln!(listing, "{other:?}"),
        }
        .unwrap();
    }
    assert_eq!(
        listing,
        r#"'one' default=d a=b some name=c
'two' Namespace=ns
'three' 
'four' 
'five' 
'six' 
default: d
b: b
y: 3.x
z: 3.default
All { import: 4 }
six: 5.Namespace
p: p
r: r
f: f
K: K
other name: c
"#
    );
}

#[test]
fn default_exports_are_bound_or_evaluated() {
    for text in ["export default function () {}", "export default function f() {}", "export default class {}"] {
        let module = module("a.js", text);
        let [Export::Local { name, binding }] = &module.exports[..] else { panic!("{text}: {:?}", module.exports) };
        assert_eq!(&module[*name], "default");
        let hoisted = module[module.scopes[0].hoisted].iter().any(|(function, _)| function == binding);
        let is_class = matches!(module.stmts[..], [Stmt::Class { binding: class, .. }] if class == *binding);
        assert!(hoisted || is_class, "{text}");
    }
    let module = module("a.js", "export default () => 1");
    assert!(matches!(module.stmts[..], [Stmt::ExportDefault(_)]) && module.exports.is_empty());
    assert!(function_names(&module).contains(&"default"));
}

#[test]
fn module_syntax_makes_a_module() {
    for text in ["await x", "import.meta.url", "export {}", "import 'a'", "for await (const a of b) ;"] {
        assert!(module("a.js", text).is_esm, "{text}");
    }
    for text in ["import('a')", "module.exports = 1", "async () => await x", "var await; await (x)"] {
        assert!(!module("a.js", text).is_esm, "{text}");
    }
    assert!(module("a.mjs", "await (x)").exprs.iter().any(|expr| matches!(expr, Expr::Await(_))));
}

#[test]
fn classes_keep_what_runs() {
    let text = "class A extends B {
  constructor() { super(); super.m(new.target) }
  #p = this.q; static s; [k()] = 1; 1.50() {} get g() { return #p in this } set g(v) {} static { this.t = 1 } accessor u = 2
}";
    let module = module("a.js", text);
    let class = &module.classes[0];
    assert!(class.superclass.is_some() && class.constructor.is_some());
    let members: Vec<_> = class
        .members
        .iter()
        .map(|member| {
            let key = member.key.map_or("-", |key| module.static_key(key).map_or("[]", |name| name));
            let kind = format!("{:?}", member.kind);
            (key, kind.split(['(', ')']).next().unwrap_or_default().to_owned(), member.is_static)
        })
        .collect();
    let members: Vec<_> = members.iter().map(|(key, kind, is_static)| (*key, &**kind, *is_static)).collect();
    assert_eq!(
        members,
        [
            ("#p", "Field", false),
            ("s", "Field", true),
            ("[]", "Field", false),
            ("1.5", "Method", false),
            ("g", "Getter", false),
            ("g", "Setter", false),
            ("-", "StaticBlock", true),
            ("u", "Field", false),
        ]
    );
    let MemberKind::Field(Some(value)) = class.members[0].kind else { panic!("{:?}", class.members[0]) };
    let value = &module[value];
    assert!(matches!(value.body, Body::Expr(_)) && !value.is_arrow);
}

#[test]
fn values_are_what_javascript_makes_of_them() {
    let text = r"[0x1F, 1_000, .5e1, 12n, 0xFFn, '\x41\u{1F600}', `\t${1}`, tag`\unicode`, /a\/b/gi, void 0, void f()]";
    let module = module("a.js", text);
    let [Expr::Array(elements)] = written(&module, text, text)[..] else { panic!("{module:?}") };
    let values = module[elements].iter().map(|element| match element {
        Element::Value(id) => shown(&module, *id),
        other => format!("{other:?}"),
    });
    assert_eq!(
        values.collect::<Vec<_>>(),
        [
            "31.0",
            "1000.0",
            "5.0",
            "12n",
            "255n",
            "\"A😀\"",
            "[\"\\t\", \"\"]",
            "[\"\\\\unicode\"]",
            "/a\\/b/gi",
            "Undefined",
            "Void",
        ]
    );
}

#[test]
fn jsx_runs_its_expressions() {
    let text = "const page = <Page.Header title={title()} {...rest}><b>{inner}</b>it's<>{list.map(x => <li>{x}</li>)}</></Page.Header>";
    for file_name in ["a.jsx", "a.js", "a.tsx"] {
        let module = module(file_name, text);
        for part in ["Page", "title()", "rest", "inner", "x"] {
            assert!(!written(&module, text, part).is_empty(), "{file_name}: {part}");
        }
        assert!(written(&module, text, "b").is_empty() && written(&module, text, "li").is_empty());
    }
}

/// Node's verdict stands beside each.
#[test]
fn what_node_refuses_is_refused() {
    let refused = [
        ("a.js", "const x;"),
        ("a.js", "let x; let x;"),
        ("a.js", "function f(a) { let a }"),
        ("a.js", "module.exports = { apps = [] }"),
        ("a.js", "f(;"),
        ("a.js", "'use strict'; x = 010"),
        ("a.js", "export default 1; with (a) {}"),
        ("a.mjs", "x = 010"),
        ("a.js", "class A { static"),
        ("a.ts", "let x: = 1"),
    ];
    for (file_name, text) in refused {
        let SyntaxError { span, message } = lower(file_name, text).expect_err(text);
        assert!(span.end as usize <= text.len() && !message.is_empty(), "{text}");
    }
    let accepted = [
        ("a.js", "return 1"),
        ("a.js", "x = 010; with (a) b"),
        ("a.js", "new.target"),
        ("a.js", "if (a) function f() {}"),
        ("a.js", "var x; var x; function x() {} function f(a, a) { var a; function a() {} }"),
        ("a.js", "let f; { function f() {} }"),
        ("a.js", "var let, yield, async, of, get, await"),
        ("a.js", "<!-- comment"),
        ("a.ts", "enum E { A } enum E { B = 1 } class C {} namespace C { export const c = 1 }"),
    ];
    for (file_name, text) in accepted {
        module(file_name, text);
    }
}
