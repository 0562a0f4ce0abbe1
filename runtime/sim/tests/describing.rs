use super::*;

async fn many_groups(sim: &Sim, count: usize) -> String {
    let vpc = vpc(sim, "10.0.0.0/16").await;
    for index in 1..count {
        group(sim, &vpc, &format!("group {index}")).await;
    }
    vpc
}

#[tokio::test(start_paused = true)]
async fn an_unknown_id_fails_the_call_and_one_in_a_filter_finds_nothing() {
    let sim = Sim::new();
    let id = vpc(&sim, "10.0.0.0/16").await;
    let both = map! { "VpcIds" => [&*id, "vpc-0123456789abcdef0"] };
    assert_eq!(code(&sim, "DescribeVpcs", both).await, "InvalidVpcID.NotFound");
    assert_eq!(code(&sim, "DescribeVpcs", map! { "VpcIds" => ["vpc-1"] }).await, "InvalidVpcID.Malformed");
    let found = ok(&sim, "DescribeVpcs", filtered("vpc-id", "vpc-0123456789abcdef0")).await;
    assert!(found.list("Vpcs").is_empty());
}

#[tokio::test(start_paused = true)]
async fn unknown_filters_are_refused() {
    let sim = Sim::new();
    for name in ["colour", "VpcId", "tag:", ""] {
        let refused = fault(&sim, "DescribeVpcs", filtered(name, "x")).await;
        assert_eq!(refused.code, "InvalidParameterValue");
        assert_eq!(refused.message, format!("The filter '{name}' is invalid"));
    }
    assert_eq!(code(&sim, "DescribeRegions", filtered("tag:a", "b")).await, "InvalidParameterValue");
    let empty = map! { "Filters" => [map! { "Name" => "vpc-id", "Values" => Vec::<Value>::new() }] };
    assert_eq!(code(&sim, "DescribeVpcs", empty).await, "InvalidParameterValue");
    let missing = map! { "Filters" => [map! { "Name" => "vpc-id" }] };
    assert_eq!(code(&sim, "DescribeVpcs", missing).await, "MissingParameter");
}

#[tokio::test(start_paused = true)]
async fn filters_are_joined_with_and_their_values_with_or() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    for block in ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"] {
        subnet(&sim, &vpc, block).await;
    }
    let either = map! { "Name" => "cidr-block", "Values" => ["10.0.0.0/24", "10.0.1.0/24"] };
    let found = ok(&sim, "DescribeSubnets", map! { "Filters" => [either.clone()] }).await;
    assert_eq!(found.list("Subnets").len(), 2);
    let both = map! { "Filters" => [either, filter("cidr-block", "10.0.1.*")] };
    assert_eq!(column(&ok(&sim, "DescribeSubnets", both).await, "Subnets", "CidrBlock"), ["10.0.1.0/24"]);
}

#[tokio::test(start_paused = true)]
async fn two_hundred_values_are_the_most_in_all_filters_together() {
    let sim = Sim::new();
    let values = |count: usize| {
        let texts = |count: usize| (0..count).map(|index| format!("{index}")).collect::<Vec<_>>();
        let first = map! { "Name" => "vpc-id", "Values" => texts(count / 2) };
        let second = map! { "Name" => "cidr", "Values" => texts(count - count / 2) };
        map! { "Filters" => [first, second] }
    };
    ok(&sim, "DescribeVpcs", values(200)).await;
    assert_eq!(code(&sim, "DescribeVpcs", values(201)).await, "FilterLimitExceeded");
}

#[tokio::test(start_paused = true)]
async fn tags_are_filtered_by_key_and_by_value() {
    let sim = Sim::new();
    let made = map! { "CidrBlock" => "10.0.0.0/16", "TagSpecifications" => tagged("vpc", "a:b*", "x*y") };
    ok(&sim, "CreateVpc", made).await;
    vpc(&sim, "10.1.0.0/16").await;
    for (name, value, count) in [
        ("tag-key", "a:b*", 1),
        ("tag-key", "z", 0),
        ("tag:a:b*", r"x\*y", 1),
        ("tag:a:b*", r"x\?y", 0),
        ("tag:a:bc", "*", 0),
    ] {
        let found = ok(&sim, "DescribeVpcs", filtered(name, value)).await;
        assert_eq!(found.list("Vpcs").len(), count, "{name} {value}");
    }
}

