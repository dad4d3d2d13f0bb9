//! The headers of every answer: one table, held against every route, method and status on three kinds of site.

use galley::config::Config;
use serde_json::json;

use crate::support::{Answer, PASSWORD, Person, Server, folder};

/// What is the same everywhere.
const FIXED: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];
/// What a policy must say, whatever the page.
const RULES: [&str; 8] = [
    "default-src 'none'",
    "frame-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types galley",
];

/// The whole policy of what people uploaded: stricter than a page's.
pub const UPLOADED: &str = "default-src 'none'; sandbox";

/// The whole policy of the service worker: it asks this site, and nothing else.
const WORKER: &str = "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Fails unless the answer wears everything it must.
pub fn dressed(what: &str, answer: &Answer) {
    let header = |name: &str| answer.headers.get(name).map_or("", String::as_str);
    for (name, value) in FIXED {
        assert_eq!(header(name), value, "{what}: {answer:?}");
    }
    assert!(header("permissions-policy").contains("camera=()"), "{what}");
    let cache =
        ["no-store", "private, no-cache", "no-cache", "public, max-age=86400", "public, max-age=31536000, immutable"];
    assert!(cache.contains(&header("cache-control")), "{what}: {}", header("cache-control"));
    for name in ["server", "x-powered-by", "strict-transport-security"] {
        assert!(!answer.headers.contains_key(name), "{what}: {name}");
    }
    if answer.status == 304 {
        return assert!(!answer.headers.contains_key("content-security-policy"), "{what}");
    }
    let policy = header("content-security-policy");
    if policy == UPLOADED {
        return assert_eq!(header("x-frame-options"), "DENY", "{what}");
    }
    if answer.status == 200 && what.ends_with("/sw.js") {
        assert_eq!(header("cache-control"), "no-cache", "{what}");
        assert_eq!(header("x-frame-options"), "DENY", "{what}");
        return assert_eq!(policy, WORKER, "{what}");
    }
    if answer.status == 200 && what.contains("/frame/") {
        return framed(what, header("x-frame-options"), policy);
    }
    assert_eq!(header("x-frame-options"), "DENY", "{what}");
    for rule in RULES {
        assert!(policy.contains(rule), "{what}: {rule} is not in {policy}");
    }
    for loose in ["unsafe-inline", "'unsafe-eval'", "script-src *", "http://*", "script-src 'self' data:"] {
        assert!(!policy.contains(loose), "{what}: {loose} is in {policy}");
    }
}

/// What stands in a frame of ours may stand in no other, and runs only the site's own scripts.
fn framed(what: &str, options: &str, policy: &str) {
    assert_eq!(options, "SAMEORIGIN", "{what}");
    for rule in ["default-src 'none'", "sandbox allow-scripts;", "base-uri 'none'", "frame-ancestors 'self'"] {
        assert!(policy.contains(rule), "{what}: {rule} is not in {policy}");
    }
    let scripts = policy.split("; ").find(|rule| rule.starts_with("script-src ")).expect("scripts");
    assert!(scripts.ends_with("/assets/") && scripts.matches(' ').count() == 1, "{what}: {scripts}");
    for loose in ["allow-same-origin", "'unsafe-eval'", "connect-src", "img-src"] {
        assert!(!policy.contains(loose), "{what}: {loose} is in {policy}");
    }
}

