use super::*;

fn tag(key: &str, value: &str) -> Map {
    map! { "Key" => key, "Value" => value }
}

fn on_vpc(vpc: &str, tags: impl Into<Value>) -> Map {
    map! { "Resources" => [vpc], "Tags" => tags }
}

async fn tags(sim: &Sim, id: &str) -> Vec<(String, String)> {
    let found = ok(sim, "DescribeTags", filtered("resource-id", id)).await;
    column(&found, "Tags", "Key").into_iter().zip(column(&found, "Tags", "Value")).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test(start_paused = true)]
async fn tags_are_given_with_what_is_made() {
    let sim = Sim::new();
    let made = map! { "CidrBlock" => "10.0.0.0/16", "TagSpecifications" => tagged("vpc", "Name", "mine") };
    let id = text(&ok(&sim, "CreateVpc", made).await, "Vpc.VpcId");
    let found = ok(&sim, "DescribeVpcs", filtered("tag:Name", "mi?e")).await;
    assert_eq!(column(&found, "Vpcs", "VpcId"), [&*id]);
    let none = ok(&sim, "DescribeVpcs", filtered("tag:name", "mine")).await;
    assert!(none.list("Vpcs").is_empty());
}

#[tokio::test(start_paused = true)]
async fn tags_are_listed_one_by_one() {
    let sim = Sim::new();
    let made = map! { "CidrBlock" => "10.0.0.0/16", "TagSpecifications" => tagged("vpc", "Name", "mine") };
    let id = text(&ok(&sim, "CreateVpc", made).await, "Vpc.VpcId");
    for question in [filtered("tag:Name", "m*"), filtered("resource-type", "vpc"), filtered("value", "mine")] {
        let found = ok(&sim, "DescribeTags", question).await;
        assert_eq!(column(&found, "Tags", "ResourceId"), [&*id]);
    }
    assert!(ok(&sim, "DescribeTags", filtered("tag:Name", "yours")).await.list("Tags").is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_tagged_is_not_made() {
    let sim = Sim::new();
    let with = |specifications: Vec<Map>| map! { "CidrBlock" => "10.0.0.0/16", "TagSpecifications" => specifications };
    let twice = [tagged("vpc", "a", ""), tagged("vpc", "b", "")].concat();
    let untyped = vec![map! { "Tags" => [tag("a", "b")] }];
    let untagged = vec![map! { "ResourceType" => "vpc" }];
    for refused in [tagged("subnet", "a", "b"), tagged("vpc", "aws:a", "b"), twice, untyped, untagged] {
        assert_eq!(code(&sim, "CreateVpc", with(refused)).await, "InvalidParameterValue");
    }
    assert_eq!(sim.snapshot(), serde_json::json!({}));
    let wrong = fault(&sim, "CreateVpc", with(tagged("subnet", "a", "b"))).await;
    assert_eq!(wrong.message, "'subnet' is not a valid taggable resource type for this operation.");
}

#[tokio::test(start_paused = true)]
async fn tags_are_overwritten_and_deleted() {
    let sim = Sim::new();
    let id = vpc(&sim, "10.0.0.0/16").await;
    ok(&sim, "CreateTags", on_vpc(&id, [tag("a", "1"), tag("b", "2"), tag("c", "3")])).await;
    ok(&sim, "CreateTags", on_vpc(&id, [tag("a", "9")])).await;
    assert_eq!(tags(&sim, &id).await, pairs(&[("a", "9"), ("b", "2"), ("c", "3")]));
    ok(&sim, "DeleteTags", on_vpc(&id, [tag("a", "1"), tag("b", "2")])).await;
    assert_eq!(tags(&sim, &id).await, pairs(&[("a", "9"), ("c", "3")]));
    ok(&sim, "DeleteTags", on_vpc(&id, [map! { "Key" => "a" }])).await;
    assert_eq!(tags(&sim, &id).await, pairs(&[("c", "3")]));
    ok(&sim, "DeleteTags", map! { "Resources" => [&*id] }).await;
    assert!(tags(&sim, &id).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn keys_and_values_have_rules() {
    let sim = Sim::new();
    let id = vpc(&sim, "10.0.0.0/16").await;
    let (long_key, long_value) = ("k".repeat(128), "v".repeat(257));
    for (key, value) in [("AWS:x", ""), ("aws:x", ""), ("", ""), (&*long_key, ""), ("k", &*long_value)] {
        let refused = code(&sim, "CreateTags", on_vpc(&id, [tag(key, value)])).await;
        assert_eq!(refused, "InvalidParameterValue", "{key}");
    }
    let twice = on_vpc(&id, [tag("a", "1"), tag("a", "2")]);
    assert_eq!(code(&sim, "CreateTags", twice).await, "InvalidParameterValue");
    ok(&sim, "CreateTags", on_vpc(&id, [tag(&"ü".repeat(127), &"ß".repeat(256)), tag("awsome", "")])).await;
    assert_eq!(code(&sim, "CreateTags", on_vpc(&id, Vec::<Value>::new())).await, "MissingParameter");
    assert_eq!(code(&sim, "DeleteTags", on_vpc(&id, [tag("aws:x", "")])).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn fifty_tags_are_the_most() {
    let sim = Sim::new();
    let id = vpc(&sim, "10.0.0.0/16").await;
    let many: Vec<Map> = (0..50).map(|index| tag(&format!("k{index}"), "")).collect();
    ok(&sim, "CreateTags", on_vpc(&id, many)).await;
    assert_eq!(code(&sim, "CreateTags", on_vpc(&id, [tag("one more", "")])).await, "TagLimitExceeded");
    ok(&sim, "CreateTags", on_vpc(&id, [tag("k0", "new")])).await;
}

#[tokio::test(start_paused = true)]
async fn of_resources_with_one_unknown_none_is_tagged() {
    let sim = Sim::new();
    let id = vpc(&sim, "10.0.0.0/16").await;
    let both = map! { "Resources" => [&*id, "subnet-0123456789abcdef0"], "Tags" => [tag("a", "b")] };
    assert_eq!(code(&sim, "CreateTags", both).await, "InvalidSubnetID.NotFound");
    assert!(tags(&sim, &id).await.is_empty());
    let odd = map! { "Resources" => ["thing-1"], "Tags" => [tag("a", "b")] };
    assert_eq!(code(&sim, "CreateTags", odd).await, "InvalidID");
    let nothing = map! { "Resources" => Vec::<Value>::new(), "Tags" => [tag("a", "b")] };
    assert_eq!(code(&sim, "CreateTags", nothing).await, "MissingParameter");
}

#[tokio::test(start_paused = true)]
async fn everything_that_is_made_can_be_tagged() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let instance = running(&sim, &subnet).await;
    let found = described(&sim, &instance).await;
    let all = [
        attached_gateway(&sim, &vpc).await,
        table(&sim, &vpc).await,
        group(&sim, &vpc, "web").await,
        text(&found, "NetworkInterfaces.0.NetworkInterfaceId"),
        text(&found, "BlockDeviceMappings.0.Ebs.VolumeId"),
        text(&ok(&sim, "DescribeNetworkAcls", map! {}).await, "NetworkAcls.0.NetworkAclId"),
        text(&ok(&sim, "DescribeDhcpOptions", map! {}).await, "DhcpOptions.0.DhcpOptionsId"),
        instance,
        subnet,
        vpc,
    ];
    ok(&sim, "CreateTags", map! { "Resources" => all.to_vec(), "Tags" => [tag("a", "b")] }).await;
    let tagged = ok(&sim, "DescribeTags", filtered("key", "a")).await;
    assert_eq!(tagged.list("Tags").len(), all.len());
}

#[tokio::test(start_paused = true)]
async fn rules_of_groups_have_tags_too() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let id = group(&sim, &vpc, "web").await;
    let rule = map! { "IpProtocol" => "-1", "IpRanges" => [map! { "CidrIp" => "10.0.0.0/8" }] };
    let parameters = map! {
        "GroupId" => &*id,
        "IpPermissions" => [rule],
        "TagSpecifications" => tagged("security-group-rule", "a", "b"),
    };
    let made = ok(&sim, "AuthorizeSecurityGroupIngress", parameters).await;
    let rule = text(&made, "SecurityGroupRules.0.SecurityGroupRuleId");
    assert_eq!(tags(&sim, &rule).await, pairs(&[("a", "b")]));
    ok(&sim, "DeleteTags", map! { "Resources" => [&*rule] }).await;
    assert!(tags(&sim, &rule).await.is_empty());
}
