//! Mutants of the corpus without a fuzzer's compiler: `cargo run -p hostile --example mutate -- seconds target...`.
//! Blind where libFuzzer sees, but it needs nothing that is not here; whatever breaks is written beside its corpus.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use room::sim::rng::Rng;

fn main() {
    let mut words = std::env::args().skip(1);
    let seconds = words.next().and_then(|word| word.parse().ok()).unwrap_or(10);
    let names: Vec<String> = words.collect();
    let chosen = hostile::targets().filter(|target| names.is_empty() || names.iter().any(|name| name == target.name));
    for target in chosen {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
        let corpus = inputs(&fuzz.join("corpus").join(target.name));
        let begun = Instant::now();
        let (mut rng, mut tried, mut found) =
            (Rng::new(begun.elapsed().as_nanos() as u64 ^ u64::from(std::process::id())), 0_u64, 0);
        while begun.elapsed() < Duration::from_secs(seconds) && found < 3 {
            let bytes = mutant(&corpus, &mut rng);
            let at = Instant::now();
            let broke = catch_unwind(AssertUnwindSafe(|| target.check(&bytes))).is_err();
            tried += 1;
            if broke || at.elapsed() > Duration::from_secs(2) {
                found += 1;
                let folder = fuzz.join("artifacts").join(target.name);
                std::fs::create_dir_all(&folder).expect("a folder");
                let file = folder.join(format!("crash-{:016x}", rng.number()));
                std::fs::write(&file, &bytes).expect("written");
                println!("FOUND {} ({:?})", file.display(), at.elapsed());
            }
        }
        println!("{}: {tried} mutants in {:.0} s, {found} found", target.name, begun.elapsed().as_secs_f64());
    }
}

fn inputs(folder: &PathBuf) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<Vec<u8>> = entries.filter_map(|entry| std::fs::read(entry.path()).ok()).collect();
    all.push(Vec::new());
    all
}

fn mutant(corpus: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = corpus[rng.below(corpus.len())].clone();
    for _ in 0..=rng.below(6) {
        let at = rng.below(bytes.len() + 1);
        match rng.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.below(8),
            1 if at < bytes.len() => bytes[at] = [0, 1, 0x7f, 0x80, 0xff, b'\n', b'<', b'"'][rng.below(8)],
            2 => bytes.truncate(at.max(bytes.len() / 2)),
            3 => {
                let other = &corpus[rng.below(corpus.len())];
                let from = rng.below(other.len() + 1);
                let to = (from + rng.below(64)).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            4 => drop(bytes.splice(at..(at + rng.below(16)).min(bytes.len()), [])),
            5 => {
                let to = (at + rng.below(32)).min(bytes.len());
                let again = bytes[at..to].repeat(1 + rng.below(8));
                bytes.splice(at..at, again);
            }
            _ => bytes.insert(at, rng.number() as u8),
        }
    }
    bytes
}
