//! TypeScript, as what of it runs.

use super::*;

#[test]
fn types_are_erased() {
    let text = "import type { A } from 'a'; import { type B } from 'b'; import C, { type D } from 'c';
export type { E } from 'e'; export { type F } from 'f'; export type * from 'g'; interface I { i: number } type T = I;
declare const g: number; declare function h(): void; declare module 'm' { const n: 1 } declare global { var o: any }
function over(a: string): void; function over(a: any) { return <any>a satisfies T as unknown as I }
abstract class K<T> extends C<T> { declare p: string; abstract q(): void; private r?: T; s!: T; [key: string]: any }
export { I, over }; namespace Types { export type X = 1 } let x = over!(g)!;";
    let module = module("a.ts", text);
    let specifiers: Vec<_> = module.imports.iter().map(|import| &module[import.specifier]).collect();
    assert_eq!(specifiers, ["c"]);
    assert_eq!(module.exports.len(), 1, "{:?}", module.exports);
    let names: Vec<_> = module.bindings.iter().map(|binding| &module[binding.name]).collect();
    assert_eq!(names, ["C", "over", "K", "x", "a", "K"]);
    assert_eq!(module.classes[0].members.len(), 2, "r and s");
    assert_eq!(function_names(&module).iter().filter(|name| **name == "over").count(), 1);
}

#[test]
fn enums_are_objects_both_ways() {
    let module = module(
        "a.ts",
        "enum E { A, B = 1 << 2, C, 'd-e' = E.B | A, F = 'f', G = F + B, H = call() } const enum N { X = -1, Y }
declare enum D { Z }",
    );
    assert_eq!(
        properties(&module, "E")[..10],
        [
            "A: 0.0",
            "0: \"A\"",
            "B: 4.0",
            "4: \"B\"",
            "C: 5.0",
            "5: \"C\"",
            "d-e: 4.0",
            "4: \"d-e\"",
            "F: \"f\"",
            "G: \"f4\"",
        ]
    );
    assert_eq!(properties(&module, "E").len(), 12, "what is not known may be a number");
    assert_eq!(properties(&module, "N"), ["X: -1.0", "-1: \"X\"", "Y: 0.0", "0: \"Y\""]);
    assert!(properties(&module, "D").is_empty());
}

/// Each member twice as long as the one before would need more memory than there is.
#[test]
fn enums_do_not_grow_without_bound() {
    let members: String = (1..64).map(|i| format!(", M{i} = M{} + M{}", i - 1, i - 1)).collect();
    let module = module("a.ts", &format!("enum E {{ M0 = 'x'{members} }}"));
    assert!(properties(&module, "E").len() >= 64);
}

#[test]
fn namespaces_are_objects() {
    let text = "namespace N { const hidden = 1; export const a = hidden; export function f() { return a } }
namespace N { export namespace P.Q { export let b = 2 } }
class C {} namespace C { export const c = 3 } N.a";
    let module = module("a.ts", text);
    assert_eq!(uses("a.ts", text, "hidden"), [(1, 1)]);
    let names = module.bindings.iter().map(|binding| &module[binding.name]);
    let declared = names.filter(|name| matches!(*name, "N" | "C")).count();
    assert_eq!(declared, 3, "declarations of one name merge; a class is bound inside, too");
    let assigned: Vec<_> = module
        .patterns
        .iter()
        .filter_map(|pattern| match pattern {
            Pattern::Member(member) => Some(module.member(*member)?.1),
            _ => None,
        })
        .collect();
    assert_eq!(assigned, ["a", "f", "b", "Q", "P", "c"]);
}

#[test]
fn typescript_requires_and_assigns_modules() {
    let module = module("a.ts", "import fs = require('fs'); import join = fs.promises; export = { join }");
    assert!(matches!(&module.imports[0].names[..], [(ImportName::Require, _)]));
    assert!(matches!(module.exports[..], [Export::Assigned]) && !module.is_esm);
    let assigned = module.patterns.iter().any(|pattern| match pattern {
        Pattern::Member(member) => module.member(*member).is_some_and(|(object, name)| {
            name == "exports" && matches!(module[object], Expr::Global(_)) && module.last_name(object) == Some("module")
        }),
        _ => false,
    });
    assert!(assigned, "{module:?}");
}

#[test]
fn injected_types_are_names() {
    let text = "import { Users } from './users'; import * as db from './db';
@Injectable() class Api {
  @Inject() cache: Cache;
  constructor(private readonly users: Users, @Inject(db.TOKEN) pool: db.Pool, size: number = 1) {}
  @Get('/') list(@Query() page: Users) {}
}";
    let module = module("a.ts", text);
    let class = &module.classes[0];
    assert_eq!((module[class.decorators].len(), class.members.len()), (1, 2));
    let written_as = |id: Option<ExprId>| id.map(|id| at(text, module.expr_span(id)));
    assert_eq!(written_as(class.members[0].type_name), Some("Cache"));
    assert_eq!(module[class.members[1].decorators].len(), 1);

    let params = &module[class.constructor.unwrap()].params;
    let seen: Vec<_> = params
        .iter()
        .map(|param| {
            (param.property.map(|name| &module[name]), written_as(param.type_name), module[param.decorators].len())
        })
        .collect();
    assert_eq!(seen, [(Some("users"), Some("Users"), 0), (None, Some("db.Pool"), 1), (None, None, 0)]);
    let users = params[0].type_name.unwrap();
    assert!(matches!(module[users], Expr::Name(_)), "resolved to the import");
}
