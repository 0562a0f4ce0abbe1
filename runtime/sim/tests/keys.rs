use super::*;

const ED25519: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me@here";
const RSA: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCrq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqw==";
const SHORT_RSA: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQEtLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0s=";
const ECDSA: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const DSA: &str = "ssh-dss AAAAB3NzaC1kc3MAAABBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn key(name: &str, material: &str) -> Map {
    map! { "KeyName" => name, "PublicKeyMaterial" => material }
}

#[tokio::test(start_paused = true)]
async fn rsa_and_ed25519_keys_are_imported() {
    let sim = Sim::new();
    let imported = ok(&sim, "ImportKeyPair", key("one", ED25519)).await;
    assert_eq!(text(&imported, "KeyFingerprint"), "ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA=");
    ok(&sim, "ImportKeyPair", key("two", RSA)).await;
    let found = ok(&sim, "DescribeKeyPairs", map! { "KeyNames" => ["two"] }).await;
    assert_eq!(column(&found, "KeyPairs", "KeyType"), ["rsa"]);
}

#[tokio::test(start_paused = true)]
async fn other_keys_are_refused() {
    let sim = Sim::new();
    let pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----";
    for material in
        [ECDSA, DSA, SHORT_RSA, pem, "", "ssh-rsa", "ssh-rsa AAAA", &ED25519.replace("ssh-ed25519", "ssh-rsa")]
    {
        assert_eq!(code(&sim, "ImportKeyPair", key("one", material)).await, "InvalidKey.Format", "{material}");
    }
}

#[tokio::test(start_paused = true)]
async fn names_of_keys_are_unique_in_a_region() {
    let sim = Sim::new();
    ok(&sim, "ImportKeyPair", key("one", ED25519)).await;
    assert_eq!(code(&sim, "ImportKeyPair", key("one", RSA)).await, "InvalidKeyPair.Duplicate");
    ok(&sim, "ImportKeyPair", key("One", ED25519)).await;
    let elsewhere = Call::new("ImportKeyPair", key("one", ED25519));
    assert!(sim.call("us-east-1", &elsewhere).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn names_of_keys_have_rules() {
    let sim = Sim::new();
    for name in ["", " one", "one ", "schlüssel", &"x".repeat(256)] {
        assert_eq!(code(&sim, "ImportKeyPair", key(name, ED25519)).await, "InvalidParameterValue", "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn deleting_a_key_that_is_not_there_is_success() {
    let sim = Sim::new();
    let id = text(&ok(&sim, "ImportKeyPair", key("one", ED25519)).await, "KeyPairId");
    for _ in 0..2 {
        ok(&sim, "DeleteKeyPair", map! { "KeyPairId" => &*id }).await;
        ok(&sim, "DeleteKeyPair", map! { "KeyName" => "one" }).await;
    }
    assert_eq!(sim.snapshot(), serde_json::json!({}));
    assert_eq!(code(&sim, "DeleteKeyPair", map! {}).await, "MissingParameter");
}

#[tokio::test(start_paused = true)]
async fn describing_an_unknown_key_is_refused() {
    let sim = Sim::new();
    let names = map! { "KeyNames" => ["one"] };
    assert_eq!(code(&sim, "DescribeKeyPairs", names).await, "InvalidKeyPair.NotFound");
    let ids = map! { "KeyPairIds" => ["key-0123456789abcdef0"] };
    assert_eq!(code(&sim, "DescribeKeyPairs", ids).await, "InvalidKeyPair.NotFound");
}

#[tokio::test(start_paused = true)]
async fn the_public_key_is_shown_when_asked_for() {
    let sim = Sim::new();
    ok(&sim, "ImportKeyPair", key("one", ED25519)).await;
    let shy = ok(&sim, "DescribeKeyPairs", map! {}).await;
    assert_eq!(at(&shy, "KeyPairs.0.PublicKey"), None);
    let open = ok(&sim, "DescribeKeyPairs", map! { "IncludePublicKey" => true }).await;
    assert_eq!(text(&open, "KeyPairs.0.PublicKey"), ED25519);
}

#[tokio::test(start_paused = true)]
async fn a_region_has_so_many_keys() {
    let sim = Sim::new().with_quota(super::super::Quota::KeyPairs, 1);
    ok(&sim, "ImportKeyPair", key("one", ED25519)).await;
    assert_eq!(code(&sim, "ImportKeyPair", key("two", ED25519)).await, "KeyPairLimitExceeded");
}
