//! Whatever is sent, an answer comes back; and what is refused has no effect.

use super::super::actions;
use super::*;
use proptest::prelude::*;
use vpcc_core::call::Sealed;

/// Texts that mean something to some action.
const TEXTS: [&str; 23] = [
    "",
    "vpc-0123456789abcdef0",
    "i-0123456789abcdef0",
    "vpc-",
    "10.0.0.0/16",
    "10.0.0.0/0",
    "255.255.255.255/32",
    "::/0",
    "ssh-rsa AAAA",
    "tcp",
    "-1",
    "tag:",
    "\u{0}",
    "ä\u{301}",
    "*?\\",
    "vpc",
    "default",
    "t3.micro",
    "2600:1f00::/56",
    "0.0.0.0",
    "local",
    "ipsec.1",
    "us-east-1",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-2i64..10).prop_map(Value::from),
        prop::sample::select(&TEXTS[..]).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        any::<Vec<u8>>().prop_map(|bytes| Value::Sealed(Sealed::new(bytes))),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..3).prop_map(|members| {
                let mut map = Map::new();
                members.into_iter().for_each(|(name, value)| map.push(name, value));
                map.into()
            }),
        ]
    })
}

/// A world with one of everything that the calls below name.
async fn world(sim: &Sim) -> Vec<(&'static str, Map)> {
    let (vpc, subnet) = network(sim).await;
    let (gateway, table) = (attached_gateway(sim, &vpc).await, table(sim, &vpc).await);
    let (group, instance) = (group(sim, &vpc, "web").await, running(sim, &subnet).await);
    let found = described(sim, &instance).await;
    let address = text(&ok(sim, "AllocateAddress", map! {}).await, "AllocationId");
    let volume = text(&found, "BlockDeviceMappings.0.Ebs.VolumeId");
    let card = text(&found, "NetworkInterfaces.0.NetworkInterfaceId");
    let rule = map! {
        "IpProtocol" => "tcp", "FromPort" => 1, "ToPort" => 2,
        "IpRanges" => [map! { "CidrIp" => "10.0.0.0/8", "Description" => "x" }],
        "Ipv6Ranges" => [map! { "CidrIpv6" => "::/0" }],
        "UserIdGroupPairs" => [map! { "GroupId" => &*group }],
    };
    let disk = map! { "DeviceName" => "/dev/xvda", "Ebs" => map! { "VolumeSize" => 9, "VolumeType" => "gp3" } };
    let card_of_launch = interface(&subnet).with("PrivateIpAddress", "10.0.0.77").with("Groups", [&*group]);
    let run =
        launch(card_of_launch).with("BlockDeviceMappings", [disk]).with("UserData", "aGk=").with("ClientToken", "t");
    let options = map! { "Key" => "domain-name-servers", "Values" => ["10.0.0.2"] };
    let tags = [map! { "Key" => "a", "Value" => "b" }];
    let mut calls = vec![
        ("CreateVpc", map! { "CidrBlock" => "10.1.0.0/16", "TagSpecifications" => tagged("vpc", "a", "b") }),
        (
            "CreateSubnet",
            map! { "VpcId" => &*vpc, "CidrBlock" => "10.0.1.0/24", "AvailabilityZone" => "eu-central-1a" },
        ),
        ("ModifyVpcAttribute", map! { "VpcId" => &*vpc, "EnableDnsHostnames" => on() }),
        ("CreateDhcpOptions", map! { "DhcpConfigurations" => [options] }),
        ("AssociateDhcpOptions", map! { "VpcId" => &*vpc, "DhcpOptionsId" => "default" }),
        ("DetachInternetGateway", map! { "VpcId" => &*vpc, "InternetGatewayId" => &*gateway }),
        (
            "CreateRoute",
            map! { "RouteTableId" => &*table, "DestinationCidrBlock" => "0.0.0.0/0", "GatewayId" => &*gateway },
        ),
        ("AssociateRouteTable", map! { "RouteTableId" => &*table, "SubnetId" => &*subnet }),
        ("CreateSecurityGroup", map! { "VpcId" => &*vpc, "GroupName" => "db", "Description" => "x" }),
        ("AuthorizeSecurityGroupIngress", map! { "GroupId" => &*group, "IpPermissions" => [rule] }),
        ("RunInstances", run),
        ("StopInstances", ids(&instance)),
        ("ModifyVolume", map! { "VolumeId" => &*volume, "Size" => 10, "VolumeType" => "gp3", "Iops" => 3000 }),
        ("ModifyNetworkInterfaceAttribute", map! { "NetworkInterfaceId" => &*card, "Groups" => [&*group] }),
        ("CreateTags", map! { "Resources" => [&*vpc, &*instance], "Tags" => tags }),
        ("AssociateVpcCidrBlock", map! { "VpcId" => &*vpc, "CidrBlock" => "10.9.0.0/16" }),
        ("CreateNatGateway", map! { "SubnetId" => &*subnet, "ConnectivityType" => "private", "ClientToken" => "t" }),
        ("AssociateAddress", map! { "AllocationId" => &*address, "InstanceId" => &*instance }),
        ("CreateVpnGateway", map! { "Type" => "ipsec.1", "AmazonSideAsn" => 64_512 }),
        ("CreateCustomerGateway", map! { "Type" => "ipsec.1", "IpAddress" => "203.0.113.7", "BgpAsn" => 65_000 }),
        ("CreateVpcPeeringConnection", map! { "VpcId" => &*vpc, "PeerVpcId" => &*vpc, "PeerRegion" => "us-east-1" }),
        ("DescribeInstances", map! { "Filters" => [filter("tag:a", "b*")], "MaxResults" => 5 }),
        ("DescribeImages", map! { "Owners" => ["amazon"], "ImageIds" => [AMI] }),
    ];
    calls.extend(more(sim, &vpc, &subnet, &table, &instance).await);
    calls
}

