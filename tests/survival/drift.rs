//! What somebody has changed by hand is shown as what it is, and put right.

use crate::embedded::{apply, plan, text};
use std::fmt::Write;
use std::time::Duration;
use vpcc_core::call::{Call, Map, Value, map};
use vpcc_runtime::Cloud;
use vpcc_runtime::sim::Sim;

const CLUSTER: &str = include_str!("../../examples/cluster.vpc");
const TIERS: &str = include_str!("../../examples/three-tiers.vpc");
const DUAL: &str = include_str!("../../examples/dual-stack.vpc");
const ACLS: &str = include_str!("../../examples/acls.vpc");
const LOCKDOWN: &str = include_str!("../../examples/lockdown.vpc");
const BASTION: &str = include_str!("../../examples/bastion.vpc");
const BRANCH: &str = include_str!("../../examples/vpn.vpc");
const ENDPOINTS: &str = include_str!("../../examples/endpoints-only.vpc");
const SPOKES: &str = include_str!("../../examples/spokes.vpc");
const GROWN: &str = include_str!("../../examples/further-blocks.vpc");
const REGION: &str = "us-west-2";

/// What changes by hand, and what the plans of a program say of it.
#[derive(Default)]
struct Drifts {
    told: String,
}

impl Drifts {
    /// Does something by hand, and holds that the plan says so, that applying puts it right, and that nothing is left.
    async fn then(&mut self, what: &str, program: &str, by_hand: impl AsyncFn(&Sim)) {
        let sim = Sim::new();
        apply(&sim, Some(program)).await;
        by_hand(&sim).await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        let drift = plan(&sim, Some(program)).await;
        assert!(!drift.is_empty(), "{what}: the plan doesn't show it");
        writeln!(self.told, "# {what}\n{}", without_ids(&text(&drift))).unwrap();
        apply(&sim, Some(program)).await;
        let rest = plan(&sim, Some(program)).await;
        assert!(rest.is_empty(), "{what}: it is not put right\n{}", text(&rest));
    }

    fn hold(self, name: &str) {
        insta::with_settings!({ snapshot_path => "../plans", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, self.told);
        });
    }
}

/// The text with EC2's ids cut short, which follow from the order of all calls before.
fn without_ids(text: &str) -> String {
    let is_id = |word: &str| word.len() == 17 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric())
        .map(|word| {
            if is_id(word.trim_end_matches([' ', '\n'])) {
                word.replacen(&word[..17], "…", 1)
            } else {
                word.to_owned()
            }
        })
        .collect()
}

async fn call(sim: &Sim, action: &'static str, parameters: Map) -> Map {
    sim.call(REGION, &Call::new(action, parameters)).await.unwrap_or_else(|fault| panic!("{action}: {fault}"))
}

/// The one item, or the first one, that bears an address.
async fn of(sim: &Sim, action: &'static str, list: &str, address: &str) -> Map {
    find(sim, action, list, "tag:vpcc:address", address).await
}

async fn find(sim: &Sim, action: &'static str, list: &str, filter: &str, value: &str) -> Map {
    let filters = map! { "Name" => filter, "Values" => [value] };
    let name = if action == "DescribeNatGateways" { "Filter" } else { "Filters" };
    let answer = call(sim, action, Map::new().with(name, [filters])).await;
    let item = answer.list(list).first().and_then(Value::as_map).unwrap_or_else(|| panic!("{action}: no {value}"));
    item.list("Instances").first().and_then(Value::as_map).unwrap_or(item).clone()
}

async fn node(sim: &Sim, address: &str) -> Map {
    of(sim, "DescribeInstances", "Reservations", address).await
}

async fn group(sim: &Sim, address: &str) -> String {
    of(sim, "DescribeSecurityGroups", "SecurityGroups", address).await.text("GroupId").to_owned()
}

async fn table(sim: &Sim, address: &str) -> Map {
    of(sim, "DescribeRouteTables", "RouteTables", address).await
}

fn from_anywhere(port: i64) -> Map {
    map! { "IpProtocol" => "tcp", "FromPort" => port, "ToPort" => port, "IpRanges" => [map! { "CidrIp" => "0.0.0.0/0" }] }
}

