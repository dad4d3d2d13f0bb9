//! Flags and environment -> [`Config`], parsed once; the only reader of either.
//!
//! Invariant: after this file nothing interprets a string a person typed. Every flag has a `GALLEY_...` twin; a bad
//! value is an error before the port is bound, an unknown `GALLEY_` variable a warning. Next: `lib.rs`, which builds
//! an [`App`](crate::App) from it; `limits.rs` for the table of limits; `config/errand.rs` and `config/upkeep.rs` for the other
//! commands.

use std::fmt;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::str::FromStr;

use actix_web::http::Uri;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;

use crate::limits::Limits;

mod errand;
mod upkeep;

pub use errand::{Errand, Print};
pub use upkeep::{Backup, Doctor, Looked, Restore, Target, Verify};

/// `galley ...` as typed.
#[derive(Parser, Debug)]
#[command(name = "galley", version, about = "A self-hosted Markdown editor for people who write together.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands of `galley`.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Serve documents until told to stop.
    Serve(Serve),
    /// Accounts: list, invite, reset a password, suspend. Works with a running server and without.
    User(errand::User),
    /// Documents by their ids: list, give to another owner. Works with a running server and without.
    Doc(errand::Doc),
    /// What a running server has counted, as /metrics shows it.
    Metrics(errand::Metrics),
    /// Keep everything as one file, while a server runs or not.
    Backup(upkeep::BackupTyped),
    /// Look for what will go wrong: the folder, the disk, the clock, the proxy.
    Doctor(upkeep::DoctorTyped),
    /// Put a backup back into an empty folder.
    Restore(upkeep::RestoreTyped),
    /// Look at everything in a data folder or a backup, and say what is damaged.
    Verify(upkeep::VerifyTyped),
}

/// The flags of `galley serve`.
#[derive(Args, Debug)]
#[command(after_long_help = format!("Limits, with their defaults:\n{}", Limits::default().table()))]
pub struct Serve {
    /// Address and port to listen on; port 0 picks a free one.
    #[arg(long, env = "GALLEY_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Folder that holds everything Galley keeps.
    #[arg(long, env = "GALLEY_DATA")]
    data: Option<PathBuf>,
    /// The address people type; default http://localhost:<port>.
    #[arg(long, env = "GALLEY_PUBLIC_URL")]
    public_url: Option<PublicUrl>,
    /// Who may create an account after the first.
    #[arg(long, env = "GALLEY_SIGNUP", value_enum, default_value = "invite")]
    signup: Signup,
    /// Networks whose X-Forwarded-For is believed, such as 127.0.0.1/32; may be repeated.
    #[arg(long = "trusted-proxy", env = "GALLEY_TRUSTED_PROXY", value_delimiter = ',')]
    trusted_proxies: Vec<IpNet>,
    /// Changes one limit, such as text_bytes=1000000; may be repeated. `--help` lists all of them with their defaults;
    /// waits are in seconds.
    #[arg(long = "limit", env = "GALLEY_LIMIT", value_delimiter = ',', value_name = "NAME=VALUE")]
    limits: Vec<String>,
    /// Bearer token that may read /metrics; without it /metrics is not there.
    #[arg(long, env = "GALLEY_METRICS_TOKEN", hide_env_values = true)]
    metrics_token: Option<Token>,
    /// Listen on the local network and print an address and a QR code for the phone.
    #[arg(long, env = "GALLEY_LAN")]
    lan: bool,
    /// How log lines look.
    #[arg(long, env = "GALLEY_LOG_FORMAT", value_enum, default_value = "text")]
    log_format: LogFormat,
    /// What is logged: a level or directives such as info,galley=debug.
    #[arg(long, env = "GALLEY_LOG", default_value = "info")]
    log: String,
}

/// The variables that have a meaning; any other `GALLEY_` name is a likely typo.
const VARIABLES: [&str; 10] = [
    "GALLEY_LISTEN",
    "GALLEY_DATA",
    "GALLEY_PUBLIC_URL",
    "GALLEY_SIGNUP",
    "GALLEY_TRUSTED_PROXY",
    "GALLEY_LIMIT",
    "GALLEY_METRICS_TOKEN",
    "GALLEY_LAN",
    "GALLEY_LOG_FORMAT",
    "GALLEY_LOG",
];

