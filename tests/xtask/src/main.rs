//! `cargo xtask <word>`: the project's commands, one word each, for people and for CI.
//!
//! Why: a machine with Rust and Node and nothing else gets from a clone to a running server, or to every test, by one
//! command. Invariant: std only, so the first command compiles in a second; a step whose inputs did not change does
//! nothing; whatever is missing is installed or named in one sentence. Next: `test.rs` for the steps of a test run,
//! `renderer.rs` for the WebAssembly build, `tidy.rs` for the rules of the tree.

use std::process::ExitCode;

mod autobahn;
mod build;
mod chromium;
mod debian;
mod fuzz;
mod load;
mod node;
mod project;
mod renderer;
mod run;
mod stamp;
mod test;
mod tidy;
mod xss;

const USAGE: &str = "\
cargo xtask <word>

  serve [flags]        build what changed and serve on http://localhost:8080, data in ./data
                       (flags go to `galley serve`; --lan also listens on the local network)
  test [part...]       every check and every test; parts: check rust torture web browser
                       (browser -- <arguments for Playwright>)
  check                format, lints, tidy, types
  tidy                 the rules of the tree alone
  build                the release binary with the web build inside: target/release/galley
  web                  the front end alone: renderer for the browser, bundles, compressed twins
  load [workload...]   beside a bare relay and, with --peers, y-sweet, y-websocket and Hocuspocus (installed on demand);
                       --pairs n, --budget 25m, --only, --paper FILE; writes tests/load/RESULTS.md. In a browser:
                       `load web`, key to paint, and bytes; `load lighthouse`; `load notes`; `load offline`, a phone without
                       a network
  torture [test...]    kills, full disks, failing calls, power cuts, bad networks, floods; --budget 20m, --seed, --count;
                       appends to tests/torture/REPORT.md
  fuzz [target...]     bytes from nowhere against everything that reads them; --cpu-minutes n (5) or --time 5m
                       each, --jobs n, --minimise makes the corpus small; appends to the same report
  autobahn [case...]   Autobahn|Testsuite (needs a Python 2.7) against a build that echoes; appends to the same report
  xss                  texts that mean harm in every place that shows words, in Chromium; --count n, --seed s,
                       --payloads file (one a line, or a JSON list), --sinks a,b, --budget 40m; appends to the same report
  shots                pictures of every screen, light and dark, desk and phone: target/shots/
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (word, rest) = words.split_first().map_or(("help", [].as_slice()), |(word, rest)| (word.as_str(), rest));
    let result = match word {
        "serve" => build::serve(rest),
        "test" => test::test(rest),
        "check" => test::check(),
        "tidy" => tidy::tidy(),
        "build" => build::release().map(|_| ()),
        "web" => build::web().map(|_| ()),
        "load" => load::load(rest),
        "torture" => build::torture(rest),
        "fuzz" => fuzz::fuzz(rest),
        "autobahn" => autobahn::autobahn(rest),
        "xss" => xss::xss(rest),
        "shots" => build::shots(),
        "help" | "-h" | "--help" => {
            print!("{USAGE}");
            Ok(())
        }
        other => Err(format!("there is no `{other}`\n\n{USAGE}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("\nxtask: {sentence}");
            ExitCode::FAILURE
        }
    }
}
