//! Key pairs.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::KeyPairInfo;
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] =
    &[("DeleteKeyPair", delete), ("DescribeKeyPairs", describe), ("ImportKeyPair", import)];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .describe_key_pairs()
        .set_filters(parameters.filters())
        .set_key_names(parameters.texts("KeyNames"))
        .set_key_pair_ids(parameters.texts("KeyPairIds"))
        .set_include_public_key(parameters.flag("IncludePublicKey"));
    sending(request.send(), |answer| Map::new().with_each("KeyPairs", answer.key_pairs(), key_pair))
}

fn import(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .import_key_pair()
        .set_key_name(parameters.text("KeyName"))
        .set_public_key_material(parameters.bytes("PublicKeyMaterial"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| {
        Map::new()
            .with_some("KeyPairId", answer.key_pair_id())
            .with_some("KeyName", answer.key_name())
            .with_some("KeyFingerprint", answer.key_fingerprint())
            .with_each("Tags", answer.tags(), tag)
    })
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request =
        ec2.delete_key_pair().set_key_pair_id(parameters.text("KeyPairId")).set_key_name(parameters.text("KeyName"));
    sending(request.send(), |answer| {
        Map::new().with_some("Return", answer.r#return()).with_some("KeyPairId", answer.key_pair_id())
    })
}

fn key_pair(key: &KeyPairInfo) -> Map {
    Map::new()
        .with_some("KeyPairId", key.key_pair_id())
        .with_some("KeyName", key.key_name())
        .with_word("KeyType", key.key_type())
        .with_some("KeyFingerprint", key.key_fingerprint())
        .with_some("PublicKey", key.public_key())
        .with_time("CreateTime", key.create_time())
        .with_each("Tags", key.tags(), tag)
}
