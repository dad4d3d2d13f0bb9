//! Peers, installed by their package names below one folder, each started as its own documentation starts it.
//!
//! `cargo xtask load --peers` fills the folder. Invariant: a peer that is not there is named in the results, never left out
//! silently.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::target::Kind;

/// The command that serves on an address and a folder; the error says what is not installed.
pub fn command(kind: Kind, peers: &Path, address: SocketAddr, data: &Path) -> Result<Command, String> {
    let npm = peers.join("npm");
    let needs = |path: PathBuf| match path.exists() {
        true => Ok(path),
        false => Err(format!("{} is not installed", kind.label())),
    };
    match kind {
        Kind::Relay | Kind::Galley => Err(format!("{} is no peer", kind.label())),
        Kind::YSweet => {
            let mut command = Command::new(needs(peers.join("bin").join("y-sweet"))?);
            command.arg("serve").args(["--host", "127.0.0.1", "--port", &address.port().to_string()]).arg(data);
            // As quiet as the others.
            command.env("RUST_LOG", "error");
            Ok(command)
        }
        Kind::YWebsocket => {
            needs(npm.join("node_modules/leveldown"))?;
            let mut command = Command::new("node");
            command.arg(needs(npm.join("node_modules/y-websocket/bin/server.cjs"))?).current_dir(npm);
            command.env("HOST", "127.0.0.1").env("PORT", address.port().to_string()).env("YPERSISTENCE", data);
            Ok(command)
        }
        Kind::Hocuspocus => {
            needs(npm.join("node_modules/better-sqlite3/build/Release/better_sqlite3.node"))?;
            let mut command = Command::new("node");
            command.arg(needs(npm.join("hocuspocus.mjs"))?).arg(address.port().to_string());
            command.arg(data.join("hocuspocus.sqlite")).current_dir(npm);
            Ok(command)
        }
    }
}

/// Whether it can be started at all.
pub fn installed(kind: Kind, peers: &Path) -> Result<(), String> {
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
    command(kind, peers, nowhere, Path::new("data")).map(|_| ())
}
