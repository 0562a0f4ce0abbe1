use super::super::Quota;
use super::*;

const OTHER_REGION: &str = "us-east-1";

async fn request(sim: &Sim, parameters: Map) -> String {
    let answer = ok(sim, "CreateVpcPeeringConnection", parameters).await;
    assert_eq!(text(&answer, "VpcPeeringConnection.Status.Code"), "initiating-request");
    text(&answer, "VpcPeeringConnection.VpcPeeringConnectionId")
}

fn between(vpc: &str, peer: &str) -> Map {
    map! { "VpcId" => vpc, "PeerVpcId" => peer }
}

fn named(id: &str) -> Map {
    map! { "VpcPeeringConnectionId" => id }
}

fn described(id: &str) -> Map {
    map! { "VpcPeeringConnectionIds" => [id] }
}

async fn found(sim: &Sim, id: &str) -> Map {
    let answer = ok(sim, "DescribeVpcPeeringConnections", described(id)).await;
    at(&answer, "VpcPeeringConnections.0").and_then(Value::as_map).cloned().unwrap()
}

async fn status(sim: &Sim, id: &str) -> String {
    text(&found(sim, id).await, "Status.Code")
}

async fn elsewhere(sim: &Sim, action: &'static str, parameters: Map) -> Result<Map, Fault> {
    sim.call(OTHER_REGION, &Call::new(action, parameters)).await
}

async fn pause() {
    wait(Timing::QUICK.peering).await;
}

/// Two VPCs with an active connection.
async fn peered(sim: &Sim) -> (String, String, String) {
    let (one, two) = (vpc(sim, "10.0.0.0/16").await, vpc(sim, "10.1.0.0/16").await);
    let id = request(sim, between(&one, &two)).await;
    pause().await;
    ok(sim, "AcceptVpcPeeringConnection", named(&id)).await;
    pause().await;
    (one, two, id)
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_asked_for_accepted_and_deleted() {
    let sim = Sim::new();
    let (one, two) = (vpc(&sim, "10.0.0.0/16").await, vpc(&sim, "10.1.0.0/16").await);
    let id = request(&sim, between(&one, &two)).await;
    assert_eq!(code(&sim, "AcceptVpcPeeringConnection", named(&id)).await, "InvalidStateTransition");
    pause().await;
    let pending = found(&sim, &id).await;
    assert_eq!(text(&pending, "Status.Code"), "pending-acceptance");
    assert_eq!(text(&pending, "Status.Message"), "Pending Acceptance by 123456789012");
    assert_eq!(text(&pending, "RequesterVpcInfo.CidrBlock"), "10.0.0.0/16");
    assert_eq!(at(&pending, "AccepterVpcInfo.CidrBlock"), None);
    let answer = ok(&sim, "AcceptVpcPeeringConnection", named(&id)).await;
    assert_eq!(text(&answer, "VpcPeeringConnection.Status.Code"), "provisioning");
    pause().await;
    let active = found(&sim, &id).await;
    assert_eq!(text(&active, "Status.Code"), "active");
    assert_eq!(text(&active, "AccepterVpcInfo.CidrBlockSet.0.CidrBlock"), "10.1.0.0/16");
    assert_eq!(text(&active, "AccepterVpcInfo.Region"), REGION);
    assert_eq!(code(&sim, "DeleteVpc", map! { "VpcId" => &*two }).await, "DependencyViolation");
    assert!(ok(&sim, "DeleteVpcPeeringConnection", named(&id)).await.is_true("Return"));
    assert_eq!(status(&sim, &id).await, "deleting");
    pause().await;
    assert_eq!(status(&sim, &id).await, "deleted");
    let gone = "InvalidVpcPeeringConnectionID.NotFound";
    assert_eq!(code(&sim, "DeleteVpcPeeringConnection", named(&id)).await, gone);
    ok(&sim, "DeleteVpc", map! { "VpcId" => &*two }).await;
    wait(Timing::QUICK.listed).await;
    assert_eq!(code(&sim, "DescribeVpcPeeringConnections", described(&id)).await, gone);
}

#[tokio::test(start_paused = true)]
async fn vpcs_that_overlap_cannot_be_joined() {
    let sim = Sim::new();
    let (one, two) = (vpc(&sim, "10.0.0.0/16").await, vpc(&sim, "10.0.128.0/20").await);
    let id = request(&sim, between(&one, &two)).await;
    pause().await;
    assert_eq!(status(&sim, &id).await, "failed");
    for action in ["AcceptVpcPeeringConnection", "DeleteVpcPeeringConnection"] {
        assert_eq!(code(&sim, action, named(&id)).await, "InvalidStateTransition");
    }
}

#[tokio::test(start_paused = true)]
async fn there_is_one_connection_between_two() {
    let sim = Sim::new();
    let (one, two, id) = peered(&sim).await;
    for pair in [between(&one, &two), between(&two, &one)] {
        let refused = code(&sim, "CreateVpcPeeringConnection", pair).await;
        assert_eq!(refused, "VpcPeeringConnectionAlreadyExists");
    }
    ok(&sim, "DeleteVpcPeeringConnection", named(&id)).await;
    request(&sim, between(&two, &one)).await;
}

#[tokio::test(start_paused = true)]
async fn others_have_to_accept_and_may_never_do() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let id = request(&sim, between(&vpc, "vpc-0123456789abcdef0").with("PeerOwnerId", "210987654321")).await;
    pause().await;
    assert_eq!(text(&found(&sim, &id).await, "AccepterVpcInfo.OwnerId"), "210987654321");
    assert_eq!(code(&sim, "AcceptVpcPeeringConnection", named(&id)).await, "OperationNotPermitted");
    wait(std::time::Duration::from_hours(7 * 24)).await;
    assert_eq!(status(&sim, &id).await, "expired");
}

