//! `cargo xtask autobahn`: Autobahn|Testsuite, the one everybody's WebSocket server is measured by, against ours.
//!
//! The suite is written for Python 2.7 and nothing newer; it is installed into a folder of the target, once. The server is
//! built with the feature `autobahn`, which adds a route that echoes behind the guard of every socket, and a copy of it runs
//! on a free port. Invariant: one case that FAILED fails the command; what came of it is a row of the torture report.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::run::{answer, quiet, say, shown};
use crate::{debian, project};

/// Compression is never negotiated (12, 13); 16 MiB are beyond our limit (9.1.6, 9.2.6); 9.7 and 9.8 measure speed.
const LEFT_OUT: [&str; 6] = ["9.1.6", "9.2.6", "9.7.*", "9.8.*", "12.*", "13.*"];
/// 9.3 and 9.4 send 4 MiB in pieces of 64 bytes.
const OVERRIDES: [&str; 2] = ["fragments=100000", "slowest_bytes_per_second=1"];
const SUITE: &str = "autobahntestsuite==25.10.1";

/// Runs all cases, or those named, such as `1.*` or `6.4.1`.
pub fn autobahn(cases: &[String]) -> Result<(), String> {
    let folder = project::target().join("autobahn");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let python = python()?;
    let site = install(&python, &folder)?;
    let mut server = Server::start(&folder)?;
    let begun = Instant::now();
    let reports = folder.join("reports");
    fs::remove_dir_all(&reports).ok();
    let spec = folder.join("spec.json");
    fs::write(&spec, specification(&server.url, &reports, cases))
        .map_err(|error| format!("{}: {error}", spec.display()))?;
    let code = format!(
        "import site, sys; site.addsitedir({:?}); sys.argv[0] = 'wstest'; from autobahntestsuite.wstest import run; run()",
        site.display().to_string()
    );
    let mut suite = Command::new(&python);
    suite.current_dir(&folder).args(["-W", "ignore", "-c", &code, "-m", "fuzzingclient", "-s"]).arg(&spec);
    quiet("running Autobahn|Testsuite", &mut suite)?;
    server.stop();
    let index = reports.join("index.json");
    let index = fs::read_to_string(&index).map_err(|error| format!("{}: {error}", index.display()))?;
    let outcomes = outcomes(&index);
    let table = Table::of(&outcomes);
    table.print();
    if cases.is_empty() {
        note(&table, begun.elapsed().as_secs())?;
    }
    match table.failed() {
        0 if table.cases > 0 => Ok(()),
        0 => Err("no case ran".into()),
        failed => Err(format!("{failed} cases failed; {}/index.html says how", reports.display())),
    }
}

/// A Python 2.7 that runs; pyenv's stand-ins on the path need not.
fn python() -> Result<PathBuf, String> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let pyenv = std::env::var_os("PYENV_ROOT").map(PathBuf::from).or(home.map(|home| home.join(".pyenv")));
    let versions = pyenv.and_then(|pyenv| fs::read_dir(pyenv.join("versions")).ok()).into_iter().flatten().flatten();
    let kept = versions.map(|version| version.path().join("bin/python2.7")).filter(|path| path.is_file());
    let named = ["python2.7", "/usr/bin/python2.7", "python2"].map(PathBuf::from);
    let runs = |python: &PathBuf| {
        let said = answer(&python.to_string_lossy(), &["-c", "import sys; print(sys.version_info[:2])"]);
        said.as_deref() == Some("(2, 7)")
    };
    let found = named.into_iter().chain(kept).find(runs);
    found.ok_or_else(|| {
        "Autobahn|Testsuite needs Python 2.7, and there is none here; `pyenv install 2.7.18` builds one".into()
    })
}

/// The suite and what it needs, in a folder of their own.
fn install(python: &Path, folder: &Path) -> Result<PathBuf, String> {
    let site = folder.join("site");
    if site.join("autobahntestsuite").is_dir() {
        return Ok(site);
    }
    let pip = || {
        let mut command = Command::new(python);
        command.env("PIP_DISABLE_PIP_VERSION_CHECK", "1").args(["-W", "ignore", "-m", "pip"]);
        command
    };
    let has_pip = pip().arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !has_pip.is_ok_and(|status| status.success()) {
        let made = quiet("giving Python 2.7 its pip", Command::new(python).args(["-m", "ensurepip", "--user"]));
        made.or_else(|_| debian::install(&["python-pip"]))?;
    }
    let unfinished = folder.join("site.new");
    fs::remove_dir_all(&unfinished).ok();
    quiet("installing Autobahn|Testsuite", pip().args(["install", "--quiet", "--target"]).arg(&unfinished).arg(SUITE))?;
    fs::rename(&unfinished, &site).map_err(|error| format!("{}: {error}", site.display()))?;
    Ok(site)
}

fn specification(url: &str, reports: &Path, cases: &[String]) -> String {
    let list = |names: &[String]| names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    let all = ["*".to_owned()];
    let cases = if cases.is_empty() { &all } else { cases };
    format!(
        "{{\"outdir\": {:?}, \"servers\": [{{\"agent\": \"galley\", \"url\": \"{}/echo\"}}], \"cases\": [{}], \
         \"exclude-cases\": [{}], \"exclude-agent-cases\": {{}}}}\n",
        reports.display().to_string(),
        url.replacen("http", "ws", 1).replacen("localhost", "127.0.0.1", 1),
        list(cases),
        list(&LEFT_OUT.map(str::to_owned)),
    )
}

