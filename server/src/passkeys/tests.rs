//! Ceremonies with a device of our own, in memory and in given time.

use storage::memory::MemoryStore;

use super::authenticator::Device;
use super::*;

const ORIGIN: &str = "https://notes.example.org";
const HOST: &str = "notes.example.org";
const NOW: u64 = 1_700_000_000_000;

const ADA: Author = Author(Uuid::from_u128(1));
const BEN: Author = Author(Uuid::from_u128(2));

struct Site {
    store: MemoryStore,
    storage: Storage,
    passkeys: Passkeys,
}

impl Site {
    fn new() -> Site {
        Site::on(MemoryStore::new())
    }

    fn on(store: MemoryStore) -> Site {
        let storage = Storage::Memory(store.clone());
        let passkeys = Passkeys::new(storage.clone(), ORIGIN, HOST).expect("a secure site");
        Site { store, storage, passkeys }
    }

    async fn add(&self, author: Author, device: &mut Device) -> Result<PasskeyInfo, Refused> {
        let (ceremony, options) = self.passkeys.begin_registration(NOW, author, "ada", "Ada").await?;
        self.passkeys.finish_registration(NOW, author, &ceremony, "Phone", device.create(&options)).await
    }

    async fn sign_in(&self, now: u64, device: &mut Device) -> Result<Author, Refused> {
        let (ceremony, options) = self.passkeys.begin_login(now)?;
        self.passkeys.finish_login(now, &ceremony, device.get(&options)).await
    }

    /// Both, with the first write of each in the queue before either is answered.
    async fn at_once<A, B>(&self, one: impl Future<Output = A>, other: impl Future<Output = B>) -> (A, B) {
        self.store.hold();
        let release = async {
            while self.store.waiting() < 2 {
                tokio::task::yield_now().await;
            }
            self.store.release();
        };
        let (one, other, ()) = tokio::join!(one, other, release);
        (one, other)
    }

    async fn records(&self) -> Vec<String> {
        self.storage.list("passkey", None, 100).await.expect("list").into_iter().map(|(key, _)| key).collect()
    }
}

fn device(seed: u64) -> Device {
    Device::new(ORIGIN, HOST, seed)
}

#[tokio::test]
async fn ac20_a_passkey_opens_the_account_it_was_made_for() {
    let site = Site::new();
    let (mut ada, mut ben) = (device(1), device(2));
    let made = site.add(ADA, &mut ada).await.expect("registered");
    site.add(BEN, &mut ben).await.expect("registered");
    assert_eq!((made.label.as_str(), made.created_ms, made.used_ms), ("Phone", NOW, None));
    assert_eq!(site.sign_in(NOW + 5, &mut ada).await.expect("signed in"), ADA);
    assert_eq!(site.sign_in(NOW + 6, &mut ben).await.expect("signed in"), BEN);
    assert_eq!(site.sign_in(NOW + 7, &mut ada).await.expect("again"), ADA);
    let listed = site.passkeys.list(ADA).await.expect("list");
    assert_eq!(listed, [PasskeyInfo { used_ms: Some(NOW + 7), ..made }]);
}

#[tokio::test]
async fn ac20_the_options_ask_for_what_signing_in_needs() {
    let site = Site::new();
    let mut ada = device(1);
    site.add(ADA, &mut ada).await.expect("registered");
    let (_, options) = site.passkeys.begin_registration(NOW, ADA, "ada", "Ada").await.expect("begun");
    let options = &options["publicKey"];
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["rp"]["id"], HOST);
    assert_eq!(options["timeout"], CEREMONY_MS);
    assert_eq!(options["excludeCredentials"].as_array().map(Vec::len), Some(1), "what the account has");
    let (_, options) = site.passkeys.begin_login(NOW).expect("begun");
    assert_eq!(options["publicKey"]["allowCredentials"].as_array().map(Vec::len), Some(0), "no names");
    assert_eq!(options.get("mediation"), None);
}

#[tokio::test]
async fn ac20_a_ceremony_is_finished_once() {
    let site = Site::new();
    let mut ada = device(1);
    let (ceremony, options) = site.passkeys.begin_registration(NOW, ADA, "ada", "Ada").await.expect("begun");
    let made = ada.create(&options);
    let finish = |credential| site.passkeys.finish_registration(NOW, ADA, &ceremony, "Phone", credential);
    finish(made.clone()).await.expect("once");
    assert!(matches!(finish(made).await, Err(Refused::Over)));

    let (ceremony, options) = site.passkeys.begin_login(NOW).expect("begun");
    let signed = ada.get(&options);
    site.passkeys.finish_login(NOW, &ceremony, signed.clone()).await.expect("once");
    assert!(matches!(site.passkeys.finish_login(NOW, &ceremony, signed.clone()).await, Err(Refused::Over)));
    let (another, _) = site.passkeys.begin_login(NOW).expect("begun");
    assert!(matches!(site.passkeys.finish_login(NOW, &another, signed).await, Err(Refused::Invalid)), "challenge");
}

