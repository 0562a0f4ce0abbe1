use super::*;

#[tokio::test]
async fn an_entry_goes_out_with_its_ports_and_types() {
    let parameters = Map::new()
        .with("NetworkAclId", "acl-1")
        .with("RuleNumber", 100)
        .with("Egress", false)
        .with("Protocol", "6")
        .with("RuleAction", "allow")
        .with("Ipv6CidrBlock", "::/0")
        .with("PortRange", Map::new().with("From", 80).with("To", 81))
        .with("IcmpTypeCode", Map::new().with("Type", -1).with("Code", -2));
    let answer = "<return>true</return>";
    let (got, sent) = exchange("CreateNetworkAclEntry", parameters.clone(), answer).await;
    assert_eq!(got, Map::new());
    assert_eq!(
        sent,
        "NetworkAclId=acl-1&RuleNumber=100&Protocol=6&RuleAction=allow&Egress=false&Ipv6CidrBlock=%3A%3A%2F0\
         &Icmp.Code=-2&Icmp.Type=-1&PortRange.From=80&PortRange.To=81"
    );
    assert_eq!(exchange("ReplaceNetworkAclEntry", parameters, answer).await.1, sent);
}

#[tokio::test]
async fn an_acl_comes_back_with_entries_and_associations() {
    let answer = "<networkAclSet><item><networkAclId>acl-1</networkAclId><default>true</default><entrySet><item>\
        <ruleNumber>100</ruleNumber><protocol>1</protocol><ruleAction>deny</ruleAction><egress>true</egress>\
        <cidrBlock>10.0.0.0/8</cidrBlock><icmpTypeCode><code>-1</code><type>8</type></icmpTypeCode>\
        </item></entrySet><associationSet><item><networkAclAssociationId>aclassoc-1</networkAclAssociationId>\
        <networkAclId>acl-1</networkAclId><subnetId>subnet-1</subnetId></item></associationSet></item></networkAclSet>";
    let (got, sent) = exchange("DescribeNetworkAcls", Map::new().with("NetworkAclIds", ["acl-1"]), answer).await;
    let association = Map::new()
        .with("NetworkAclAssociationId", "aclassoc-1")
        .with("NetworkAclId", "acl-1")
        .with("SubnetId", "subnet-1");
    let entry = Map::new()
        .with("RuleNumber", 100)
        .with("Egress", true)
        .with("RuleAction", "deny")
        .with("Protocol", "1")
        .with("CidrBlock", "10.0.0.0/8")
        .with("IcmpTypeCode", Map::new().with("Type", 8).with("Code", -1));
    let acl = Map::new()
        .with("NetworkAclId", "acl-1")
        .with("IsDefault", true)
        .with("Associations", [association])
        .with("Entries", [entry]);
    assert_eq!(got, Map::new().with("NetworkAcls", [acl]));
    assert_eq!(sent, "NetworkAclId.1=acl-1");
}

#[tokio::test]
async fn a_replaced_association_has_a_new_id() {
    let parameters = Map::new().with("AssociationId", "aclassoc-1").with("NetworkAclId", "acl-1");
    let answer = "<newAssociationId>aclassoc-2</newAssociationId>";
    let (got, sent) = exchange("ReplaceNetworkAclAssociation", parameters, answer).await;
    assert_eq!(got, Map::new().with("NewAssociationId", "aclassoc-2"));
    assert_eq!(sent, "AssociationId=aclassoc-1&NetworkAclId=acl-1");
}
