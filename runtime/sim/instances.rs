//! Instances: what they are, and how EC2 tells them.
//!
//! Launching is in [`launch`](super::launch), starting and ending in [`power`](super::power), changing in
//! [`instance_changes`](super::instance_changes).

use super::answer::Members;
use super::describe::{self, Item, Listing, Pages};
use super::ids;
use super::instance_filters::FILTERS;
use super::interfaces;
use super::metadata::Metadata;
use super::profiles::Profile;
use super::refusal::Reply;
use super::region::{Thing, thing};
use super::site::Site;
use super::tags::Tags;
use super::time::Moment;
use super::volumes::Attachment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vpcc_core::call::Map;
use vpcc_core::check::catalogue;

/// An instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Instance {
    pub reservation: String,
    pub launch_index: i64,
    pub image: String,
    /// Its type: `t3.micro`.
    pub form: String,
    pub architecture: String,
    pub key: Option<String>,
    pub vpc: String,
    pub subnet: String,
    pub zone: String,
    pub interface: String,
    pub root_device: String,
    /// Device names and volumes.
    pub disks: Vec<(String, String)>,
    pub profile: Option<Profile>,
    pub metadata: Metadata,
    pub user_data: Option<UserData>,
    pub client_token: Option<String>,
    pub launched: Moment,
    pub phase: Phase,
    /// Whether it ends by itself instead of running.
    #[serde(default)]
    pub doomed: bool,
    pub tags: Tags,
}

/// What may be known of user data: it can hold secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct UserData {
    pub sha256: String,
    pub bytes: usize,
}

/// Where an instance is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Phase {
    Pending { until: Moment },
    Running,
    Stopping { until: Moment },
    Stopped,
    ShuttingDown { until: Moment },
    Terminated { since: Moment },
}

impl Phase {
    /// Its code and its name (EC2 API Reference, "InstanceState").
    pub fn state(self) -> Map {
        let (code, name) = match self {
            Phase::Pending { .. } => (0, "pending"),
            Phase::Running => (16, "running"),
            Phase::ShuttingDown { .. } => (32, "shutting-down"),
            Phase::Terminated { .. } => (48, "terminated"),
            Phase::Stopping { .. } => (64, "stopping"),
            Phase::Stopped => (80, "stopped"),
        };
        Map::new().with("Code", code).with("Name", name)
    }

    /// Whether it is at its end, or on its way there.
    pub fn ends(self) -> bool {
        matches!(self, Phase::ShuttingDown { .. } | Phase::Terminated { .. })
    }
}

thing!(Instance, ids::INSTANCE, |instance| !matches!(instance.phase, Phase::Terminated { .. }));

impl Instance {
    /// Whether it runs.
    pub fn runs(&self) -> bool {
        self.phase == Phase::Running
    }
}

/// The architecture of an instance type; Macs are taken for PCs.
pub(super) fn architecture(form: &str) -> &'static str {
    catalogue::architecture(form).unwrap_or("x86_64")
}

