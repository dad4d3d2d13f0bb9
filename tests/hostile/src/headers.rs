//! FZ12: heads of requests, as far as our own code reads them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use galley::config::PublicUrl;
use galley::limits::Limits;
use galley::readers::head;

use crate::tape::text;

const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const TAG: &str = "\"0123456789abcdef0123456789abcdef\"";

/// Lines `name: value`; and each value as what a person may configure.
pub fn request(bytes: &[u8]) {
    let lines = bytes.split(|byte| *byte == b'\n').map(|line| {
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        (text(name), value.get(1..).unwrap_or_default().trim_ascii())
    });
    let headers: Vec<_> = lines.collect();
    let listed: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_ref(), *value)).collect();
    if let Some(read) = head(SocketAddr::new(PROXY, 1), PROXY, TAG, &listed) {
        let has = |wanted: &str| listed.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
        assert_eq!(read.addresses[1], PROXY, "nobody is believed who was not named");
        assert!(has("x-forwarded-for") || read.addresses[0] == PROXY);
        assert!(read.is_forwarded || !has("x-forwarded-for"));
        assert!(has("if-none-match") || !read.is_known);
        assert!(has("authorization") || !read.bearer);
        if let IpAddr::V6(network) = read.network {
            assert_eq!(u128::from(network) as u64, 0, "a whole /64");
        }
    }
    for (_, value) in &listed {
        configured(&text(value));
    }
}

fn configured(typed: &str) {
    if let Ok(url) = PublicUrl::from_str(typed) {
        let origin = url.origin();
        assert_eq!(PublicUrl::from_str(&origin).map(|again| again.origin()), Ok(origin));
    }
    let _ = Limits::default().set(typed);
}