#[tokio::test(start_paused = true)]
async fn pages_follow_each_other_without_gaps() {
    let sim = Sim::new();
    many_groups(&sim, 12).await;
    let mut seen = Vec::new();
    let mut question = map! { "MaxResults" => 5 };
    let sizes = loop {
        let page = ok(&sim, "DescribeSecurityGroups", question.clone()).await;
        seen.push(column(&page, "SecurityGroups", "GroupId"));
        match page.get("NextToken") {
            Some(token) => question.set("NextToken", token),
            None => break seen.iter().map(Vec::len).collect::<Vec<_>>(),
        }
    };
    assert_eq!(sizes, [5, 5, 2]);
    let all = column(&ok(&sim, "DescribeSecurityGroups", map! {}).await, "SecurityGroups", "GroupId");
    assert_eq!(seen.concat(), all);
    assert!(all.is_sorted());
}

#[tokio::test(start_paused = true)]
async fn the_size_of_pages_has_bounds() {
    let sim = Sim::new();
    for (action, size, refused) in [
        ("DescribeVpcs", 4, true),
        ("DescribeVpcs", 5, false),
        ("DescribeVpcs", 1000, false),
        ("DescribeVpcs", 1001, true),
        ("DescribeRouteTables", 100, false),
        ("DescribeRouteTables", 101, true),
        ("DescribeLaunchTemplates", 1, false),
        ("DescribeLaunchTemplates", 201, true),
        ("DescribeVpcs", -1, true),
    ] {
        let answer = send(&sim, action, map! { "MaxResults" => size }).await;
        assert_eq!(answer.map_err(|fault| fault.code).err(), refused.then(|| "InvalidParameterValue".to_owned()));
    }
}

#[tokio::test(start_paused = true)]
async fn route_tables_come_in_pages_of_100_even_unasked() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    for _ in 0..100 {
        table(&sim, &vpc).await;
    }
    let first = ok(&sim, "DescribeRouteTables", map! {}).await;
    assert_eq!(first.list("RouteTables").len(), 100);
    let rest = ok(&sim, "DescribeRouteTables", map! { "NextToken" => first.get("NextToken").unwrap() }).await;
    assert_eq!(rest.list("RouteTables").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn page_sizes_and_ids_do_not_go_together() {
    let sim = Sim::new();
    let id = vpc(&sim, "10.0.0.0/16").await;
    let both = map! { "VpcIds" => [&*id], "MaxResults" => 5 };
    assert_eq!(code(&sim, "DescribeVpcs", both).await, "InvalidParameterCombination");
}

#[tokio::test(start_paused = true)]
async fn a_token_is_of_the_action_that_gave_it() {
    let sim = Sim::new();
    many_groups(&sim, 6).await;
    let page = ok(&sim, "DescribeSecurityGroups", map! { "MaxResults" => 5 }).await;
    let stray = map! { "NextToken" => page.get("NextToken").unwrap() };
    assert_eq!(code(&sim, "DescribeVpcs", stray).await, "InvalidNextToken");
    assert_eq!(code(&sim, "DescribeVpcs", map! { "NextToken" => "x" }).await, "InvalidNextToken");
}

#[tokio::test(start_paused = true)]
async fn some_actions_have_no_pages() {
    let sim = Sim::new();
    for action in ["DescribeKeyPairs", "DescribeRegions"] {
        assert_eq!(code(&sim, action, map! { "MaxResults" => 5 }).await, "UnknownParameter", "{action}");
    }
}

#[tokio::test(start_paused = true)]
async fn instances_of_one_launch_are_one_reservation() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let mut three = launch(interface(&subnet));
    three.set("MinCount", 3);
    three.set("MaxCount", 3);
    ok(&sim, "RunInstances", three).await;
    instance(&sim, &subnet).await;
    let found = ok(&sim, "DescribeInstances", map! {}).await;
    let sizes = found.list("Reservations").iter().filter_map(Value::as_map).map(|one| one.list("Instances").len());
    let mut sizes: Vec<usize> = sizes.collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 3]);
}

#[tokio::test(start_paused = true)]
async fn regions_are_those_of_the_partition() {
    let sim = Sim::new();
    let here = ok(&sim, "DescribeRegions", map! {}).await;
    let names = column(&here, "Regions", "RegionName");
    assert!(names.iter().any(|name| name == "us-east-1") && !names.iter().any(|name| name == "cn-north-1"));
    let china = sim.call("cn-north-1", &Call::new("DescribeRegions", map! {})).await.unwrap();
    assert_eq!(column(&china, "Regions", "RegionName"), ["cn-north-1", "cn-northwest-1"]);
    assert_eq!(text(&china, "Regions.0.Endpoint"), "ec2.cn-north-1.amazonaws.com.cn");
}

#[tokio::test(start_paused = true)]
async fn regions_know_nothing_of_each_other() {
    let sim = Sim::new();
    let id = vpc(&sim, "10.0.0.0/16").await;
    let elsewhere = Call::new("DescribeVpcs", map! { "VpcIds" => [&*id] });
    assert_eq!(sim.call("us-east-1", &elsewhere).await.unwrap_err().code, "InvalidVpcID.NotFound");
}