#[tokio::test(start_paused = true)]
async fn what_is_changed_in_networks() {
    let mut drifts = Drifts::default();
    let vpc = async |sim: &Sim, address| of(sim, "DescribeVpcs", "Vpcs", address).await.text("VpcId").to_owned();
    drifts
        .then("the name of a VPC is changed, and a tag is added", CLUSTER, async |sim| {
            let tags = [map! { "Key" => "Name", "Value" => "mine" }, map! { "Key" => "owner", "Value" => "me" }];
            call(sim, "CreateTags", map! { "Resources" => [vpc(sim, "cluster").await], "Tags" => tags }).await;
        })
        .await;
    drifts
        .then("DNS hostnames are switched off", CLUSTER, async |sim| {
            let off = map! { "VpcId" => vpc(sim, "cluster").await, "EnableDnsHostnames" => map! { "Value" => false } };
            call(sim, "ModifyVpcAttribute", off).await;
        })
        .await;
    drifts
        .then("the DHCP options are put aside", CLUSTER, async |sim| {
            let default = map! { "VpcId" => vpc(sim, "cluster").await, "DhcpOptionsId" => "default" };
            call(sim, "AssociateDhcpOptions", default).await;
        })
        .await;
    drifts
        .then("a further block is taken off", &GROWN.replace("subnet second", "# subnet second"), async |sim| {
            let vpc = of(sim, "DescribeVpcs", "Vpcs", "grown").await;
            let mut blocks = vpc.list("CidrBlockAssociationSet").iter().filter_map(Value::as_map);
            let block = blocks.find(|block| block.text("CidrBlock") == "10.41.0.0/16").unwrap();
            call(sim, "DisassociateVpcCidrBlock", map! { "AssociationId" => block.text("AssociationId") }).await;
        })
        .await;
    drifts
        .then("a subnet gives no public addresses", CLUSTER, async |sim| {
            let subnet = of(sim, "DescribeSubnets", "Subnets", "cluster.lan").await;
            let off =
                map! { "SubnetId" => subnet.text("SubnetId"), "MapPublicIpOnLaunch" => map! { "Value" => false } };
            call(sim, "ModifySubnetAttribute", off).await;
        })
        .await;
    drifts
        .then("a peering is deleted", SPOKES, async |sim| {
            let peering = of(sim, "DescribeVpcPeeringConnections", "VpcPeeringConnections", "left-link").await;
            let id = peering.text("VpcPeeringConnectionId");
            call(sim, "DeleteVpcPeeringConnection", map! { "VpcPeeringConnectionId" => id }).await;
        })
        .await;
    drifts.hold("drift-networks");
}

#[tokio::test(start_paused = true)]
async fn what_is_changed_in_routing() {
    let mut drifts = Drifts::default();
    let route =
        |table: &Map| map! { "RouteTableId" => table.text("RouteTableId"), "DestinationCidrBlock" => "0.0.0.0/0" };
    drifts
        .then("a route is deleted", CLUSTER, async |sim| {
            call(sim, "DeleteRoute", route(&table(sim, "cluster.lan/table").await)).await;
        })
        .await;
    drifts
        .then("a route is pointed elsewhere", TIERS, async |sim| {
            let internet = of(sim, "DescribeInternetGateways", "InternetGateways", "shop.igw").await;
            let there =
                route(&table(sim, "shop.app[a]/table").await).with("GatewayId", internet.text("InternetGatewayId"));
            call(sim, "ReplaceRoute", there).await;
        })
        .await;
    drifts
        .then("a route is added to the table of a private subnet", BASTION, async |sim| {
            let internet = of(sim, "DescribeInternetGateways", "InternetGateways", "ops.igw").await;
            let added = map! {
                "RouteTableId" => table(sim, "ops.inner/table").await.text("RouteTableId"),
                "DestinationCidrBlock" => "192.0.2.0/24",
                "GatewayId" => internet.text("InternetGatewayId"),
            };
            call(sim, "CreateRoute", added).await;
        })
        .await;
    drifts
        .then("a subnet is taken off its table", CLUSTER, async |sim| {
            let table = table(sim, "cluster.lan/table").await;
            let association = table.list("Associations").first().and_then(Value::as_map).unwrap();
            let id = association.text("RouteTableAssociationId");
            call(sim, "DisassociateRouteTable", map! { "AssociationId" => id }).await;
        })
        .await;
    drifts
        .then("routes are no longer propagated", BRANCH, async |sim| {
            let gateway = of(sim, "DescribeVpnGateways", "VpnGateways", "branch.vgw").await;
            let table = table(sim, "branch.home").await;
            let off =
                map! { "RouteTableId" => table.text("RouteTableId"), "GatewayId" => gateway.text("VpnGatewayId") };
            call(sim, "DisableVgwRoutePropagation", off).await;
        })
        .await;
    drifts.hold("drift-routing");
}