/// Calls about what is beside subnets and instances.
async fn more(sim: &Sim, vpc: &str, subnet: &str, table: &str, instance: &str) -> Vec<(&'static str, Map)> {
    let acl = text(&ok(sim, "CreateNetworkAcl", map! { "VpcId" => vpc }).await, "NetworkAcl.NetworkAclId");
    let volume = ok(sim, "CreateVolume", map! { "AvailabilityZone" => "eu-central-1a", "Size" => 5 }).await;
    let image = ok(sim, "CreateImage", map! { "InstanceId" => instance, "Name" => "web" }).await;
    let doors = map! {
        "VpcEndpointType" => "Interface",
        "VpcId" => vpc,
        "ServiceName" => "com.amazonaws.eu-central-1.ssm",
        "SubnetIds" => [subnet],
        "SubnetConfigurations" => [map! { "SubnetId" => subnet, "Ipv4" => "10.0.0.88" }],
        "PrivateDnsEnabled" => false,
        "PolicyDocument" => r#"{"Statement":[]}"#,
    };
    let endpoint = text(&ok(sim, "CreateVpcEndpoint", doors.clone()).await, "VpcEndpoint.VpcEndpointId");
    wait(Timing::QUICK.endpoint).await;
    let entry = map! {
        "NetworkAclId" => &*acl, "RuleNumber" => 100, "Egress" => true, "RuleAction" => "allow", "Protocol" => "6",
        "CidrBlock" => "10.0.0.0/8", "PortRange" => map! { "From" => 1, "To" => 2 },
    };
    let log = map! {
        "ResourceIds" => [vpc], "ResourceType" => "VPC", "TrafficType" => "ALL", "LogDestinationType" => "s3",
        "LogDestination" => "arn:aws:s3:::logs", "MaxAggregationInterval" => 60,
    };
    let gateway = map! {
        "VpcId" => vpc, "ServiceName" => "com.amazonaws.eu-central-1.s3", "RouteTableIds" => [table],
    };
    let address = [map! { "SubnetId" => subnet, "Ipv4" => "10.0.0.99" }];
    let sharing = map! { "Add" => [map! { "UserId" => "111111111111" }] };
    let copy = map! { "SourceImageId" => image.text("ImageId"), "SourceRegion" => REGION, "Name" => "copy" };
    let attach = map! { "VolumeId" => volume.text("VolumeId"), "InstanceId" => instance, "Device" => "/dev/sdf" };
    vec![
        ("CreateNetworkAclEntry", entry),
        ("CreateFlowLogs", log),
        ("CreateVpcEndpoint", gateway),
        ("CreateVpcEndpoint", with(doors, "SubnetConfigurations", address.clone())),
        ("ModifyVpcEndpoint", map! { "VpcEndpointId" => &*endpoint, "SubnetConfigurations" => address }),
        ("DeleteVpcEndpoints", map! { "VpcEndpointIds" => [&*endpoint] }),
        ("AttachVolume", attach),
        ("CreateVolume", map! { "AvailabilityZone" => "eu-central-1a", "Size" => 5, "VolumeType" => "gp3" }),
        ("ModifyImageAttribute", map! { "ImageId" => image.text("ImageId"), "LaunchPermission" => sharing }),
        ("CopyImage", copy),
    ]
}

/// Puts a value in place of the `place`th one within a map, or takes that out; gives how many places are left to go.
fn spoil(map: &mut Map, mut place: usize, with: &Option<Value>) -> Result<(), usize> {
    let names: Vec<String> = map.iter().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        if place == 0 {
            match with {
                Some(value) => map.set(name, value.clone()),
                None => drop(map.remove(&name)),
            }
            return Ok(());
        }
        place -= 1;
        match map.get_mut(&name).map(|value| spoil_in(value, place, with)) {
            Some(Err(left)) => place = left,
            _ => return Ok(()),
        }
    }
    Err(place)
}

fn spoil_in(value: &mut Value, mut place: usize, with: &Option<Value>) -> Result<(), usize> {
    match value {
        Value::Map(map) => spoil(map, place, with),
        Value::List(values) => {
            for value in values {
                match spoil_in(value, place, with) {
                    Err(left) => place = left,
                    done => return done,
                }
            }
            Err(place)
        }
        _ => Err(place),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_action_panics_at_any_parameter(name in any::<String>(), value in value()) {
        let sim = Sim::new();
        for action in actions::names() {
            let mut parameters = Map::new();
            parameters.push(name.clone(), value.clone());
            let fault = runtime().block_on(sim.call(REGION, &Call::new(action, parameters))).unwrap_err();
            prop_assert!(!fault.message.is_empty());
        }
    }

    #[test]
    fn a_spoilt_call_works_or_has_no_effect(call in any::<prop::sample::Index>(), place in 0usize..16, with in prop::option::of(value())) {
        runtime().block_on(async {
            let sim = Sim::new();
            let mut calls = world(&sim).await;
            let (action, mut parameters) = calls.swap_remove(call.index(calls.len()));
            let spoilt = spoil(&mut parameters, place, &with);
            let before = sim.snapshot();
            match send(&sim, action, parameters).await {
                Ok(_) => Ok(()),
                Err(_) if spoilt.is_err() => Err(TestCaseError::fail("the call is refused as it is")),
                Err(_) => { prop_assert_eq!(sim.snapshot(), before); Ok(()) }
            }
        })?;
    }
}