#[tokio::test]
async fn ac20_a_failed_answer_costs_the_ceremony() {
    let site = Site::new();
    let mut ada = device(1);
    site.add(ADA, &mut ada).await.expect("registered");
    let (ceremony, options) = site.passkeys.begin_login(NOW).expect("begun");
    assert!(matches!(site.passkeys.finish_login(NOW, &ceremony, Value::Null).await, Err(Refused::Invalid)));
    let late = site.passkeys.finish_login(NOW, &ceremony, ada.get(&options)).await;
    assert!(matches!(late, Err(Refused::Over)));
}

#[tokio::test]
async fn ac20_a_ceremony_lasts_five_minutes() {
    let site = Site::new();
    let mut ada = device(1);
    let (ceremony, options) = site.passkeys.begin_registration(NOW, ADA, "ada", "Ada").await.expect("begun");
    let late = NOW + CEREMONY_MS;
    let refused = site.passkeys.finish_registration(late, ADA, &ceremony, "Phone", ada.create(&options)).await;
    assert!(matches!(refused, Err(Refused::Over)));

    site.add(ADA, &mut ada).await.expect("registered");
    for (at, in_time) in [(late - 1, true), (late, false)] {
        let (ceremony, options) = site.passkeys.begin_login(NOW).expect("begun");
        let opened = site.passkeys.finish_login(at, &ceremony, ada.get(&options)).await;
        assert_eq!(opened.is_ok(), in_time, "{opened:?}");
    }
}

#[tokio::test]
async fn ac20_a_ceremony_is_for_whoever_began_it() {
    let site = Site::new();
    let mut ada = device(1);
    let (ceremony, options) = site.passkeys.begin_registration(NOW, ADA, "ada", "Ada").await.expect("begun");
    let made = ada.create(&options);
    let refused = site.passkeys.finish_registration(NOW, BEN, &ceremony, "Phone", made.clone()).await;
    assert!(matches!(refused, Err(Refused::Over)));
    let (login, _) = site.passkeys.begin_login(NOW).expect("begun");
    let refused = site.passkeys.finish_registration(NOW, ADA, &login, "Phone", made).await;
    assert!(matches!(refused, Err(Refused::Over)), "of the other kind");
    assert_eq!(site.records().await, [""; 0]);
}

#[tokio::test]
async fn ac20_an_answer_for_another_address_opens_nothing() {
    let site = Site::new();
    let mut ada = device(1);
    site.add(ADA, &mut ada).await.expect("registered");
    let foreign = [
        "https://evil.example.org",
        "https://notes.example.org:8443",
        "http://notes.example.org",
        "https://sub.notes.example.org",
    ];
    for origin in foreign {
        let mut there = Device { origin: origin.to_owned(), ..ada.clone() };
        assert!(matches!(site.sign_in(NOW, &mut there).await, Err(Refused::Origin)), "{origin}");
        assert!(matches!(site.add(BEN, &mut there).await, Err(Refused::Origin)), "{origin}");
    }
    let mut there = Device { rp_id: "example.org".to_owned(), ..ada.clone() };
    assert!(matches!(site.sign_in(NOW, &mut there).await, Err(Refused::Origin)));
    assert_eq!(site.sign_in(NOW, &mut ada).await.expect("at home"), ADA);
}

#[tokio::test]
async fn ac20_another_key_or_handle_opens_nothing() {
    let site = Site::new();
    let (mut ada, mut ben) = (device(1), device(2));
    site.add(ADA, &mut ada).await.expect("registered");
    site.add(BEN, &mut ben).await.expect("registered");
    let mut forged = Device { id: ada.id.clone(), handle: ada.handle.clone(), ..ben.clone() };
    assert!(matches!(site.sign_in(NOW, &mut forged).await, Err(Refused::Invalid)), "signature");
    let mut other = Device { handle: ben.handle.clone(), ..ada.clone() };
    assert!(matches!(site.sign_in(NOW, &mut other).await, Err(Refused::Unknown)), "handle");
    let mut nameless = Device { handle: Value::Null, ..ada.clone() };
    assert!(matches!(site.sign_in(NOW, &mut nameless).await, Err(Refused::Unknown)), "no handle");
    assert!(matches!(site.sign_in(NOW, &mut device(3)).await, Err(Refused::Unknown)), "never registered");
}

#[tokio::test]
async fn ac20_a_device_that_does_not_ask_who_holds_it_opens_nothing() {
    let site = Site::new();
    let mut ada = device(1);
    let mut open = Device { verifies: false, ..ada.clone() };
    assert!(matches!(site.add(ADA, &mut open).await, Err(Refused::Unverified)));
    site.add(ADA, &mut ada).await.expect("registered");
    let mut open = Device { verifies: false, ..ada.clone() };
    assert!(matches!(site.sign_in(NOW, &mut open).await, Err(Refused::Unverified)));
}

