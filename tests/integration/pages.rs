//! Pages and the API as a browser, a curious person and a hostile page meet them.

use std::collections::BTreeMap;

use galley::config::Config;
use serde_json::json;

use crate::headers::dressed;
use crate::support::{Answer, PASSWORD, Person, Server, folder, fresh};

/// Sends exactly these headers.
fn raw(server: &Server, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let stranger = Person { url: format!("http://localhost:{}", server.port), cookie: String::new() };
    stranger.send_raw(method, path, headers, body)
}

const PATHS: [(&str, u16); 12] = [
    ("/", 200),
    ("/d/0198c000-0000-7000-8000-000000000000", 404),
    ("/d/nonsense", 404),
    ("/s/0198c000-0000-7000-8000-000000000000", 200),
    ("/nothing/here", 404),
    ("/assets/nothing.js", 404),
    ("/icon.svg", 200),
    ("/healthz", 200),
    ("/readyz", 200),
    ("/metrics", 404),
    ("/api/me", 200),
    ("/api/documents", 401),
];

#[tokio::test(flavor = "multi_thread")]
async fn pg4_every_answer_carries_the_headers() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("# Title");
    let own =
        [(format!("/d/{document}"), 200), (format!("/api/documents/{document}/text"), 200), ("/".to_owned(), 200)];
    let mut answers: Vec<(String, Answer)> = own.map(|(path, _)| (path.clone(), ada.send("GET", &path, None))).into();
    for (path, status) in PATHS {
        let answer = raw(&server, "GET", path, &[], "");
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        answers.push((path.to_owned(), answer));
        let head = raw(&server, "HEAD", path, &[], "");
        assert_eq!((head.status, head.body.as_str()), (status, ""), "HEAD {path}");
    }
    answers.push(("POST /api/login".into(), raw(&server, "POST", "/api/login", &[], "x")));
    answers.push(("DELETE /".into(), raw(&server, "DELETE", "/", &[("x-galley", "1")], "")));
    answers.iter().for_each(|(path, answer)| dressed(path, answer));
}

#[tokio::test(flavor = "multi_thread")]
async fn pg5_a_document_is_readable_without_script() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("# A title\n\nSome *text* and a [link](https://example.org).\n");
    let page = ada.send("GET", &format!("/d/{document}"), None);
    assert!(page.body.contains("<em>text</em>") && page.body.contains("A title · Galley"), "{}", page.body);
    assert_eq!(page.headers["cache-control"], "private, no-cache");
    let tag = page.headers["etag"].clone();
    let known = ada.send_raw("GET", &format!("/d/{document}"), &[("if-none-match", &tag)], "");
    assert_eq!(known.status, 304);
    assert!(!known.headers.contains_key("content-security-policy"), "a fresh nonce would block the page's scripts");
    ada.send("PATCH", &format!("/api/documents/{document}"), Some(json!({"title": "Another"}))).ok();
    let changed = ada.send_raw("GET", &format!("/d/{document}"), &[("if-none-match", &tag)], "");
    assert_eq!(changed.status, 200);
    assert!(changed.body.contains("Another · Galley"));
    let guest = Person::by_link(&server, &ada.link(&document, "view"));
    let theirs = guest.send_raw("GET", &format!("/d/{document}"), &[("if-none-match", &changed.headers["etag"])], "");
    assert_eq!(theirs.status, 200, "somebody else's page is another page");
}

