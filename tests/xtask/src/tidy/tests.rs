//! Each rule against a tree with one violation planted in it, and against its well-behaved twin.

use super::{File, Tree, Violation, crates, licences, sizes, spec, tree, words};

fn planted(files: &[(&str, &str)]) -> Tree {
    Tree { files: files.iter().map(|(path, text)| File { path: (*path).into(), text: (*text).into() }).collect() }
}

fn found(check: fn(&Tree) -> Vec<Violation>, files: &[(&str, &str)]) -> Vec<String> {
    check(&planted(files)).iter().map(ToString::to_string).collect()
}

#[track_caller]
fn one(check: fn(&Tree) -> Vec<Violation>, path: &str, text: &str, part: &str) {
    let found = found(check, &[(path, text)]);
    assert!(found.len() == 1 && found[0].contains(part), "{found:#?}");
}

#[track_caller]
fn none(check: fn(&Tree) -> Vec<Violation>, path: &str, text: &str) {
    assert_eq!(found(check, &[(path, text)]), Vec::<String>::new());
}

#[test]
fn long_functions_files_and_components_are_found() {
    let body = "    x();\n".repeat(60);
    one(sizes::check, "server/src/a.rs", &format!("fn long() {{\n{body}}}\n"), "a.rs::long` has 62 lines");
    none(sizes::check, "server/src/a.rs", &format!("fn fits() {{\n{}}}\n", "    x();\n".repeat(58)));
    one(sizes::check, "web/src/a.ts", &format!("export const long = (a: X) => {{\n{body}}};\n"), "a.ts::long`");
    one(sizes::check, "web/src/a.ts", &format!("export function long(a: X): Y {{\n{body}}}\n"), "a.ts::long`");
    one(sizes::check, "web/src/a.ts", &format!("class A {{\n  long(a: X) {{\n{body}}}\n}}\n"), "a.ts::long`");
    none(sizes::check, "web/src/a.ts", &format!("if (x) {{\n{body}}}\n"));
    none(sizes::check, "tests/browser/a.spec.ts", &format!("test.describe(\"all\", () => {{\n{body}}});\n"));
    one(sizes::check, "web/src/ui/a.tsx", &"x;\n".repeat(151), "a component has at most 150");
    one(sizes::check, "storage/src/a.rs", &"// x\n".repeat(501), "a file has at most 500");
}

#[test]
fn the_room_is_pure() {
    one(words::check, "server/room/src/lib.rs", "use std::time::Instant;\n", "the room is pure");
    none(
        words::check,
        "server/room/src/lib.rs",
        "// no Instant here\nstruct Instantly;\n#[cfg(test)]\nmod tests {\n use std::thread; }",
    );
    none(words::check, "server/room/src/sim.rs", "use std::thread;\n");
    one(crates::check, "server/room/Cargo.toml", "[dependencies]\nyrs.workspace = true\ntokio = \"1\"\n", "`tokio`");
    none(
        crates::check,
        "server/room/Cargo.toml",
        "[dependencies]\nyrs.workspace = true\n[dev-dependencies]\nproptest = \"1\"\n",
    );
}

#[test]
fn the_environment_is_read_in_one_place() {
    one(words::check, "server/src/http.rs", "let x = env::var(\"X\");\n", "config.rs");
    none(words::check, "server/src/config.rs", "let x = std::env::var(\"X\");\n");
    none(words::check, "server/src/http.rs", "const V: &str = env!(\"CARGO_PKG_VERSION\");\n");
}

#[test]
fn network_html_and_documents_stay_behind_their_doors() {
    one(words::check, "web/src/ui/a.tsx", "await fetch(url);\n", "talk to the network");
    none(words::check, "web/src/session/api.ts", "await fetch(url); new WebSocket(url);\n");
    none(words::check, "web/src/ui/a.tsx", "prefetch(url);\n");
    one(words::check, "web/src/ui/a.tsx", "node.innerHTML = html;\n", "preview/patch.ts");
    none(words::check, "web/src/preview/patch.ts", "node.innerHTML = html;\n");
    one(words::check, "web/src/ui/a.tsx", "import * as Y from \"yjs\";\n", "never a Y.Doc");
    one(crates::check, "web/src/session/a.ts", "import { x } from \"../ui/x.js\";\n", "`ui`");
    none(crates::check, "web/src/preview/scroll.ts", "import type { EditorHandle } from \"../editor/editor\";\n");
}

