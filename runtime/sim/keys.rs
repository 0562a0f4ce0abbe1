//! Key pairs, all of them imported.

use super::answer::Members;
use super::describe::{self, Item, Listing, Pages};
use super::ids;
use super::input;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::thing;
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use super::time::Moment;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;
use vpcc_core::call::sealed::sha256;

/// An imported public key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct KeyPair {
    pub name: String,
    /// `rsa` or `ed25519`.
    form: String,
    public_key: String,
    fingerprint: String,
    created: Moment,
    tags: Tags,
}

thing!(KeyPair, ids::KEY_PAIR);

/// `ImportKeyPair`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Import {
    key_name: String,
    public_key_material: String,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `ImportKeyPair`: names are unique in a region.
pub(super) fn import(site: &mut Site, call: Import) -> Reply {
    let Import { key_name: name, public_key_material: public_key, tag_specifications } = call;
    if name.is_empty() || name.len() > 255 || !name.is_ascii() || name.trim() != name {
        let why = "A name has up to 255 ASCII characters, and no blank at either end.";
        return Err(Refusal::value("KeyName", name, why));
    }
    let (form, fingerprint) = form_and_fingerprint(&public_key)
        .ok_or_else(|| Refusal::new("InvalidKey.Format", "Key is not in valid OpenSSH public key format"))?;
    if find(site, &name).is_ok() {
        return Err(Refusal::new("InvalidKeyPair.Duplicate", "The keypair already exists"));
    }
    let tags = tags::for_new(&tag_specifications, &ids::KEY_PAIR)?;
    site.terms.quotas.hold(Quota::KeyPairs, site.region.key_pairs.len() + 1)?;
    let id = site.region.new_id(ids::KEY_PAIR.prefix);
    let answer = Map::new()
        .with("KeyPairId", id.as_str())
        .with("KeyName", name.as_str())
        .with("KeyFingerprint", fingerprint.as_str())
        .with_tags(&tags);
    let form = form.to_owned();
    site.region.key_pairs.add(id, KeyPair { name, form, public_key, fingerprint, created: site.now, tags });
    Ok(answer)
}

/// Holds that there is a key pair of a name.
pub(super) fn find(site: &Site, name: &str) -> Result<(), Refusal> {
    let found = site.region.key_pairs.iter().any(|(_, key)| key.name == name);
    if found { Ok(()) } else { Err(ids::KEY_PAIR.absent(name)) }
}

/// The form of an OpenSSH public key and its fingerprint; `None` for what EC2 does not import.
///
/// The fingerprint of an ED25519 key is the real one; that of an RSA key, an MD5 sum in EC2, is only made to look so.
fn form_and_fingerprint(line: &str) -> Option<(&'static str, String)> {
    let mut words = line.split_ascii_whitespace();
    let (word, blob) = (words.next()?, STANDARD.decode(words.next()?).ok()?);
    let (name, rest) = field(&blob)?;
    let digest = digest(&blob)?;
    match word {
        _ if name != word.as_bytes() => None,
        "ssh-ed25519" => field(rest)
            .filter(|(key, rest)| key.len() == 32 && rest.is_empty())
            .map(|_| ("ed25519", STANDARD.encode(&digest))),
        "ssh-rsa" => {
            let (_exponent, rest) = field(rest)?;
            let (modulus, rest) = field(rest)?;
            let pairs: Vec<String> = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            (rest.is_empty() && modulus.len() >= 128).then(|| ("rsa", pairs.join(":")))
        }
        _ => None,
    }
}

/// The first field of a key, and what is behind it: four bytes with its length come before it (RFC 4251, "string").
fn field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

fn digest(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = sha256(bytes);
    let pairs = (0..text.len()).step_by(2).map(|start| text.get(start..start + 2));
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}

/// `DeleteKeyPair`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    key_name: Option<String>,
    key_pair_id: Option<String>,
}

/// `DeleteKeyPair`: of one that isn't there, it says that it is done.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    if let Some(id) = &call.key_pair_id {
        ids::KEY_PAIR.check(id)?;
    } else if call.key_name.is_none() {
        return Err(Refusal::missing("KeyName"));
    }
    let meant = |id: &str, key: &KeyPair| {
        call.key_pair_id.as_deref().is_none_or(|wanted| wanted == id)
            && call.key_name.as_ref().is_none_or(|wanted| *wanted == key.name)
    };
    let id = site.region.key_pairs.iter().find(|(id, key)| meant(id, key)).map(|(id, _)| id.to_owned());
    if let Some(id) = &id {
        site.region.key_pairs.remove(id);
    }
    Ok(Map::new().with("Return", true).with_some("KeyPairId", id))
}

/// The parameters that only `DescribeKeyPairs` has.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Question {
    key_names: Option<Vec<String>>,
    include_public_key: Option<bool>,
}

/// `DescribeKeyPairs`.
pub(super) fn describe(site: &Site, parameters: &Map) -> Reply {
    let (own, rest) = describe::split(parameters, &["KeyNames", "IncludePublicKey"]);
    let question: Question = input::read(&own)?;
    let mut page = describe::select(site, &rest, &KEY_PAIRS)?;
    if let Some(names) = question.key_names.filter(|names| !names.is_empty()) {
        names.iter().try_for_each(|name| find(site, name))?;
        page.items.retain(|item| names.iter().any(|name| name == item.text("KeyName")));
    }
    if question.include_public_key != Some(true) {
        page.items.iter_mut().for_each(|item| drop(item.remove("PublicKey")));
    }
    Ok(page.answer(KEY_PAIRS.list))
}

static KEY_PAIRS: Listing = Listing {
    list: "KeyPairs",
    ids: "KeyPairIds",
    kind: &ids::KEY_PAIR,
    filters: &[
        ("fingerprint", "KeyFingerprint"),
        ("key-name", "KeyName"),
        ("key-pair-id", "KeyPairId"),
        ("tag-key", "Tags.Key"),
    ],
    pages: Pages::One,
    items: |site| site.region.key_pairs.iter().map(|(id, key)| Item::new(id, view(id, key))).collect(),
};

fn view(id: &str, key: &KeyPair) -> Map {
    Map::new()
        .with("KeyPairId", id)
        .with("KeyName", key.name.as_str())
        .with("KeyType", key.form.as_str())
        .with("KeyFingerprint", key.fingerprint.as_str())
        .with("PublicKey", key.public_key.as_str())
        .with("CreateTime", key.created.text())
        .with_tags(&key.tags)
}
