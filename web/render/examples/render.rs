//! Renders standard input: `cargo run -p render --example render < text.md`.

use std::io::Read;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let html = render::render(&text, &render::Options::default());
    for block in html.blocks() {
        println!("<!-- {}+{} -->\n{}", block.line, block.lines, block.html);
    }
    println!("<!-- title {:?}, {} words, {:?} {:?} -->", html.title(), html.words(), html.front(), html.outline());
    Ok(())
}