/// The server with the echo, from a copy: what others run from the target must not have it.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start(folder: &Path) -> Result<Server, String> {
        say("building the server with its echo (development build)");
        shown(&mut project::cargo(&["build", "--package=galley", "--bin=galley", "--features=autobahn"]))?;
        let (built, copy) = (project::program("debug", "galley"), folder.join("galley"));
        fs::copy(&built, &copy).map_err(|error| format!("{}: {error}", copy.display()))?;
        fs::remove_file(&built).ok();
        let data = folder.join("data");
        fs::remove_dir_all(&data).ok();
        let mut command = Command::new(copy);
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "error", "--data"]).arg(data);
        command.args(OVERRIDES.iter().flat_map(|change| ["--limit", change]));
        say(format_args!("limits changed for it: {}", OVERRIDES.join(", ")));
        let process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut process = process.map_err(|error| format!("the server could not be started: {error}"))?;
        let lines = process.stdout.take().into_iter().flat_map(|output| BufReader::new(output).lines());
        let url = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("listening on ").map(str::to_owned));
        match url {
            Some(url) => Ok(Server { process, url }),
            None => Err("the server did not say where it listens".into()),
        }
    }

    fn stop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Case -> how it behaved, and how it closed.
fn outcomes(index: &str) -> BTreeMap<String, (String, String)> {
    let value = |text: &str, key: &str| {
        let (_, rest) = text.split_once(&format!("\"{key}\": \""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let mut found = BTreeMap::new();
    for part in index.split("\": {").skip(2).zip(index.split("\": {").skip(1)) {
        let (of, before) = part;
        let name = before.rsplit('"').next().unwrap_or_default();
        let of = of.split_once('}').map_or(of, |(inside, _)| inside);
        if let (Some(behaviour), Some(close)) = (value(of, "behavior"), value(of, "behaviorClose")) {
            found.insert(name.to_owned(), (behaviour, close));
        }
    }
    found
}

/// Cases by how they behaved and closed.
struct Table {
    cases: usize,
    behaved: BTreeMap<String, Vec<String>>,
    closed: BTreeMap<String, Vec<String>>,
}

impl Table {
    fn of(outcomes: &BTreeMap<String, (String, String)>) -> Table {
        let (mut behaved, mut closed) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
        for (case, (behaviour, close)) in outcomes {
            behaved.entry(behaviour.clone()).or_default().push(case.clone());
            closed.entry(close.clone()).or_default().push(case.clone());
        }
        Table { cases: outcomes.len(), behaved, closed }
    }

    fn count(of: &BTreeMap<String, Vec<String>>, what: &str) -> usize {
        of.get(what).map_or(0, Vec::len)
    }

    /// Wrong, or closed in a way that is.
    fn failed(&self) -> usize {
        Table::count(&self.behaved, "FAILED")
            + ["FAILED", "FAILED BY CLIENT", "WRONG CODE", "UNCLEAN"]
                .iter()
                .map(|how| Table::count(&self.closed, how))
                .sum::<usize>()
    }

    fn figures(&self) -> Vec<String> {
        let behaved = ["OK", "NON-STRICT", "INFORMATIONAL", "FAILED"]
            .map(|how| format!("{how} {}", Table::count(&self.behaved, how)));
        let late = format!("not closed by the server {}", Table::count(&self.closed, "FAILED BY CLIENT"));
        behaved.into_iter().chain([late]).collect()
    }

    fn print(&self) {
        println!("\n{} cases", self.cases);
        for (title, of) in [("behaviour", &self.behaved), ("close", &self.closed)] {
            for (how, cases) in of {
                let which = if cases.len() > 20 { String::new() } else { format!("   {}", cases.join(" ")) };
                println!("  {title:<10} {how:<18} {:>4}{which}", cases.len());
            }
        }
        println!();
    }
}

fn note(table: &Table, seconds: u64) -> Result<(), String> {
    let mut command = project::cargo(&["run", "--quiet", "--package=torture", "--", "note", "--test=autobahn"]);
    command.args(["--cases", &table.cases.to_string(), "--failed", &table.failed().to_string()]);
    command.args(["--checked", &(2 * table.cases).to_string(), "--seconds", &seconds.to_string()]);
    shown(command.args(table.figures().iter().flat_map(|figure| ["--figure", figure])))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = r#"{
   "galley": {
      "1.1.1": {
         "behavior": "OK",
         "behaviorClose": "OK",
         "duration": 1,
         "remoteCloseCode": 1000,
         "reportfile": "galley_case_1_1_1.json"
      },
      "6.4.1": {
         "behavior": "NON-STRICT",
         "behaviorClose": "FAILED BY CLIENT",
         "duration": 1001
      }
   }
}"#;

    #[test]
    fn an_index_is_read_and_counted() {
        let read = outcomes(INDEX);
        assert_eq!(read.keys().collect::<Vec<_>>(), ["1.1.1", "6.4.1"]);
        let table = Table::of(&read);
        assert_eq!((table.cases, table.failed()), (2, 1));
        assert_eq!(
            table.figures(),
            ["OK 1", "NON-STRICT 1", "INFORMATIONAL 0", "FAILED 0", "not closed by the server 1"]
        );
    }

    #[test]
    fn the_specification_names_what_runs() {
        let all = specification("http://localhost:80", Path::new("/r"), &[]);
        assert!(all.contains("ws://127.0.0.1:80/echo") && all.contains(r#""cases": ["*"]"#) && all.contains("9.1.6"));
        assert!(specification("http://localhost:80", Path::new("/r"), &["6.*".into()]).contains(r#""cases": ["6.*"]"#));
    }
}
