use super::*;

fn template(name: &str) -> Map {
    map! { "LaunchTemplateName" => name, "LaunchTemplateData" => map! { "InstanceType" => "t3.nano" } }
}

#[tokio::test(start_paused = true)]
async fn the_name_of_a_launch_template_is_a_lock() {
    let sim = Sim::new();
    let held = ok(&sim, "CreateLaunchTemplate", template("vpcc-lock")).await;
    let taken = code(&sim, "CreateLaunchTemplate", template("vpcc-lock")).await;
    assert_eq!(taken, "InvalidLaunchTemplateName.AlreadyExistsException");
    let elsewhere = Call::new("CreateLaunchTemplate", template("vpcc-lock"));
    assert!(sim.call("us-east-1", &elsewhere).await.is_ok());
    let id = text(&held, "LaunchTemplate.LaunchTemplateId");
    ok(&sim, "DeleteLaunchTemplate", map! { "LaunchTemplateId" => &*id }).await;
    let gone = code(&sim, "DeleteLaunchTemplate", map! { "LaunchTemplateId" => &*id }).await;
    assert_eq!(gone, "InvalidLaunchTemplateId.NotFound");
    ok(&sim, "CreateLaunchTemplate", template("vpcc-lock")).await;
    ok(&sim, "DeleteLaunchTemplate", map! { "LaunchTemplateName" => "vpcc-lock" }).await;
}

#[tokio::test(start_paused = true)]
async fn the_holder_of_a_lock_can_ask_again_with_its_token() {
    let sim = Sim::new();
    let mine = || template("vpcc-lock").with("ClientToken", "me");
    let first = ok(&sim, "CreateLaunchTemplate", mine()).await;
    let again = ok(&sim, "CreateLaunchTemplate", mine()).await;
    assert_eq!(first, again);
    let other = template("vpcc-lock").with("ClientToken", "you");
    assert_eq!(code(&sim, "CreateLaunchTemplate", other).await, "InvalidLaunchTemplateName.AlreadyExistsException");
    let changed = template("another").with("ClientToken", "me");
    assert_eq!(code(&sim, "CreateLaunchTemplate", changed).await, "IdempotentParameterMismatch");
}

#[tokio::test(start_paused = true)]
async fn names_and_contents_of_launch_templates_have_rules() {
    let sim = Sim::new();
    for name in ["ab", "a b c", "äöü", &"x".repeat(129)] {
        let refused = code(&sim, "CreateLaunchTemplate", template(name)).await;
        assert_eq!(refused, "InvalidLaunchTemplateName.MalformedException", "{name}");
    }
    let empty = map! { "LaunchTemplateName" => "abc", "LaunchTemplateData" => map! {} };
    assert_eq!(code(&sim, "CreateLaunchTemplate", empty).await, "MissingParameter");
    let odd = map! { "LaunchTemplateName" => "abc", "LaunchTemplateData" => map! { "Colour" => "red" } };
    assert_eq!(code(&sim, "CreateLaunchTemplate", odd).await, "UnknownParameter");
}

#[tokio::test(start_paused = true)]
async fn launch_templates_are_found_by_name_and_tag() {
    let sim = Sim::new();
    let made = template("abc").with("TagSpecifications", tagged("launch-template", "pid", "7"));
    ok(&sim, "CreateLaunchTemplate", made).await;
    ok(&sim, "CreateLaunchTemplate", template("def")).await;
    for question in
        [map! { "LaunchTemplateNames" => ["abc"] }, filtered("tag:pid", "7"), filtered("launch-template-name", "a*")]
    {
        let found = ok(&sim, "DescribeLaunchTemplates", question).await;
        assert_eq!(column(&found, "LaunchTemplates", "LaunchTemplateName"), ["abc"]);
    }
    let unknown = code(&sim, "DescribeLaunchTemplates", map! { "LaunchTemplateNames" => ["xyz"] }).await;
    assert_eq!(unknown, "InvalidLaunchTemplateName.NotFoundException");
    let foreign = template("ghi").with("TagSpecifications", tagged("instance", "pid", "7"));
    assert_eq!(code(&sim, "CreateLaunchTemplate", foreign).await, "InvalidParameterValue");
}