#[tokio::test]
async fn ac20_a_counter_that_went_back_is_refused() {
    let site = Site::new();
    let mut ada = device(1);
    site.add(ADA, &mut ada).await.expect("registered");
    let mut copy = ada.clone();
    for _ in 0..3 {
        site.sign_in(NOW, &mut ada).await.expect("counts up");
    }
    for count in 1..=3 {
        assert!(matches!(site.sign_in(NOW, &mut copy).await, Err(Refused::Copied)), "{count} after 3");
    }
    assert_eq!(site.sign_in(NOW, &mut ada).await.expect("still ahead"), ADA);
}

#[tokio::test]
async fn ac20_of_two_sign_ins_at_once_with_one_count_only_one_opens() {
    let site = Site::new();
    let mut ada = device(1);
    site.add(ADA, &mut ada).await.expect("registered");
    let mut copy = ada.clone();
    let (one, other) = site.at_once(site.sign_in(NOW, &mut ada), site.sign_in(NOW, &mut copy)).await;
    assert!(one.is_ok() && matches!(other, Err(Refused::Copied)), "{one:?} {other:?}");
}

#[tokio::test]
async fn ac20_a_sign_in_does_not_bring_back_what_is_being_removed() {
    let site = Site::new();
    let mut ada = device(1);
    let made = site.add(ADA, &mut ada).await.expect("registered");
    let (removed, opened) = site.at_once(site.passkeys.remove(ADA, made.id), site.sign_in(NOW, &mut ada)).await;
    assert!(removed.is_ok() && matches!(opened, Err(Refused::Unknown)), "{removed:?} {opened:?}");
    assert_eq!(site.records().await, [""; 0]);
}

#[tokio::test]
async fn ac20_a_device_without_a_counter_opens_as_often_as_it_is_used() {
    let site = Site::new();
    let mut ada = Device { counts: false, ..device(1) };
    site.add(ADA, &mut ada).await.expect("registered");
    for _ in 0..3 {
        assert_eq!(site.sign_in(NOW, &mut ada).await.expect("signed in"), ADA);
    }
}

#[tokio::test]
async fn ac20_a_removed_passkey_opens_nothing() {
    let site = Site::new();
    let mut ada = device(1);
    let made = site.add(ADA, &mut ada).await.expect("registered");
    assert!(matches!(site.passkeys.remove(BEN, made.id).await, Err(Refused::Gone)), "somebody else's");
    let (ceremony, options) = site.passkeys.begin_login(NOW).expect("begun");
    site.passkeys.remove(ADA, made.id).await.expect("removed");
    let begun_before = site.passkeys.finish_login(NOW, &ceremony, ada.get(&options)).await;
    assert!(matches!(begun_before, Err(Refused::Unknown)));
    assert!(matches!(site.passkeys.remove(ADA, made.id).await, Err(Refused::Gone)));
    assert_eq!(site.records().await, [""; 0]);
    site.add(BEN, &mut ada).await.expect("it can be used for another account now");
    assert_eq!(site.sign_in(NOW, &mut ada).await.expect("signed in"), BEN);
}

#[tokio::test]
async fn ac20_a_credential_is_on_one_account() {
    let site = Site::new();
    let mut ada = device(1);
    let (ceremony, options) = site.passkeys.begin_registration(NOW, ADA, "ada", "Ada").await.expect("begun");
    site.add(ADA, &mut ada).await.expect("registered");
    let mut again = ada.clone();
    let twice = site.passkeys.finish_registration(NOW, ADA, &ceremony, "Phone", again.create(&options)).await;
    assert!(matches!(twice, Err(Refused::Taken)), "begun before");
    assert!(matches!(site.add(ADA, &mut again).await, Err(Refused::Invalid)), "it was told to use another");
    assert!(matches!(site.add(BEN, &mut again).await, Err(Refused::Taken)));
    assert_eq!(site.sign_in(NOW, &mut ada).await.expect("signed in"), ADA);
}

#[tokio::test]
async fn ac20_every_prefix_of_the_writes_is_valid() {
    for writes in 0..2 {
        let site = Site::new();
        let mut ada = device(1);
        site.store.fail_after(writes, StoreError::Io("pulled".into()));
        assert!(matches!(site.add(ADA, &mut ada).await, Err(Refused::Store(_))), "after {writes}");

        let site = Site::on(site.store.crash());
        assert!(matches!(site.sign_in(NOW, &mut ada).await, Err(Refused::Unknown)), "after {writes}");
        assert_eq!(site.passkeys.list(ADA).await, Ok(vec![]));
        site.add(BEN, &mut ada).await.expect("nobody's yet");
        assert_eq!(site.sign_in(NOW, &mut ada).await.expect("signed in"), BEN);
    }
}