/// Everything the server was told, in its final form.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The data folder.
    pub data: PathBuf,
    /// `None`: http://localhost on whatever port was bound.
    pub public_url: Option<PublicUrl>,
    /// Who may create an account after the first.
    pub signup: Signup,
    /// Peers whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Every limit.
    pub limits: Limits,
    /// Who may read /metrics.
    pub metrics_token: Option<Token>,
    /// Print a QR code at start.
    pub lan: bool,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Tracing directives.
    pub log: String,
}

impl Config {
    /// A server for tests: loopback, a free port, sign-up open, everything else as shipped.
    pub fn for_tests(data: impl Into<PathBuf>) -> Config {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data: data.into(),
            public_url: None,
            signup: Signup::Open,
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
            metrics_token: None,
            lan: false,
            log_format: LogFormat::Text,
            log: "info".into(),
        }
    }

    /// Where the site lives once the port is known.
    pub fn site(&self, port: u16) -> PublicUrl {
        self.public_url.clone().unwrap_or_else(|| PublicUrl { secure: false, host: "localhost".into(), port })
    }

    /// Whether the forwarding headers of this peer are believed.
    pub fn trusts(&self, peer: &IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(&peer.to_canonical()))
    }

    /// Whether only this machine can reach the server under its own name: then the first sign-up needs no secret.
    pub fn is_loopback(&self) -> bool {
        self.listen.ip().is_loopback() && self.public_url.as_ref().is_none_or(PublicUrl::is_loopback)
    }
}

impl TryFrom<Serve> for Config {
    type Error = ConfigError;

    fn try_from(typed: Serve) -> Result<Config, ConfigError> {
        let mut limits = Limits::default();
        for assignment in &typed.limits {
            limits.set(assignment).map_err(ConfigError::Limit)?;
        }
        let (listen, public_url) = match typed.lan {
            true => lan(typed.listen, typed.public_url)?,
            false => (typed.listen, typed.public_url),
        };
        Ok(Config {
            listen,
            data: typed.data.map_or_else(default_data, Ok)?,
            public_url,
            signup: typed.signup,
            trusted_proxies: typed.trusted_proxies,
            limits,
            metrics_token: typed.metrics_token,
            lan: typed.lan,
            log_format: typed.log_format,
            log: typed.log,
        })
    }
}

/// `GALLEY_` variables that mean nothing, to warn about.
pub fn unknown_variables() -> Vec<String> {
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("GALLEY_") && !VARIABLES.contains(&name.as_str()))
        .collect()
}

/// `./data` while developing, the platform's usual folder in a release build.
fn default_data() -> Result<PathBuf, ConfigError> {
    if cfg!(debug_assertions) {
        return Ok("data".into());
    }
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let home = || from("HOME");
    let folder = if cfg!(windows) {
        from("APPDATA").map(|dir| dir.join("Galley"))
    } else if cfg!(target_os = "macos") {
        home().map(|dir| dir.join("Library/Application Support/Galley"))
    } else {
        from("XDG_DATA_HOME").or_else(|| home().map(|dir| dir.join(".local/share"))).map(|dir| dir.join("galley"))
    };
    folder.ok_or(ConfigError::NoDataFolder)
}

/// Where something can be put for a moment.
fn scratch() -> PathBuf {
    std::env::temp_dir()
}

/// Listens on every interface; the public URL names the one that leads to the local network.
fn lan(listen: SocketAddr, url: Option<PublicUrl>) -> Result<(SocketAddr, Option<PublicUrl>), ConfigError> {
    let listen = SocketAddr::from(([0, 0, 0, 0], listen.port()));
    if url.is_some() {
        return Ok((listen, url));
    }
    // Connecting a UDP socket sends nothing; it only asks the routing table for our own address.
    let address = UdpSocket::bind(("0.0.0.0", 0))
        .and_then(|socket| socket.connect(("192.0.2.1", 9)).and_then(|()| socket.local_addr()))
        .map_err(|_| ConfigError::NoNetwork)?;
    if address.ip().is_loopback() || address.ip().is_unspecified() {
        return Err(ConfigError::NoNetwork);
    }
    Ok((listen, Some(PublicUrl { secure: false, host: address.ip().to_string(), port: listen.port() })))
}