/// Every path of the route table, with something in the place of each part that varies.
fn paths() -> Vec<String> {
    let table = include_str!("../../server/src/http.rs");
    let found = table.split("at(\"").skip(1).filter_map(|rest| rest.split_once('"').map(|(path, _)| path.to_owned()));
    let filled = found.map(|path| {
        let parts = path.split('/').map(|part| match part {
            "{path:.*}" => "nothing.js".to_owned(),
            part if part.starts_with('{') => "0198c000-0000-7000-8000-000000000000".to_owned(),
            part => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join("/")
    });
    filled.filter(|path| path.starts_with('/')).chain(["/nothing/here".to_owned(), "/api/nothing".to_owned()]).collect()
}

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"];

#[test]
fn pg4_every_route_method_and_site_is_dressed() {
    let mut statuses = std::collections::BTreeMap::new();
    for site in [None, Some("https://notes.example.org"), Some("http://box.lan:8080")] {
        let data = folder();
        let public_url = site.map(|site| site.parse().expect("a site"));
        let server = Server::with(Config { public_url, ..Config::for_tests(data.path()) }, None);
        let origin = server.url.clone();
        let person = Person { url: format!("http://127.0.0.1:{}", server.port), cookie: String::new() };
        let host = origin.split_once("://").expect("a scheme").1.to_owned();
        for path in paths() {
            // An event stream never ends, and a socket's answer is not one of ours.
            if path == "/api/events" || path.starts_with("/sync/") {
                continue;
            }
            for method in METHODS {
                let headers = [
                    ("host", host.as_str()),
                    ("origin", &origin),
                    ("x-galley", "1"),
                    ("content-type", "application/json"),
                ];
                let answer = person.send_raw(method, &path, &headers, "{}");
                dressed(&format!("{method} {origin}{path}"), &answer);
                assert!(answer.status < 500, "{method} {path}: {answer:?}");
                *statuses.entry(answer.status).or_insert(0) += 1;
            }
        }
        cookie(&person, &origin, &host, server.setup_url.as_deref());
    }
    println!("{statuses:?}");
    assert!(statuses.values().sum::<i32>() > 700 && statuses.len() >= 7, "{statuses:?}");
}

#[test]
fn pg30_only_embeds_name_other_hosts_and_only_asked_for() {
    let data = folder();
    let server = Server::with(Config::for_tests(data.path()), None);
    let person = Person { url: server.url.clone(), cookie: String::new() };
    let get = |path: &str| person.send_raw("GET", path, &[], "");
    let fine = get("/frame/embed/youtube?id=dQw4w9WgXcQ");
    let policy = &fine.headers["content-security-policy"];
    assert_eq!((fine.status, &*fine.headers["x-frame-options"]), (200, "SAMEORIGIN"), "{fine:?}");
    assert!(policy.contains("frame-src https://www.youtube-nocookie.com;"), "{policy}");
    assert!(policy.contains("frame-ancestors 'self'") && !policy.contains("script-src"), "{policy}");
    let gist = get("/frame/embed/gist?id=octocat/6cad326836d38bd3a7ae");
    let policy = &gist.headers["content-security-policy"];
    assert!(
        policy.contains("script-src https://gist.github.com;") && !policy.contains("allow-same-origin"),
        "{policy}"
    );
    for (path, status) in [
        ("/frame/embed/youtube?id=%22%3E%3Cscript%3E", 400),
        ("/frame/embed/youtube", 400),
        ("/frame/embed/example?id=1", 404),
        ("/frame/embed/YouTube?id=dQw4w9WgXcQ", 404),
    ] {
        let answer = get(path);
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        assert!(!answer.headers["content-security-policy"].contains("https://www"), "{path}");
        dressed(path, &answer);
    }
}

/// The cookie is host-only, out of scripts' reach, and secure where the site is.
fn cookie(person: &Person, origin: &str, host: &str, setup: Option<&str>) {
    let setup = setup.and_then(|url| url.split_once("#setup=")).map(|(_, secret)| secret);
    let headers = [("host", host), ("origin", origin), ("x-galley", "1"), ("content-type", "application/json")];
    let typed = json!({"name": "ada", "password": PASSWORD, "setup": setup}).to_string();
    let answer = person.send_raw("POST", "/api/signup", &headers, &typed);
    let set = &answer.set_cookie;
    let secure = origin.starts_with("https");
    assert!(set.starts_with(if secure { "__Host-galley=" } else { "galley=" }), "{origin}: {answer:?}");
    assert_eq!(set.contains("Secure"), secure, "{set}");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(set.contains(part), "{set}");
    }
    assert!(!set.contains("Domain"), "{set}");
}