#[tokio::test(start_paused = true)]
async fn what_is_changed_in_gateways() {
    let mut drifts = Drifts::default();
    drifts
        .then("an internet gateway is detached", &without_nodes(CLUSTER), async |sim| {
            let gateway = of(sim, "DescribeInternetGateways", "InternetGateways", "cluster.igw").await;
            let vpc = of(sim, "DescribeVpcs", "Vpcs", "cluster").await;
            let apart = map! { "InternetGatewayId" => gateway.text("InternetGatewayId"), "VpcId" => vpc.text("VpcId") };
            call(sim, "DetachInternetGateway", apart).await;
        })
        .await;
    drifts
        .then("a NAT gateway is deleted", TIERS, async |sim| {
            let gateway = of(sim, "DescribeNatGateways", "NatGateways", "shop.out[a]").await;
            call(sim, "DeleteNatGateway", map! { "NatGatewayId" => gateway.text("NatGatewayId") }).await;
        })
        .await;
    drifts
        .then("an egress-only gateway is deleted", DUAL, async |sim| {
            let list = "EgressOnlyInternetGateways";
            let gateway = of(sim, "DescribeEgressOnlyInternetGateways", list, "dual.six").await;
            let id = gateway.text("EgressOnlyInternetGatewayId");
            call(sim, "DeleteEgressOnlyInternetGateway", map! { "EgressOnlyInternetGatewayId" => id }).await;
        })
        .await;
    drifts
        .then("a VPN connection is deleted", BRANCH, async |sim| {
            let connection = of(sim, "DescribeVpnConnections", "VpnConnections", "branch.link").await;
            let id = connection.text("VpnConnectionId");
            call(sim, "DeleteVpnConnection", map! { "VpnConnectionId" => id }).await;
        })
        .await;
    drifts
        .then("a virtual private gateway is detached", BRANCH, async |sim| {
            let gateway = of(sim, "DescribeVpnGateways", "VpnGateways", "branch.vgw").await;
            let vpc = of(sim, "DescribeVpcs", "Vpcs", "branch").await;
            let apart = map! { "VpnGatewayId" => gateway.text("VpnGatewayId"), "VpcId" => vpc.text("VpcId") };
            call(sim, "DetachVpnGateway", apart).await;
        })
        .await;
    drifts
        .then("an Elastic IP is taken off its node", BASTION, async |sim| {
            let address = of(sim, "DescribeAddresses", "Addresses", "ops.gate").await;
            let association = address.text("AssociationId");
            call(sim, "DisassociateAddress", map! { "AssociationId" => association }).await;
        })
        .await;
    drifts
        .then("an endpoint is deleted", ENDPOINTS, async |sim| {
            let endpoint = of(sim, "DescribeVpcEndpoints", "VpcEndpoints", "workshop.logs").await;
            call(sim, "DeleteVpcEndpoints", map! { "VpcEndpointIds" => [endpoint.text("VpcEndpointId")] }).await;
        })
        .await;
    drifts
        .then("a flow log is deleted", ENDPOINTS, async |sim| {
            let answer = call(sim, "DescribeFlowLogs", Map::new()).await;
            let log = answer.list("FlowLogs").first().and_then(Value::as_map).unwrap();
            call(sim, "DeleteFlowLogs", map! { "FlowLogIds" => [log.text("FlowLogId")] }).await;
        })
        .await;
    drifts.hold("drift-gateways");
}

/// The program without its nodes, which have public addresses.
fn without_nodes(program: &str) -> String {
    let node = program.find("  node node").unwrap();
    format!("{}}}\n", &program[..node])
}