#[test]
fn colours_have_names() {
    one(words::check, "web/src/styles/a.css", "a { color: #fff; }\n", "tokens.css");
    one(words::check, "web/src/ui/a.tsx", "const c = \"#a1b2c3\";\n", "tokens.css");
    one(words::check, "web/src/styles/a.css", "a { color: rgb(0 0 0 / 10%); }\n", "tokens.css");
    none(words::check, "web/src/styles/tokens.css", ":root { --ink: #123456; }\n");
    none(words::check, "web/src/styles/a.css", "#add { color: var(--ink); }\n");
    none(words::check, "web/src/ui/a.tsx", "this.#add = \"x\"; const id = \"#main\";\n");
}

#[test]
fn dependencies_point_one_way() {
    one(crates::check, "storage/Cargo.toml", "[dependencies]\nroom.workspace = true\n", "may not depend");
    one(crates::check, "server/Cargo.toml", "[dependencies]\nyrs.workspace = true\n", "may know it");
    one(crates::check, "server/Cargo.toml", "[dependencies]\nsled = { version = \"1\" }\n", "may know it");
}

#[test]
fn rules_and_tests_name_each_other() {
    let page = ("tests/spec/storage.md", "- **ST1** One.\n- **ST2** Two, *sled*.\n");
    let all = "fn st1_holds() {}\n// ST2: also here\n";
    assert_eq!(found(spec::check, &[page, ("storage/src/tests.rs", all)]), Vec::<String>::new());
    let missing = found(spec::check, &[page, ("storage/src/tests.rs", "fn st1_holds() {}\n")]);
    assert_eq!(missing, ["tests/spec/storage.md:2: no test carries ST2"]);
    let unknown = found(spec::check, &[page, ("storage/src/tests.rs", &format!("{all}fn st9_is_made_up() {{}}\n"))]);
    assert_eq!(unknown, ["storage/src/tests.rs:3: there is no rule ST9 in tests/spec"]);
}

#[test]
fn the_tree_has_its_shape_and_no_traces_of_machines() {
    let whole: Vec<(&str, &str)> = tree_of_nothing();
    assert_eq!(found(tree::check, &whole), Vec::<String>::new());
    let with = |extra: (&'static str, &'static str)| [whole.clone(), vec![extra]].concat();
    assert_eq!(found(tree::check, &with(("docs/a.md", ""))).len(), 1);
    assert_eq!(found(tree::check, &with((".ci/run", ""))).len(), 0);
    assert_eq!(found(tree::check, &with(("web/a.ts", concat!("\"/wo", "rk/main\"")))).len(), 1);
    assert_eq!(found(tree::check, &with(("web/a.ts", concat!("src/wo", "rk/main")))).len(), 0);
    assert_eq!(found(tree::check, &with(("web/package-lock.json", concat!("registry.npm", "js.org")))).len(), 1);
    assert!(!found(tree::check, &whole[1..]).is_empty());
}

fn tree_of_nothing() -> Vec<(&'static str, &'static str)> {
    let files = [
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "server/a.rs",
        "storage/a.rs",
        "tests/a.rs",
        "web/a.rs",
    ];
    files.map(|path| (path, "")).to_vec()
}

#[test]
fn forbidden_licences_are_found() {
    let metadata = r#"{"packages":[{"name":"good","version":"1","license":"MIT"},{"name":"bad","license":"GPL-3.0"}]}"#;
    let lock = "{\"node_modules/worse\": {\n \"version\": \"1\",\n \"license\": \"AGPL-3.0\" } }";
    let found = licences::check(&planted(&[("web/package-lock.json", lock)]), metadata);
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, ["Cargo.lock:1: bad is under GPL-3.0", "web/package-lock.json:1: worse is under AGPL-3.0"]);
}
