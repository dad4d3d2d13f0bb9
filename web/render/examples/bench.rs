//! Times on this machine: `cargo run -p render --release --example bench`. Prose of three sizes (with one keystroke in the middle), then
//! every pathological text; the slowest and the most swollen come first.

#[path = "../tests/bounds/pathological.rs"]
mod pathological;

use std::time::{Duration, Instant};

use render::{Options, Renderer, render};

const PROSE: &str = "## A heading\n\nMost editors say *Saved* when your words have reached a server's memory. That is a **hope**, \
    not a [fact](https://example.org/fact). If the power goes now, the words go with it; see `fdatasync` and www.example.org.\n\n\
    - Say nothing until the disk has answered.\n- [x] Count what is still waiting\n\n```rust\nfn commit(&mut self) -> Result<Ack> { \
    self.log.sync_data()?; Ok(Ack) } // the promise\n```\n\n| Saving by | Alone |\n|---|---:|\n| Memory | 0.1 ms |\n\n";

fn main() {
    for kilobytes in [10, 100, 1000] {
        let mut text = PROSE.repeat(kilobytes * 1000 / PROSE.len());
        let whole = median(|| drop(render(&text, &Options::default())));
        let mut renderer = Renderer::default();
        renderer.update(&text);
        let middle = text.len() / 2;
        let middle = text[..middle].rfind("\n\nMost").map_or(0, |at| at + 3);
        let keystroke = median(|| {
            text.insert(middle, 'x');
            renderer.update(&text);
        });
        println!("{kilobytes:>5} KB of prose: {whole:>9.1?} whole, {keystroke:>9.1?} a keystroke");
    }
    let mut rows: Vec<_> = pathological::pathological(65_000)
        .into_iter()
        .map(|(name, text)| {
            let start = Instant::now();
            let html = render(&text, &Options::default());
            (start.elapsed(), name, text.len(), html.body().len())
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.0));
    println!("\n{} pathological texts, slowest first", rows.len());
    for (time, name, text, html) in rows.iter().take(15) {
        println!("{time:>9.1?}  {text:>9} -> {html:>9}  {name}");
    }
    rows.sort_by(|a, b| (b.3 as f64 / b.2 as f64).total_cmp(&(a.3 as f64 / a.2 as f64)));
    println!("\nmost swollen first");
    for (time, name, text, html) in rows.iter().take(8) {
        println!("{:>8.1}x  {text:>9} -> {html:>9}  {time:>9.1?}  {name}", *html as f64 / *text as f64);
    }
}

fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<_> = (0..21)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}