#[tokio::test]
async fn ac20_half_a_removal_is_a_removal() {
    let site = Site::new();
    let mut ada = device(1);
    let made = site.add(ADA, &mut ada).await.expect("registered");
    site.store.fail_after(1, StoreError::Io("pulled".into()));
    assert!(matches!(site.passkeys.remove(ADA, made.id).await, Err(Refused::Store(_))));

    let site = Site::on(site.store.crash());
    assert_eq!(site.records().await.len(), 1, "the index");
    assert!(matches!(site.sign_in(NOW, &mut ada).await, Err(Refused::Unknown)));
    site.add(BEN, &mut ada).await.expect("nobody's now");
}

#[tokio::test]
async fn ac20_an_account_has_at_most_twenty() {
    let site = Site::new();
    let spare = site.passkeys.begin_registration(NOW, ADA, "ada", "Ada").await.expect("begun");
    for seed in 0..PASSKEYS_MAX as u64 {
        site.add(ADA, &mut device(seed)).await.expect("room");
    }
    assert!(matches!(site.add(ADA, &mut device(99)).await, Err(Refused::Full)));
    let (ceremony, options) = spare;
    let begun_before = site.passkeys.finish_registration(NOW, ADA, &ceremony, "Key", device(99).create(&options)).await;
    assert!(matches!(begun_before, Err(Refused::Full)));
    site.add(BEN, &mut device(99)).await.expect("another account");
}

#[tokio::test]
async fn ac20_a_label_is_visible_and_a_bad_one_costs_nothing() {
    let site = Site::new();
    let (ceremony, options) = site.passkeys.begin_registration(NOW, ADA, "ada", "Ada").await.expect("begun");
    let made = device(1).create(&options);
    for label in ["", " \u{200b}", &"x".repeat(41)] {
        let refused = site.passkeys.finish_registration(NOW, ADA, &ceremony, label, made.clone()).await;
        assert!(matches!(refused, Err(Refused::Label)), "{label:?}");
    }
    let kept = site.passkeys.finish_registration(NOW, ADA, &ceremony, " My\nphone ", made).await.expect("kept");
    assert_eq!(kept.label, "My phone");
}

#[tokio::test]
async fn ac20_records_stay_small() {
    let site = Site::new();
    let mut ada = Device { id: vec![7; 1_023], ..device(1) };
    site.add(ADA, &mut ada).await.expect("the longest id there is");
    let records = site.storage.list("passkey", None, 100).await.expect("list");
    assert_eq!(records.len(), 2);
    assert!(records.iter().all(|(_, record)| record.value.len() < RECORD_BYTES_MAX / 2));
}

#[tokio::test]
async fn ac20_memory_is_bounded_and_the_oldest_goes_first() {
    let site = Site::new();
    let mut ada = device(1);
    let (adding, options) = site.passkeys.begin_registration(NOW, ADA, "ada", "Ada").await.expect("begun");
    let room = CEREMONIES_MAX - REGISTRATIONS_MAX;
    let begun: Vec<_> = (0..=room as u64).map(|at| site.passkeys.begin_login(NOW + at).expect("begun")).collect();
    assert_eq!(site.passkeys.logins.len(), room);
    let made = site.passkeys.finish_registration(NOW, ADA, &adding, "Phone", ada.create(&options)).await;
    made.expect("strangers do not push out who is signed in");
    let late = NOW + room as u64;
    for (at, opens) in [(0, false), (1, true), (room, true)] {
        let (ceremony, options) = &begun[at];
        let opened = site.passkeys.finish_login(late, ceremony, ada.get(options)).await;
        assert_eq!(opened.is_ok(), opens, "{at}: {opened:?}");
    }
    site.passkeys.begin_login(late + CEREMONY_MS).expect("begun");
    assert_eq!(site.passkeys.logins.len(), 1, "what is over is forgotten");
}

#[test]
fn ac20_passkeys_are_only_where_browsers_have_them() {
    let makes = |origin: &str, host: &str| Passkeys::new(Storage::Memory(MemoryStore::new()), origin, host).is_some();
    assert!(makes(ORIGIN, HOST));
    assert!(makes("https://notes.example.org:8443", HOST));
    assert!(makes("http://localhost:8080", "localhost"));
    for (origin, host) in [
        ("http://notes.example.org", HOST),
        ("http://127.0.0.1:8080", "127.0.0.1"),
        ("http://[::1]:8080", "[::1]"),
        ("https://192.168.1.4", "192.168.1.4"),
        ("https://evil.example.net", HOST),
        ("ftp://localhost", "localhost"),
        ("notes.example.org", HOST),
    ] {
        assert!(!makes(origin, host), "{origin}");
    }
}
