//! What there is without `require`: globals, and the methods of builtin classes, by name.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::super::super::value::{Nature, Value};
use super::super::errors::error_class;

const OBJECT: &str = "\
    __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ hasOwnProperty isPrototypeOf \
    propertyIsEnumerable toLocaleString toString valueOf";

const FUNCTION: &str = "apply bind call";

const ARRAY: &str = "\
    at concat copyWithin entries every fill filter find findIndex findLast findLastIndex flat flatMap forEach \
    includes indexOf join keys lastIndexOf map pop push reduce reduceRight reverse shift slice some sort \
    splice toReversed toSorted toSpliced unshift values with";

const STRING: &str = "\
    anchor at big blink bold charAt charCodeAt codePointAt concat endsWith fixed fontcolor fontsize includes \
    indexOf isWellFormed italics lastIndexOf link localeCompare match matchAll normalize padEnd padStart \
    repeat replace replaceAll search slice small split startsWith strike sub substr substring sup \
    toLocaleLowerCase toLocaleUpperCase toLowerCase toUpperCase toWellFormed trim trimEnd trimLeft trimRight \
    trimStart";

/// Whether `name` is one of the names.
pub(super) fn lists(names: &str, name: &str) -> bool {
    names.split(' ').any(|known| known == name)
}

/// The methods of a class, without those of `Object.prototype`.
fn methods(class: &str) -> &'static str {
    match class {
        "Array" => ARRAY,
        "String" => STRING,
        "Function" => FUNCTION,
        "Number" => "toExponential toFixed toPrecision",
        "RegExp" => "compile exec test",
        "Map" => "clear delete entries forEach get has keys set values",
        "Set" => "add clear delete entries forEach has keys values",
        "Promise" => "catch finally then",
        "Iterator" => "next",
        _ => "",
    }
}

/// What every value of builtin class `class` has under `key`: a method, its class, or nothing.
pub(in super::super) fn member(class: &str, key: &str) -> Value {
    match key {
        "constructor" if class == "Iterator" => Value::unknown("the class of an iterator"),
        "constructor" if class == "DataCloneError" => Value::symbol("DOMException", Nature::Object),
        "constructor" => Value::symbol(class, Nature::Object),
        _ => method(if error_class(class).is_some() { "Error" } else { class }, key),
    }
}

/// Method `key` of builtin class `class`; `undefined` where there is none.
fn method(class: &str, key: &str) -> Value {
    let owner = match () {
        () if lists(methods(class), key) => class,
        () if lists(OBJECT, key) => match class {
            "Object" | "Map" | "Set" | "Promise" | "Iterator" => "Object",
            class => class,
        },
        () if class != "Object" => return of_later_node(key).unwrap_or_else(Value::undefined),
        () => return Value::undefined(),
    };
    Value::symbol(format!("{owner}.prototype.{key}"), Nature::Object)
}

/// Names that are looked up all the time.
type Names = LazyLock<FxHashSet<&'static str>>;

/// Global functions and classes.
static FUNCTIONS: Names = LazyLock::new(|| FUNCTION_NAMES.split(' ').collect());

const FUNCTION_NAMES: &str = "\
    AbortController AbortSignal AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Blob \
    Boolean BroadcastChannel Buffer ByteLengthQueuingStrategy CompressionStream CountQueuingStrategy Crypto \
    CryptoKey CustomEvent DOMException DataView Date DecompressionStream Error EvalError Event EventTarget \
    File FinalizationRegistry Float32Array Float64Array FormData Function Headers Int16Array Int32Array \
    Int8Array Map MessageChannel MessageEvent MessagePort Number Object Performance PerformanceEntry \
    PerformanceMark PerformanceMeasure PerformanceObserver PerformanceObserverEntryList \
    PerformanceResourceTiming Promise Proxy RangeError ReadableByteStreamController ReadableStream \
    ReadableStreamBYOBReader ReadableStreamBYOBRequest ReadableStreamDefaultController \
    ReadableStreamDefaultReader ReferenceError RegExp Request Response Set SharedArrayBuffer String \
    SubtleCrypto Symbol SyntaxError TextDecoder TextDecoderStream TextEncoder TextEncoderStream \
    TransformStream TransformStreamDefaultController TypeError URIError URL URLSearchParams Uint16Array \
    Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WritableStream \
    WritableStreamDefaultController WritableStreamDefaultWriter atob btoa clearImmediate clearInterval \
    clearTimeout decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval fetch isFinite isNaN \
    parseFloat parseInt queueMicrotask require setImmediate setInterval setTimeout structuredClone unescape";

/// Global objects that are no functions.
static OBJECTS: Names = LazyLock::new(|| OBJECT_NAMES.split(' ').collect());

const OBJECT_NAMES: &str = "\
    Atomics Intl JSON Math Reflect WebAssembly console crypto global globalThis performance process";

/// What Node came to have after version 20.
const LATER: &str = "\
    CloseEvent Float16Array Iterator Navigator Storage WebSocket difference getOrInsert intersection \
    isDisjointFrom isSubsetOf isSupersetOf localStorage navigator sessionStorage symmetricDifference union";

/// A global or method that Node has or has not, by its version.
pub(in super::super) fn of_later_node(name: &str) -> Option<Value> {
    lists(LATER, name).then(|| Value::unknown(format!("`{name}` is there in newer versions of Node only")))
}

/// Whether Node defines the undeclared name.
pub(in super::super) fn is_global(name: &str) -> bool {
    FUNCTIONS.contains(name) || OBJECTS.contains(name)
}

/// `typeof` of what a symbol stands for; `None` where that is a library's affair.
pub(in super::super) fn type_of(symbol: &str) -> Option<&'static str> {
    match symbol {
        _ if symbol.contains('(') => None,
        _ if FUNCTIONS.contains(symbol) || is_method(symbol) => Some("function"),
        _ if OBJECTS.contains(symbol) => Some("object"),
        _ => None,
    }
}

fn is_method(symbol: &str) -> bool {
    symbol.split_once(".prototype.").is_some_and(|(_, name)| !name.contains('.'))
}

/// Whether two symbols stand for the same; `None` where that is not sure.
pub(in super::super) fn same_builtin(one: &str, other: &str) -> Option<bool> {
    match one == other {
        true if !one.contains('(') => Some(true),
        false if type_of(one).is_some() && type_of(other).is_some() => Some(false),
        _ => None,
    }
}

/// The name that a builtin function shows.
pub(in super::super) fn function_name(symbol: &str) -> Option<&str> {
    (type_of(symbol)? == "function").then(|| symbol.rsplit('.').next().unwrap_or(symbol))
}
