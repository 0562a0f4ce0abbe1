use super::super::Image;
use super::*;

#[tokio::test(start_paused = true)]
async fn public_images_are_found_by_patterns_and_owners() {
    let sim = Sim::new();
    let question = map! {
        "Owners" => ["099720109477"],
        "Filters" => [
            filter("name", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"),
            filter("architecture", "x86_64"),
        ],
    };
    let found = ok(&sim, "DescribeImages", question).await;
    assert_eq!(found.list("Images").len(), 2);
    assert!(column(&found, "Images", "RootDeviceName").iter().all(|device| device == "/dev/sda1"));
    let amazons = map! { "Owners" => ["amazon"], "Filters" => [filter("name", "al2023-ami-2023.*-x86_64")] };
    assert_eq!(ok(&sim, "DescribeImages", amazons).await.list("Images").len(), 3);
    let mine = ok(&sim, "DescribeImages", map! { "Owners" => ["self"] }).await;
    assert!(mine.list("Images").is_empty());
}

#[tokio::test(start_paused = true)]
async fn every_id_of_the_right_form_is_an_image() {
    let sim = Sim::new();
    let by_id = ok(&sim, "DescribeImages", map! { "ImageIds" => [AMI] }).await;
    assert_eq!(text(&by_id, "Images.0.RootDeviceName"), "/dev/xvda");
    let by_filter = ok(&sim, "DescribeImages", filtered("image-id", AMI)).await;
    assert_eq!(column(&by_filter, "Images", "State"), ["available"]);
    assert_eq!(code(&sim, "DescribeImages", map! { "ImageIds" => ["ami-x"] }).await, "InvalidAMIID.Malformed");
}

#[tokio::test(start_paused = true)]
async fn with_a_catalogue_only_its_images_exist() {
    let gone = Image { state: "deregistered".to_owned(), ..Image::new("ami-0123456789abcdef1", "old") };
    let sim = Sim::new().with_images([Image::new(AMI, "mine"), gone]);
    let (_, subnet) = network(&sim).await;
    instance(&sim, &subnet).await;
    let of = |image: &'static str| {
        let mut parameters = launch(interface(&subnet));
        parameters.set("ImageId", image);
        parameters
    };
    let refused = fault(&sim, "RunInstances", of("ami-0123456789abcdef2")).await;
    assert_eq!(refused.code, "InvalidAMIID.NotFound");
    assert_eq!(refused.message, "The image id '[ami-0123456789abcdef2]' does not exist");
    assert_eq!(code(&sim, "RunInstances", of("ami-0123456789abcdef1")).await, "InvalidAMIID.Unavailable");
    assert_eq!(
        code(&sim, "DescribeImages", map! { "ImageIds" => ["ami-0123456789abcdef2"] }).await,
        "InvalidAMIID.NotFound"
    );
}

#[tokio::test(start_paused = true)]
async fn image_and_type_are_of_one_architecture() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let arm = ok(&sim, "DescribeImages", filtered("name", "debian-12-arm64-20251112-2294")).await;
    let arm = text(&arm, "Images.0.ImageId");
    let on = |form: &'static str| {
        let mut parameters = launch(interface(&subnet));
        parameters.set("ImageId", &*arm);
        parameters.set("InstanceType", form);
        parameters
    };
    assert_eq!(code(&sim, "RunInstances", on("t3.micro")).await, "InvalidParameterValue");
    ok(&sim, "RunInstances", on("t4g.micro")).await;
}

#[tokio::test(start_paused = true)]
async fn ids_of_images_differ_between_regions() {
    let sim = Sim::new();
    let question = Call::new("DescribeImages", filtered("name", "debian-12-amd64-20251112-2294"));
    let here = sim.call(REGION, &question).await.unwrap();
    let there = sim.call("us-east-1", &question).await.unwrap();
    assert_ne!(text(&here, "Images.0.ImageId"), text(&there, "Images.0.ImageId"));
}
