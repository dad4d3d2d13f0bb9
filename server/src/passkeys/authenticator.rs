//! A device for tests: one ES256 credential, and the browser around it.
//!
//! It answers what it is asked, at whatever address it is told to be; a copy is a device with the same key and counter.

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const ATTESTED: u8 = 1 << 6;

/// One credential.
#[derive(Clone)]
pub struct Device {
    /// Where its browser is.
    pub origin: String,
    /// What it says of the site's domain.
    pub rp_id: String,
    /// How often it has signed.
    pub counter: u32,
    /// Whether it counts; synchronised ones do not.
    pub counts: bool,
    /// Whether it asks for a PIN.
    pub verifies: bool,
    /// The credential's id.
    pub id: Vec<u8>,
    /// The account it was made for.
    pub handle: Value,
    /// What it signs with.
    pub key: SigningKey,
}

impl Device {
    /// A device whose key follows from the seed.
    pub fn new(origin: &str, rp_id: &str, seed: u64) -> Device {
        let hash = |of: &str| *blake3::hash(format!("{of} {seed}").as_bytes()).as_bytes();
        Device {
            origin: origin.to_owned(),
            rp_id: rp_id.to_owned(),
            counter: 0,
            counts: true,
            verifies: true,
            id: hash("id").to_vec(),
            handle: Value::Null,
            key: SigningKey::from_slice(&hash("key")).expect("a scalar"),
        }
    }

    /// `navigator.credentials.create`.
    pub fn create(&mut self, options: &Value) -> Value {
        self.handle = options["publicKey"]["user"]["id"].clone();
        let client = self.client("webauthn.create", options);
        let mut data = self.data(ATTESTED);
        data.extend([0; 16]);
        data.extend((self.id.len() as u16).to_be_bytes());
        data.extend(&self.id);
        data.extend(self.cose());
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend((data.len() as u16).to_be_bytes());
        object.extend(data);
        self.answer(json!({ "attestationObject": base64(&object), "clientDataJSON": base64(&client) }))
    }

    /// `navigator.credentials.get`.
    pub fn get(&mut self, options: &Value) -> Value {
        self.counter += u32::from(self.counts);
        let client = self.client("webauthn.get", options);
        let data = self.data(0);
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature: Signature = self.key.sign(&signed);
        self.answer(json!({
            "authenticatorData": base64(&data),
            "clientDataJSON": base64(&client),
            "signature": base64(signature.to_der().as_bytes()),
            "userHandle": self.handle,
        }))
    }

    fn answer(&self, response: Value) -> Value {
        let id = base64(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {} })
    }

    fn client(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = &options["publicKey"]["challenge"];
        json!({ "type": kind, "challenge": challenge, "origin": self.origin }).to_string().into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let mut data = Sha256::digest(self.rp_id.as_bytes()).to_vec();
        data.push(flags | PRESENT | verified);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// The public key as COSE: EC2, ES256, P-256, x, y.
    fn cose(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", x, b"\x22\x58\x20", y].concat()
    }
}

/// base64url without padding, as browsers send bytes.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().chain(&[0, 0]).take(3).fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        text.extend((0..=three.len()).map(|at| char::from(DIGITS[bits >> (18 - 6 * at) & 63])));
    }
    text
}