#[tokio::test(start_paused = true)]
async fn a_connection_to_another_region_is_accepted_there() {
    let sim = Sim::new();
    let here = vpc(&sim, "10.0.0.0/16").await;
    let there = elsewhere(&sim, "CreateVpc", map! { "CidrBlock" => "10.1.0.0/16" }).await.unwrap();
    let there = text(&there, "Vpc.VpcId");
    let asked = between(&here, &there).with("PeerRegion", OTHER_REGION);
    let tags = tagged("vpc-peering-connection", "a", "b");
    let id = request(&sim, asked.with("TagSpecifications", tags)).await;
    pause().await;
    let seen = elsewhere(&sim, "DescribeVpcPeeringConnections", described(&id)).await.unwrap();
    assert_eq!(text(&seen, "VpcPeeringConnections.0.Status.Code"), "pending-acceptance");
    assert_eq!(text(&seen, "VpcPeeringConnections.0.Tags.0.Key"), "");
    let refused = fault(&sim, "AcceptVpcPeeringConnection", named(&id)).await;
    assert_eq!(refused.code, "OperationNotPermitted");
    assert!(refused.message.contains("must be accepted in region us-east-1"), "{refused}");
    elsewhere(&sim, "AcceptVpcPeeringConnection", named(&id)).await.unwrap();
    pause().await;
    let active = found(&sim, &id).await;
    assert_eq!(text(&active, "Status.Code"), "active");
    assert_eq!(text(&active, "AccepterVpcInfo.CidrBlock"), "10.1.0.0/16");
    assert_eq!(text(&active, "Tags.0.Key"), "a");
    elsewhere(&sim, "DeleteVpcPeeringConnection", named(&id)).await.unwrap();
    pause().await;
    assert_eq!(status(&sim, &id).await, "deleted");
    let nowhere = between(&here, &there).with("PeerRegion", "mars-1");
    assert_eq!(code(&sim, "CreateVpcPeeringConnection", nowhere).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn both_regions_of_a_connection_are_kept_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cloud.json");
    let first = Sim::open(&path).unwrap();
    let here = vpc(&first, "10.0.0.0/16").await;
    let there = elsewhere(&first, "CreateVpc", map! { "CidrBlock" => "10.1.0.0/16" }).await.unwrap();
    let asked = between(&here, &text(&there, "Vpc.VpcId")).with("PeerRegion", OTHER_REGION);
    let id = request(&first, asked).await;
    pause().await;
    elsewhere(&first, "AcceptVpcPeeringConnection", named(&id)).await.unwrap();
    let before = first.snapshot();
    drop(first);
    let second = Sim::open(&path).unwrap();
    assert_eq!(second.snapshot(), before);
    pause().await;
    assert_eq!(status(&second, &id).await, "active");
}

#[tokio::test(start_paused = true)]
async fn routes_lead_to_a_connection_while_it_is_active() {
    let sim = Sim::new();
    let (one, two) = (vpc(&sim, "10.0.0.0/16").await, vpc(&sim, "10.1.0.0/16").await);
    let id = request(&sim, between(&one, &two)).await;
    let table = table(&sim, &one).await;
    let route = |block: &str| {
        map! { "RouteTableId" => &*table, "DestinationCidrBlock" => block, "VpcPeeringConnectionId" => &*id }
    };
    let state = || async {
        let found = ok(&sim, "DescribeRouteTables", filtered("route.vpc-peering-connection-id", &id)).await;
        text(&found, "RouteTables.0.Routes.1.State")
    };
    ok(&sim, "CreateRoute", route("10.1.0.0/16")).await;
    assert_eq!(state().await, "blackhole");
    assert_eq!(code(&sim, "CreateRoute", route("10.0.3.0/24")).await, "InvalidParameterValue");
    let stranger = vpc(&sim, "10.2.0.0/16").await;
    let foreign = super::table(&sim, &stranger).await;
    let mut other = route("10.1.0.0/16");
    other.set("RouteTableId", foreign);
    assert_eq!(code(&sim, "CreateRoute", other).await, "InvalidParameterValue");
    pause().await;
    ok(&sim, "AcceptVpcPeeringConnection", named(&id)).await;
    pause().await;
    assert_eq!(state().await, "active");
    ok(&sim, "DeleteVpcPeeringConnection", named(&id)).await;
    assert_eq!(state().await, "blackhole");
    pause().await;
    let late = code(&sim, "CreateRoute", route("10.9.0.0/16")).await;
    assert_eq!(late, "InvalidVpcPeeringConnectionID.NotFound");
}

#[tokio::test(start_paused = true)]
async fn rules_can_name_groups_of_a_peer() {
    let sim = Sim::new();
    let (one, two, id) = peered(&sim).await;
    let (web, db) = (group(&sim, &one, "web").await, group(&sim, &two, "db").await);
    let rule = |pair: Map| {
        let permission = map! {
            "IpProtocol" => "tcp", "FromPort" => 5432, "ToPort" => 5432, "UserIdGroupPairs" => [pair]
        };
        map! { "GroupId" => &*db, "IpPermissions" => [permission] }
    };
    let named_group = || map! { "GroupId" => &*web };
    let wrong = rule(named_group().with("VpcPeeringConnectionId", "pcx-0123456789abcdef0"));
    assert_eq!(code(&sim, "AuthorizeSecurityGroupIngress", wrong).await, "InvalidGroup.NotFound");
    let answer = ok(&sim, "AuthorizeSecurityGroupIngress", rule(named_group())).await;
    assert_eq!(text(&answer, "SecurityGroupRules.0.ReferencedGroupInfo.VpcId"), one);
    let pair = || async {
        let found = ok(&sim, "DescribeSecurityGroups", map! { "GroupIds" => [&*db] }).await;
        at(&found, "SecurityGroups.0.IpPermissions.0.UserIdGroupPairs.0").and_then(Value::as_map).cloned().unwrap()
    };
    assert_eq!(text(&pair().await, "VpcPeeringConnectionId"), id);
    assert_eq!(text(&pair().await, "PeeringStatus"), "active");
    ok(&sim, "DeleteVpcPeeringConnection", named(&id)).await;
    pause().await;
    assert_eq!(text(&pair().await, "PeeringStatus"), "deleted");
    let more = rule(named_group().with("Description", "again"));
    assert_eq!(code(&sim, "AuthorizeSecurityGroupIngress", more).await, "InvalidGroup.NotFound");
    ok(&sim, "DeleteSecurityGroup", map! { "GroupId" => &*web }).await;
    assert_eq!(text(&pair().await, "GroupId"), web);
    ok(&sim, "RevokeSecurityGroupIngress", rule(named_group())).await;
}

#[tokio::test(start_paused = true)]
async fn a_peers_block_cannot_come() {
    let sim = Sim::new();
    let (one, _, id) = peered(&sim).await;
    let block = || map! { "VpcId" => &*one, "CidrBlock" => "10.1.3.0/24" };
    assert_eq!(code(&sim, "AssociateVpcCidrBlock", block()).await, "InvalidVpc.Range");
    ok(&sim, "DeleteVpcPeeringConnection", named(&id)).await;
    ok(&sim, "AssociateVpcCidrBlock", block()).await;
}

#[tokio::test(start_paused = true)]
async fn there_are_so_many_connections() {
    let sim = Sim::new().with_quota(Quota::Peerings, 1).with_quota(Quota::OutstandingPeerings, 2);
    let (one, _, _) = peered(&sim).await;
    let (three, four) = (vpc(&sim, "10.2.0.0/16").await, vpc(&sim, "10.3.0.0/16").await);
    let refused = code(&sim, "CreateVpcPeeringConnection", between(&one, &three)).await;
    assert_eq!(refused, "ActiveVpcPeeringConnectionPerVpcLimitExceeded");
    let late = request(&sim, between(&three, &one)).await;
    request(&sim, between(&three, &four)).await;
    let more = between(&four, "vpc-0123456789abcdef0");
    let refused = code(&sim, "CreateVpcPeeringConnection", more).await;
    assert_eq!(refused, "OutstandingVpcPeeringConnectionLimitExceeded");
    pause().await;
    let refused = code(&sim, "AcceptVpcPeeringConnection", named(&late)).await;
    assert_eq!(refused, "ActiveVpcPeeringConnectionPerVpcLimitExceeded");
}
