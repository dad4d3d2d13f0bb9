//! LO11: `tests/load/RESULTS.md`: a section a workload, replaced as a whole by the run that measured it.
//!
//! Invariant: nothing in it is written by hand; a section says when, of which commit, on what machine and how often it was
//! measured, and the bars on top are those of the sections below.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::bars;
use crate::rounds::{Outcomes, medians, number};
use crate::target::{DOOR, Kind, LIFTED};
use crate::workload::{WORKLOADS, Workload};

const HEAD: &str = "# How fast it is

Written by `cargo xtask load --peers`, never by hand. Every figure is the median over rounds in which all targets ran
directly after each other, in an order drawn anew; a bar compares within the rounds. Everything runs on loopback; the
generator is one thread, and what it took itself is in the tables. TCP_NODELAY is set on the relay, Galley and the
generator; peers are as their packages start them. Galley fsyncs every edit before it acks; no peer does.
";

/// Replaces the sections of what was measured.
pub fn write(path: &Path, measured: &[(&Workload, &Outcomes)], how: &How) -> Result<(), String> {
    let trouble = |error: std::io::Error| format!("{}: {error}", path.display());
    let old = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(trouble(error)),
    };
    let mut sections: BTreeMap<String, String> = old.split("\n## ").skip(1).filter_map(named).collect();
    let stamp = how.stamp();
    for (workload, outcomes) in measured {
        sections.insert(workload.name.to_owned(), section(workload, outcomes, &stamp, how));
    }
    fs::write(path, text(&sections)).map_err(trouble)
}

/// How a run was made.
pub struct How {
    /// Repeats the order.
    pub seed: u64,
    /// What could not take part, a sentence each.
    pub missing: Vec<String>,
    /// The recorded history that `open` opens.
    pub history: String,
}

fn named(section: &str) -> Option<(String, String)> {
    let (name, rest) = section.split_once('\n')?;
    Some((name.trim().to_owned(), rest.trim().to_owned()))
}

fn text(sections: &BTreeMap<String, String>) -> String {
    let mut text = HEAD.to_owned();
    let ordered: Vec<(&str, &String)> =
        WORKLOADS.iter().filter_map(|workload| Some((workload.name, sections.get(workload.name)?))).collect();
    let bars = ordered.iter().flat_map(|(_, section)| section.lines()).filter(|line| line.starts_with("- "));
    let bars: Vec<&str> = bars.filter(|line| !line.starts_with("- note")).collect();
    write!(text, "\n## Bars\n\n{}\n", bars.join("\n")).expect("text takes everything");
    write!(text, "\nLimits lifted: {}; but for `storm`, {}.\n", LIFTED.join(", "), DOOR.join(", "))
        .expect("text takes everything");
    for (name, section) in ordered {
        write!(text, "\n## {name}\n\n{section}\n").expect("text takes everything");
    }
    text
}

fn section(workload: &Workload, outcomes: &Outcomes, stamp: &str, how: &How) -> String {
    let rounds = outcomes.values().map(Vec::len).max().unwrap_or(0);
    let mut text = format!("{}. {stamp}, {rounds} rounds.\n\n", workload.what);
    if workload.name == "open" {
        write!(text, "The history is `{}`.\n\n", how.history).expect("text takes everything");
    }
    let table: Vec<(Kind, _)> = outcomes.iter().map(|(kind, outcomes)| (*kind, medians(outcomes))).collect();
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in table.iter().flat_map(|(_, figures)| &figures.0) {
        if !names.contains(name) {
            names.push(name);
        }
    }
    writeln!(text, "| target | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()))
        .expect("text takes everything");
    for (kind, figures) in &table {
        let cells = names.iter().map(|name| figures.get(name).map_or("–".into(), number));
        writeln!(text, "| {} | {} |", kind.label(), cells.collect::<Vec<_>>().join(" | "))
            .expect("text takes everything");
    }
    text.push('\n');
    for line in bars::lines(workload.name, outcomes) {
        writeln!(text, "{line}").expect("text takes everything");
    }
    for (kind, outcomes) in outcomes {
        let failed: Vec<&String> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
        if let Some(why) = failed.first() {
            let (bad, all) = (failed.len(), outcomes.len());
            writeln!(text, "- note: {} failed in {bad} of {all} rounds: {why}", kind.label())
                .expect("text takes everything");
        }
    }
    for why in &how.missing {
        writeln!(text, "- note: {why}").expect("text takes everything");
    }
    text.trim_end().to_owned()
}

impl How {
    fn stamp(&self) -> String {
        let date = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M").to_string();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let kernel = kernel.split(['-', '+']).next().unwrap_or_default().trim().to_owned();
        let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        format!("{date}, commit {}, {os} {kernel} {arch}, {cores} cores, seed {}", peer::commit(), self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{Figures, name};

    #[test]
    fn lo11_a_run_replaces_only_what_it_measured() {
        let path = std::env::temp_dir().join(format!("galley-load-{}.md", uuid::Uuid::now_v7()));
        let how = How { seed: 1, missing: vec!["y-sweet is not installed".into()], history: "seph-blog1".into() };
        let of = |name: &'static str, value| {
            let figures = Ok(Figures(vec![(name, value)]));
            Outcomes::from([(Kind::Galley, vec![figures, Err("lost".into())])])
        };
        let find = |name| WORKLOADS.iter().find(|workload| workload.name == name).expect("known");
        let (idle, storm) = (of(name::IDLE_CPU, 0.5), of(name::LAST_IN, 12.25));
        write(&path, &[(find("idle"), &idle), (find("storm"), &storm)], &how).expect("written");
        write(&path, &[(find("storm"), &of(name::LAST_IN, 16.0))], &how).expect("written");
        let text = fs::read_to_string(&path).expect("there");
        fs::remove_file(&path).ok();
        assert_eq!(text.matches("- PASS: idle: CPU % at most 1: 0.50").count(), 2, "{text}");
        assert_eq!(text.matches("- miss: storm: last in s at most 15: 16.00").count(), 2, "{text}");
        assert!(!text.contains("12.25") && text.contains("Galley failed in 1 of 2 rounds: lost"), "{text}");
        assert!(text.contains("| Galley | 0.50 |") && text.contains("- note: y-sweet is not installed"), "{text}");
    }
}
