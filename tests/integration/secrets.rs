//! What lies on the disk opens nothing, and guessing is slow.

use std::collections::BTreeSet;

use galley::config::Config;
use serde_json::{Value, json};
use storage::Storage;

use crate::support::{PASSWORD, Person, Server, folder, fresh};
use peer::connect_with;

/// Every string in every record: keys, parts of keys, and all that is inside the values.
async fn stored(storage: &Storage) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let prefixes = [
        "account/",
        "name/",
        "guest/",
        "session/",
        "sessions/",
        "token/",
        "tokens/",
        "invite/",
        "reset/",
        "doc/",
        "due/",
        "dueof/",
        "migrated/",
        "of/",
        "opened/",
        "link/",
        "linkdoc/",
        "grant/",
        "member/",
        "memberof/",
        "ask/",
        "rev/",
        "seen/",
        "run/",
        "lost/",
        "passkey/",
        "passkeyid/",
    ];
    for prefix in prefixes {
        for (key, record) in storage.list(prefix, None, 10_000).await.expect("a list") {
            found.extend(key.split('/').map(str::to_owned));
            strings(&serde_json::from_slice(&record.value).unwrap_or_default(), &mut found);
        }
    }
    found.retain(|text| !text.is_empty() && text.is_ascii());
    found
}

fn strings(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(found.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| strings(field, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ac36_nothing_stored_is_a_cookie_a_token_a_secret_or_a_word() {
    let data = folder();
    let storage = Storage::open(data.path()).expect("a store");
    let mut config = Config::for_tests(data.path());
    config.limits.set("failures_per_minute=1000000").expect("a limit");
    let server = Server::with(config, Some(storage.clone()));
    let ada = Person::sign_up(&server, "ada");
    Person::sign_up(&server, "bob");
    let document = ada.document("# Secret");
    let links = format!("/api/documents/{document}/links");
    let link = ada.send("POST", &links, Some(json!({"role": "edit"}))).ok();
    let locked = ada.send("POST", &links, Some(json!({"role": "edit", "password": "jacquard"}))).ok();
    let guest = Person::by_link(&server, &link);
    guest.send("POST", &format!("/api/documents/{document}/leave"), Some(json!({}))).ok();
    ada.send("POST", "/api/tokens", Some(json!({"label": "x", "scope": "edit"}))).ok();
    ada.send("POST", "/api/admin/invites", Some(json!({"label": "x"}))).ok();
    let users = ada.send("GET", "/api/admin/users", None).ok();
    let bob = users["users"][1]["author"].as_str().expect("an id").to_owned();
    ada.send("POST", &format!("/api/admin/users/{bob}/reset"), Some(json!({}))).ok();
    let words = stored(&storage).await;
    assert!(words.len() > 35, "{}", words.len());
    let nobody = Person::stranger(&server);
    let id = |link: &Value| link["id"].as_str().expect("an id").to_owned();
    for word in &words {
        tokio::task::block_in_place(|| opens_nothing(&nobody, word, &[id(&link), id(&locked)], &document));
        let headers = std::collections::HashMap::from([("origin", nobody.url.as_str())]);
        let path = format!("/sync/{document}?ticket={}", word.replace(['$', ' ', '#', '%', '&', '+', '\n'], ""));
        assert!(connect_with(&nobody.url, &path, &headers).await.is_err(), "{word} opens a socket as a ticket");
    }
    println!("{} stored strings tried in seven places", words.len());
}

fn opens_nothing(nobody: &Person, word: &str, links: &[String], document: &str) {
    let path = format!("/api/documents/{document}");
    let cookie = format!("galley={word}");
    assert_eq!(nobody.send_raw("GET", &path, &[("cookie", &cookie)], "").status, 404, "{word} as a cookie");
    for token in [word.to_owned(), format!("galley_{word}")] {
        let bearer = format!("Bearer {token}");
        assert_eq!(nobody.send_raw("GET", &path, &[("authorization", &bearer)], "").status, 401, "{word} as a token");
    }
    for link in links {
        let shown = json!({"secret": word, "password": word});
        let answer = nobody.send("POST", &format!("/api/links/{link}/redeem"), Some(shown));
        assert_eq!(answer.status, 404, "{word} as a link's secret");
    }
    let reset = nobody.send("POST", "/api/reset", Some(json!({"reset": word, "password": PASSWORD})));
    assert_eq!(reset.status, 404, "{word} as a reset word");
}

#[test]
fn ac37_a_flood_of_guesses_reaches_the_hasher_ten_times_whatever_it_wears() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let headers = ["x-forwarded-for", "forwarded", "cf-connecting-ip", "x-real-ip", "true-client-ip"];
    let paths =
        ["/api/login", "//api/login", "/api/login/", "/API/LOGIN", "/api/login;x", "/api/%6cogin", "/api/login?x=1"];
    let names = ["ada", "ADA", " ada "];
    let (mut compared, begun) = (0, std::time::Instant::now());
    for number in 0..10_000_usize {
        let address = format!("10.{}.{}.{}", number % 7, number % 251, number % 241);
        let typed = json!({"name": names[number % names.len()], "password": format!("guess {number}")}).to_string();
        let sent = [
            ("origin", ada.url.as_str()),
            ("x-galley", "1"),
            ("content-type", "application/json"),
            (headers[number % headers.len()], address.as_str()),
        ];
        let answer = ada.send_raw("POST", paths[number % paths.len()], &sent, &typed);
        compared += u64::from(answer.status == 401);
        assert!(matches!(answer.status, 401 | 404 | 429), "{answer:?}");
    }
    // A busy machine may take more than one minute for it.
    let minutes = begun.elapsed().as_secs() / 60 + 1;
    assert!(compared <= 10 * minutes, "{compared} guesses were compared in {minutes} minutes");
}