/// Whether a text has the form of an instance type's name.
pub(super) fn is_type(text: &str) -> bool {
    let Some((family, size)) = text.split_once('.') else { return false };
    let size_fits = ["nano", "micro", "small", "medium", "large"].contains(&size)
        || size.strip_suffix("xlarge").is_some_and(|count| count.bytes().all(|byte| byte.is_ascii_digit()))
        || size.strip_prefix("metal").is_some_and(is_metal);
    size_fits
        && family.starts_with(|letter: char| letter.is_ascii_lowercase())
        && family.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && family.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_metal(rest: &str) -> bool {
    let count = rest.strip_prefix('-').and_then(|rest| rest.strip_suffix("xl"));
    rest.is_empty() || count.is_some_and(|count| !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `DescribeInstances`: instances by the reservation that they were launched with.
pub(super) fn describe(site: &Site, parameters: &Map) -> Reply {
    let page = describe::select(site, parameters, &INSTANCES)?;
    let mut reservations: BTreeMap<String, Vec<Map>> = BTreeMap::new();
    for mut item in page.items {
        let id = item.text("ReservationId").to_owned();
        FOR_FILTERS.iter().for_each(|name| drop(item.remove(name)));
        reservations.entry(id).or_default().push(item);
    }
    let reservations = reservations.into_iter().map(|(id, instances)| reservation(site, &id, instances));
    Ok(Map::new().with_list("Reservations", reservations).with_some("NextToken", page.next))
}

/// Instances that were launched together.
pub(super) fn reservation(site: &Site, id: &str, instances: Vec<Map>) -> Map {
    Map::new().with("ReservationId", id).with("OwnerId", site.account).with("Instances", instances)
}

static INSTANCES: Listing = Listing {
    list: "Instances",
    ids: "InstanceIds",
    kind: &ids::INSTANCE,
    filters: FILTERS,
    pages: Pages::USUAL,
    items: |site| {
        let all = site.region.instances.iter();
        let sought = all.filter(|(id, instance)| !describe::leaves_out(site, "instance-id", id, &instance.tags));
        sought.map(|(id, instance)| item(site, id, instance)).collect()
    },
};

/// What filters ask for though it is no member of an instance.
const FOR_FILTERS: [&str; 3] = ["ReservationId", "OwnerId", "Interface"];

fn item(site: &Site, id: &str, instance: &Instance) -> Item {
    let interface = site.region.interfaces.get(&instance.interface);
    let members = view(site, id, instance)
        .with("ReservationId", instance.reservation.as_str())
        .with("OwnerId", site.account)
        .with_some("Interface", interface.map(|found| interfaces::view(site, &instance.interface, found)));
    Item::new(id, members)
}

/// An instance as EC2 tells it. Of a terminated one little is left.
pub(super) fn view(site: &Site, id: &str, instance: &Instance) -> Map {
    let tenancy = site.region.vpcs.get(&instance.vpc).map_or("default", |vpc| vpc.tenancy.as_str());
    let view = Map::new()
        .with("InstanceId", id)
        .with("ImageId", instance.image.as_str())
        .with("InstanceType", instance.form.as_str())
        .with("State", instance.phase.state())
        .with_some("KeyName", instance.key.as_deref())
        .with("LaunchTime", instance.launched.text())
        .with("AmiLaunchIndex", instance.launch_index)
        .with("Architecture", instance.architecture.as_str())
        .with("Hypervisor", "xen")
        .with("VirtualizationType", "hvm")
        .with("RootDeviceName", instance.root_device.as_str())
        .with("RootDeviceType", "ebs")
        .with("EbsOptimized", false)
        .with("EnaSupport", true)
        .with("Monitoring", Map::new().with("State", "disabled"))
        .with("Placement", Map::new().with("AvailabilityZone", instance.zone.as_str()).with("Tenancy", tenancy))
        .with_some("ClientToken", instance.client_token.as_deref())
        .with_some("StateReason", reason(instance))
        .with_tags(&instance.tags);
    if instance.lives() { with_rest(site, instance, view) } else { view }
}

fn with_rest(site: &Site, instance: &Instance, view: Map) -> Map {
    let interface = site.region.interfaces.get(&instance.interface);
    let groups = interface.map(|interface| super::groups::identifiers(site, &interface.groups));
    let public = interface.and_then(|found| interfaces::public_address(site.region, &instance.interface, found));
    let members = interface.map(|interface| interfaces::members(site, &instance.interface, interface));
    view.with("VpcId", instance.vpc.as_str())
        .with("SubnetId", instance.subnet.as_str())
        .with_some("PrivateIpAddress", interface.map(|interface| interface.address.to_string()))
        .with_some("PrivateDnsName", interface.map(|interface| interfaces::private_name(site, interface.address)))
        .with_some("PublicIpAddress", public.map(|address| address.to_string()))
        .with_some("Ipv6Address", interface.and_then(|found| found.ipv6.first()).map(ToString::to_string))
        .with_text(
            "PublicDnsName",
            &public.map_or_else(String::new, |address| interfaces::public_name(site, &instance.vpc, address)),
        )
        .with_list("SecurityGroups", groups.into_iter().flatten())
        .with_list("NetworkInterfaces", members)
        .with_some("SourceDestCheck", interface.map(|interface| interface.source_dest_check))
        .with_list("BlockDeviceMappings", instance.disks.iter().map(|(device, volume)| disk(site, device, volume)))
        .with_some("IamInstanceProfile", instance.profile.as_ref().map(|profile| profile.members()))
        .with("MetadataOptions", instance.metadata.members())
}

fn disk(site: &Site, device: &str, volume: &str) -> Map {
    let attachment = site.region.volumes.get(volume).and_then(|volume| volume.attachment.as_ref());
    let ebs = Map::new()
        .with("VolumeId", volume)
        .with_some("Status", attachment.map(Attachment::state))
        .with_some("AttachTime", attachment.map(|attachment| attachment.at.text()))
        .with_some("DeleteOnTermination", attachment.map(|attachment| attachment.delete_on_termination));
    Map::new().with("DeviceName", device).with("Ebs", ebs)
}

fn reason(instance: &Instance) -> Option<Map> {
    let (code, words) = match instance.phase {
        Phase::Pending { .. } => ("pending", "pending"),
        Phase::Running => return None,
        Phase::Terminated { .. } if instance.doomed => {
            ("Server.InternalError", "Server.InternalError: Internal error on launch")
        }
        _ => ("Client.UserInitiatedShutdown", "Client.UserInitiatedShutdown: User initiated shutdown"),
    };
    Some(Map::new().with("Code", code).with("Message", words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_a_form_and_an_architecture() {
        for (form, expected) in [
            ("t3.micro", "x86_64"),
            ("t4g.small", "arm64"),
            ("c7gn.2xlarge", "arm64"),
            ("g4dn.xlarge", "x86_64"),
            ("im4gn.large", "arm64"),
            ("a1.medium", "arm64"),
            ("u7i-6tb.112xlarge", "x86_64"),
            ("m7a.metal-48xl", "x86_64"),
        ] {
            assert!(is_type(form), "{form}");
            assert_eq!(architecture(form), expected, "{form}");
        }
        for wrong in ["t3", "t3.", "t3.tiny", "T3.micro", ".micro", "t3.micro.large", "m7a.metal-xl", "t.micro"] {
            assert!(!is_type(wrong), "{wrong}");
        }
    }
}