/// Why the configuration was refused. Exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A `--limit` that does not parse.
    #[error("{0}")]
    Limit(String),
    /// A release build without HOME.
    #[error("no home folder is set: name the data folder with --data or GALLEY_DATA")]
    NoDataFolder,
    /// `--lan` on a machine without a network.
    #[error("this machine has no address on a local network: connect it, or name the address with --public-url")]
    NoNetwork,
}

/// Who may create an account after the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Signup {
    /// People who were invited.
    Invite,
    /// Anybody who can reach the server.
    Open,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// A secret a person configured; `Debug` never shows it.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Compares hashes, so the time taken tells nothing about the token.
    pub fn matches(&self, given: &str) -> bool {
        blake3::hash(self.0.as_bytes()) == blake3::hash(given.as_bytes())
    }
}

impl FromStr for Token {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Token, Self::Err> {
        Ok(Token(text.to_owned()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Scheme, host and port under which people reach this server; never a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// https.
    pub secure: bool,
    /// Host name or address; IPv6 in brackets.
    pub host: String,
    /// The port, also when it is the scheme's usual one.
    pub port: u16,
}

impl PublicUrl {
    /// As a browser writes `Origin`: lower case, without the scheme's usual port.
    pub fn origin(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.authority())
    }

    /// As a browser writes `Host`.
    pub fn authority(&self) -> String {
        match (self.secure, self.port) {
            (true, 443) | (false, 80) => self.host.clone(),
            (_, port) => format!("{}:{port}", self.host),
        }
    }

    /// Whether the host is this machine by name or address.
    pub fn is_loopback(&self) -> bool {
        is_loopback_host(&self.host)
    }
}

/// `localhost`, its subdomains, and the loopback addresses.
pub fn is_loopback_host(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.ends_with(".localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<PublicUrl, String> {
        let refuse = |why: &str| format!("{why}; write it like https://notes.example.org or http://localhost:8080");
        let uri: Uri = text.parse().map_err(|_| refuse("this is not a URL"))?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(refuse("a public URL starts with http:// or https://")),
        };
        if uri.path() != "/" || uri.query().is_some() {
            return Err(refuse("a public URL has no path: Galley lives at the root of its host"));
        }
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(refuse("a public URL names no user"));
        }
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(|| refuse("the host is missing"))?;
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let url = PublicUrl { secure, host: host.to_ascii_lowercase(), port };
        // A stray bracket passes above, and no browser would ever send it back.
        url.origin().parse::<Uri>().map(|_| url).map_err(|_| refuse("this is not a URL"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Result<String, String> {
        text.parse::<PublicUrl>().map(|url| url.origin())
    }

    #[test]
    fn public_urls_are_origins() {
        assert_eq!(url("https://Notes.example.org/").as_deref(), Ok("https://notes.example.org"));
        assert_eq!(url("http://localhost:8080").as_deref(), Ok("http://localhost:8080"));
        assert_eq!(url("http://box.lan:80").as_deref(), Ok("http://box.lan"));
        for bad in ["notes.example.org", "ftp://x", "https://x/notes", "https://a@x", "", "https://x/?q"] {
            assert!(url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn public_urls_can_be_written_and_read_again() {
        assert!(url("http://h[").is_err() && url("http://[::1]:80").is_ok());
    }

    #[test]
    fn loopback_names() {
        for name in ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert!(is_loopback_host(name), "{name}");
        }
        for name in ["localhost.example.org", "10.0.0.1", "[::2]"] {
            assert!(!is_loopback_host(name), "{name}");
        }
    }

    #[test]
    fn secrets_do_not_print() {
        assert_eq!(format!("{:?}", Token("hunter2".into())), "Token(..)");
        assert!(Token("hunter2".into()).matches("hunter2"));
    }
}