#[tokio::test(start_paused = true)]
async fn what_is_changed_in_groups_and_acls() {
    let mut drifts = Drifts::default();
    drifts
        .then("a rule is added", CLUSTER, async |sim| {
            let group = group(sim, "cluster.monitoring").await;
            let telnet = map! { "GroupId" => group, "IpPermissions" => [from_anywhere(23)] };
            call(sim, "AuthorizeSecurityGroupIngress", telnet).await;
        })
        .await;
    drifts
        .then("a rule is revoked", TIERS, async |sim| {
            let group = group(sim, "shop.front").await;
            let rule = map! { "GroupId" => group, "IpPermissions" => [from_anywhere(443)] };
            call(sim, "RevokeSecurityGroupIngress", rule).await;
        })
        .await;
    drifts
        .then("a VPC's default group lets something in", LOCKDOWN, async |sim| {
            let group = find(sim, "DescribeSecurityGroups", "SecurityGroups", "group-name", "default").await;
            let open = map! { "GroupId" => group.text("GroupId"), "IpPermissions" => [from_anywhere(22)] };
            call(sim, "AuthorizeSecurityGroupIngress", open).await;
        })
        .await;
    let acl = async |sim: &Sim, address| of(sim, "DescribeNetworkAcls", "NetworkAcls", address).await;
    drifts
        .then("an entry of an ACL is deleted", ACLS, async |sim| {
            let acl = acl(sim, "shop.edge").await;
            let entry = map! { "NetworkAclId" => acl.text("NetworkAclId"), "RuleNumber" => 90, "Egress" => false };
            call(sim, "DeleteNetworkAclEntry", entry).await;
        })
        .await;
    drifts
        .then("a subnet is given another ACL", ACLS, async |sim| {
            let (edge, inner) = (acl(sim, "shop.edge").await, acl(sim, "shop.inner").await);
            let subnet = of(sim, "DescribeSubnets", "Subnets", "shop.web[a]").await;
            let mut associations = edge.list("Associations").iter().filter_map(Value::as_map);
            let association = associations.find(|found| found.text("SubnetId") == subnet.text("SubnetId")).unwrap();
            let other = map! {
                "AssociationId" => association.text("NetworkAclAssociationId"),
                "NetworkAclId" => inner.text("NetworkAclId"),
            };
            call(sim, "ReplaceNetworkAclAssociation", other).await;
        })
        .await;
    drifts.hold("drift-groups");
}

#[tokio::test(start_paused = true)]
async fn what_is_changed_in_nodes() {
    let mut drifts = Drifts::default();
    let id = async |sim: &Sim, address| node(sim, address).await.text("InstanceId").to_owned();
    drifts
        .then("a key pair is deleted", CLUSTER, async |sim| {
            call(sim, "DeleteKeyPair", map! { "KeyName" => "dahak/me" }).await;
        })
        .await;
    drifts
        .then("a node is stopped", CLUSTER, async |sim| {
            call(sim, "StopInstances", map! { "InstanceIds" => [id(sim, "cluster.node[1]").await] }).await;
        })
        .await;
    drifts
        .then("a node is terminated", CLUSTER, async |sim| {
            call(sim, "TerminateInstances", map! { "InstanceIds" => [id(sim, "cluster.node[1]").await] }).await;
        })
        .await;
    drifts
        .then("a node no longer insists on IMDSv2", CLUSTER, async |sim| {
            let lax = map! { "InstanceId" => id(sim, "cluster.node[1]").await, "HttpTokens" => "optional" };
            call(sim, "ModifyInstanceMetadataOptions", lax).await;
        })
        .await;
    drifts
        .then("a node is put into another group", TIERS, async |sim| {
            let (node, other) = (id(sim, "shop.db[a]").await, group(sim, "shop.front").await);
            call(sim, "ModifyInstanceAttribute", map! { "InstanceId" => node, "Groups" => [other] }).await;
        })
        .await;
    drifts
        .then("a disk is detached", BRANCH, async |sim| {
            let disk = of(sim, "DescribeVolumes", "Volumes", "branch.files[a]/data").await;
            call(sim, "DetachVolume", map! { "VolumeId" => disk.text("VolumeId") }).await;
        })
        .await;
    drifts.hold("drift-nodes");
}