#[tokio::test(flavor = "multi_thread")]
async fn pg85_what_one_reads_with_comes_before_any_script() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("# A title\n");
    let guest = Person::by_link(&server, &ada.link(&document, "edit"));
    let own = ada.send("GET", &format!("/d/{document}"), None);
    if !own.body.contains("/assets/document") {
        return; // without a front end there is no script to wait for
    }
    let at_once =
        |page: Answer| (page.body.contains("modulepreload\" href"), page.body.contains(" src=\"/assets/document"));
    assert_eq!(at_once(own), (true, true), "who writes waits for nothing");
    for page in
        [guest.send("GET", &format!("/d/{document}"), None), ada.send("GET", &format!("/d/{document}?view"), None)]
    {
        assert!(page.body.contains("import(\"/assets/document"), "{}", page.body);
        assert_eq!(at_once(page), (false, false));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pg6_nothing_ends_an_element_of_the_page() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let hostile = "</script></title></article><script>alert(1)</script><img src=x onerror=alert(1)>";
    ada.send("PATCH", "/api/me", Some(json!({"display": &hostile[..40]}))).ok();
    let document = ada.document(&format!(
        "---\ntitle: {hostile:?}\nlang: \"x\\\" onload=\\\"alert(1)\"\n---\n# {hostile}\n\n{hostile}\n"
    ));
    for path in ["/".to_owned(), format!("/d/{document}")] {
        let page = ada.send("GET", &path, None).body.to_lowercase();
        assert_eq!(
            page.matches("<script").count() - page.matches("<script type=\"module\"").count(),
            1,
            "only the boot data: {path}"
        );
        assert!(!page.contains("onload=\"alert") && !page.contains("<img src=x"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pg7_bad_input_gets_a_status_and_a_sentence() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let big = format!("{{\"name\":\"{}\",\"password\":\"x\"}}", "x".repeat(70_000));
    let cases: [(&str, &str, &str, u16, &str); 12] = [
        ("GET", "/api/nothing", "", 404, "not_found"),
        ("DELETE", "/api/login", "", 405, "wrong_method"),
        ("POST", "/api/login", "{", 400, "bad_json"),
        ("POST", "/api/login", "{\"name\":\"ada\"}", 400, "bad_json"),
        ("POST", "/api/login", "{\"name\":\"ada\",\"password\":\"x\",\"admin\":true}", 400, "bad_json"),
        ("POST", "/api/login", &big, 413, "too_large"),
        ("POST", "/api/signup", "{\"name\":\"a b\",\"password\":\"long enough 1\"}", 400, "name_invalid"),
        ("POST", "/api/signup", "{\"name\":\"ada\",\"password\":\"long enough 1\"}", 409, "name_taken"),
        ("POST", "/api/signup", "{\"name\":\"bob\",\"password\":\"short\"}", 400, "password_short"),
        ("POST", "/api/documents", "{\"id\":\"00000000-0000-4000-8000-000000000000\"}", 400, "id_invalid"),
        ("PATCH", "/api/me", "{\"display\":\"\"}", 400, "display_invalid"),
        ("GET", "/api/documents/nonsense", "", 404, "not_found"),
    ];
    for (method, path, body, status, code) in cases {
        let body = (!body.is_empty()).then_some(body);
        let answer = ada.send_text(method, path, body);
        assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (status, Some(code)), "{method} {path}");
        let sentence = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
        assert!(sentence.len() > 10 && sentence.ends_with('.'), "{sentence}");
    }
    let mut expired = ada.clone();
    expired.cookie = format!("galley={}", "0".repeat(64));
    assert_eq!(expired.send("GET", "/api/documents", None).status, 401);
    expired.cookie = "galley=rubbish".into();
    assert_eq!(expired.send("GET", "/api/me", None).json()["kind"], "nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn pg8_other_names_of_this_machine_lead_to_one() {
    let (server, _data) = fresh();
    let host = format!("127.0.0.1:{}", server.port);
    let answer = raw(&server, "GET", "/d/x?both", &[("host", &host)], "");
    assert_eq!(
        (answer.status, answer.headers["location"].as_str()),
        (307, format!("{}/d/x?both", server.url).as_str())
    );
    assert_eq!(raw(&server, "GET", "/healthz", &[("host", &host)], "").status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn pg9_metrics_are_there_for_their_token() {
    let data = folder();
    let server = Server::with(metered(Config::for_tests(data.path())), None);
    assert_eq!(raw(&server, "GET", "/metrics", &[], "").status, 404);
    assert_eq!(raw(&server, "GET", "/metrics", &[("authorization", "Bearer wrong")], "").status, 404);
    let answer = raw(&server, "GET", "/metrics", &[("authorization", "Bearer tell-me")], "");
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("galley_connections 0"), "{}", answer.body);
}

fn metered(mut config: Config) -> Config {
    config.metrics_token = Some("tell-me".parse().expect("a token"));
    config
}

#[tokio::test(flavor = "multi_thread")]
async fn ac17_who_may_create_accounts() {
    let data = folder();
    let mut config = Config::for_tests(data.path());
    config.public_url = Some("https://notes.example.org".parse().expect("a URL"));
    config.signup = galley::config::Signup::Invite;
    let server = Server::with(config, None);
    let site = Person { url: format!("http://localhost:{}", server.port), cookie: String::new() };
    let ours = [("origin", "https://notes.example.org"), ("x-galley", "1"), ("content-type", "application/json")];
    let sign_up = |name: &str, setup: &str| {
        let body = json!({"name": name, "password": PASSWORD, "setup": setup});
        site.send_raw("POST", "/api/signup", &ours, &body.to_string())
    };
    assert_eq!(sign_up("eve", "").json()["error"]["code"], "setup_required");
    assert_eq!(sign_up("eve", &"0".repeat(32)).json()["error"]["code"], "setup_required");
    let setup =
        server.setup_url.as_deref().and_then(|url| url.split_once("#setup=")).map(|(_, secret)| secret.to_owned());
    let first = sign_up("ada", &setup.clone().expect("printed at start"));
    assert_eq!((first.status, first.json()["admin"].as_bool()), (200, Some(true)));
    assert!(
        first.set_cookie.contains("__Host-galley=")
            && first.set_cookie.contains("Secure")
            && first.set_cookie.contains("HttpOnly")
    );
    assert_eq!(sign_up("bob", &setup.expect("known")).json()["error"]["code"], "invite_required");
}

#[tokio::test(flavor = "multi_thread")]
async fn ac18_other_sites_change_nothing() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("text");
    let own = server.url.clone();
    let good = BTreeMap::from([
        ("cookie", ada.cookie.as_str()),
        ("origin", &own),
        ("x-galley", "1"),
        ("content-type", "application/json"),
    ]);
    let spoiled: [(&str, Option<&str>); 8] = [
        ("origin", None),
        ("origin", Some("null")),
        ("origin", Some("https://evil.example")),
        ("origin", Some("http://localhost")),
        ("x-galley", None),
        ("x-galley", Some("0")),
        ("content-type", None),
        ("content-type", Some("text/plain")),
    ];
    let routes = [
        ("POST", "/api/documents".to_owned(), "{\"text\":\"x\"}"),
        ("PATCH", format!("/api/documents/{document}"), "{\"title\":\"x\"}"),
        ("POST", format!("/api/documents/{document}/links"), "{\"role\":\"edit\"}"),
        ("POST", "/api/logout".to_owned(), "{}"),
        ("PATCH", "/api/me".to_owned(), "{\"display\":\"Eve\"}"),
    ];
    for (method, path, body) in &routes {
        for (name, value) in spoiled {
            let mut headers = good.clone();
            match value {
                Some(value) => headers.insert(name, value),
                None => headers.remove(name),
            };
            let headers: Vec<_> = headers.into_iter().collect();
            let answer = ada.send_raw(method, path, &headers, body);
            assert!(matches!(answer.status, 403 | 415), "{method} {path} with {name}={value:?}: {answer:?}");
        }
    }
    let documents = ada.send("GET", "/api/documents", None).ok();
    assert_eq!(documents["documents"].as_array().map(Vec::len), Some(1));
    assert_eq!(ada.send("GET", "/api/me", None).json()["display"], "ada");
}

#[tokio::test(flavor = "multi_thread")]
async fn ac19_the_trash_is_the_owners() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("# Kept");
    let guest = Person::by_link(&server, &ada.link(&document, "edit"));
    let path = format!("/api/documents/{document}");
    assert_eq!(guest.send("DELETE", &path, None).status, 403, "a guest may not");
    assert_eq!(ada.send("DELETE", &path, None).status, 204);
    for person in [&ada, &guest] {
        assert_eq!(person.send("GET", &path, None).status, 404);
    }
    assert_eq!(ada.send("GET", "/api/documents?trash=1", None).ok()["documents"][0]["title"], "Kept");
    let restore = format!("{path}/restore");
    assert_eq!(guest.send("POST", &restore, Some(json!({}))).status, 404);
    ada.send("POST", &restore, Some(json!({}))).ok();
    assert_eq!(guest.text(&document), "# Kept", "links live on");
}

#[tokio::test(flavor = "multi_thread")]
async fn ac16_a_guest_who_signs_up_keeps_what_the_link_gave() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("shared");
    let mut guest = Person::by_link(&server, &ada.link(&document, "edit"));
    let old = guest.clone();
    guest.take_cookie(guest.send("POST", "/api/signup", Some(json!({"name": "gus", "password": PASSWORD}))));
    assert_eq!(guest.text(&document), "shared");
    assert_eq!(old.send("GET", "/api/me", None).json()["kind"], "nobody", "the session before is worth nothing after");
}

#[tokio::test(flavor = "multi_thread")]
async fn ac8_a_login_flood_is_stopped() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let attempt = |headers: &[(&str, &str)]| {
        let mut all = vec![("origin", ada.url.as_str()), ("x-galley", "1"), ("content-type", "application/json")];
        all.extend_from_slice(headers);
        ada.send_raw("POST", "/api/login", &all, "{\"name\":\"ada\",\"password\":\"wrong wrong\"}").status
    };
    let mut reached = 0;
    for number in 0..40 {
        let address = format!("10.0.0.{number}");
        let bypass = ["x-forwarded-for", "forwarded", "cf-connecting-ip", "x-real-ip"][number % 4];
        reached += usize::from(attempt(&[(bypass, &address)]) == 401);
    }
    assert_eq!(reached, 10, "ten a minute are compared, whatever the headers say");
}
