//! `RunInstances`.
//!
//! Everything is checked first: counts, image, type, key, user data, network, disks, profile, metadata options and tags.
//! Then addresses are found and things are made. Absent on purpose: launch templates, more than one interface, and
//! interfaces that are there already.

use super::disks::{self, Disk, DiskMapping};
use super::ids;
use super::images::{self, Source};
use super::instances::{self, Instance, Phase, UserData};
use super::interfaces::{Attachment, Interface};
use super::ipv6::{self, Ipv6};
use super::keys;
use super::metadata::{self, Metadata};
use super::network::{self, Asked, InterfaceSpecification, Network};
use super::profiles::{self, Profile};
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use super::tokens::Token;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use vpcc_core::call::sealed::sha256;

/// `RunInstances`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Run {
    image_id: String,
    instance_type: Option<String>,
    min_count: i64,
    max_count: i64,
    key_name: Option<String>,
    user_data: Option<GivenUserData>,
    #[serde(default)]
    network_interfaces: Vec<InterfaceSpecification>,
    subnet_id: Option<String>,
    #[serde(default)]
    security_group_ids: Vec<String>,
    private_ip_address: Option<String>,
    ipv6_address_count: Option<i64>,
    #[serde(default)]
    ipv6_addresses: Vec<Ipv6>,
    #[serde(default)]
    block_device_mappings: Vec<DiskMapping>,
    iam_instance_profile: Option<profiles::Specification>,
    #[serde(default)]
    metadata_options: metadata::Options,
    client_token: Option<String>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// User data in a request: in base64, or sealed.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum GivenUserData {
    Sealed(UserData),
    Base64(String),
}

/// How many bytes user data may have (EC2 User Guide, "Run commands when you launch an instance").
const MOST_USER_DATA: usize = 16_384;

/// The type of an instance for which none is asked (EC2 API Reference, "RunInstances").
const DEFAULT_TYPE: &str = "m1.small";

/// What all instances of one launch share.
struct Launch {
    network: Network,
    form: String,
    architecture: &'static str,
    image: Source,
    key: Option<String>,
    user_data: Option<UserData>,
    disks: Vec<Disk>,
    /// The ARN of the instance profile.
    profile: Option<String>,
    metadata: Metadata,
    client_token: Option<String>,
    tags: BTreeMap<String, Tags>,
    reservation: String,
}

/// `RunInstances`.
pub(super) fn run(site: &mut Site, call: Run) -> Reply {
    let (least, most) = counts(call.min_count, call.max_count)?;
    let beside = Asked {
        subnet: call.subnet_id.as_deref(),
        groups: &call.security_group_ids,
        address: call.private_ip_address.as_deref(),
        ipv6_count: call.ipv6_address_count,
        ipv6: &call.ipv6_addresses,
    };
    let network = network::of(site, &call.network_interfaces, beside)?;
    let token = Token::new(site, call.client_token.as_deref(), &network.zone)?;
    if let Some(reservation) = token.made(site)? {
        return again(site, &reservation);
    }
    let launch = checked(site, call, network)?;
    let addresses = addresses(site, &launch.network, least, most)?;
    ipv6::check(site, &launch.network.ipv6, addresses.len())?;
    site.terms.quotas.hold(Quota::Interfaces, site.region.interfaces.len() + addresses.len())?;
    let mut views = Vec::new();
    for (index, address) in (0..).zip(addresses) {
        let id = make(site, &launch, index, address);
        views.push(instances::view(site, &id, site.region.instances.find(&id)?));
    }
    token.remember(site, &launch.reservation);
    Ok(instances::reservation(site, &launch.reservation, views))
}

fn counts(least: i64, most: i64) -> Result<(usize, usize), Refusal> {
    let count = |name, value: i64| {
        let why = "Expecting a value greater than or equal to 1.";
        usize::try_from(value).ok().filter(|count| *count >= 1).ok_or_else(|| Refusal::value(name, value, why))
    };
    let (least, most) = (count("minCount", least)?, count("maxCount", most)?);
    if least > most {
        let why = "The minimum count must not be greater than the maximum count.";
        return Err(Refusal::value("minCount", least, why));
    }
    Ok((least, most))
}

/// The answer to a launch that was asked for before.
fn again(site: &Site, reservation: &str) -> Reply {
    let launched: Vec<(&str, &Instance)> =
        site.region.instances.iter().filter(|(_, instance)| instance.reservation == reservation).collect();
    if launched.is_empty() || launched.iter().any(|(_, instance)| instance.phase.ends()) {
        let message = "The client token was used to launch an instance that has been terminated.";
        return Err(Refusal::new("IdempotentInstanceTerminated", message));
    }
    let views = launched.into_iter().map(|(id, instance)| instances::view(site, id, instance)).collect();
    Ok(instances::reservation(site, reservation, views))
}

fn checked(site: &mut Site, call: Run, network: Network) -> Result<Launch, Refusal> {
    let form = call.instance_type.unwrap_or_else(|| DEFAULT_TYPE.to_owned());
    if !instances::is_type(&form) {
        return Err(Refusal::invalid(format!("Invalid value '{form}' for InstanceType.")));
    }
    let architecture = instances::architecture(&form);
    let image = images::for_launch(site, &call.image_id, architecture)?;
    call.key_name.as_deref().map_or(Ok(()), |name| keys::find(site, name))?;
    let metadata = Metadata::new(&call.metadata_options)?;
    let types = ["instance", "volume", "network-interface"];
    let tags = tags::for_each(&call.tag_specifications, &types)?;
    if metadata.shows_tags() {
        tags.get("instance").into_iter().flatten().try_for_each(|(key, _)| check_shown_key(key))?;
    }
    Ok(Launch {
        network,
        disks: disks::of(&image, &call.block_device_mappings)?,
        form,
        architecture,
        image,
        key: call.key_name,
        user_data: call.user_data.map(user_data).transpose()?,
        profile: call.iam_instance_profile.map(|asked| profiles::arn(site, &asked)).transpose()?,
        metadata,
        client_token: call.client_token,
        tags,
        reservation: site.region.new_id("r"),
    })
}

/// Tags that instances see themselves have stricter rules (EC2 User Guide, "Tag restrictions").
fn check_shown_key(key: &str) -> Result<(), Refusal> {
    let fine = |letter: char| letter.is_ascii_alphanumeric() || "+-=.,_:@".contains(letter);
    if key.chars().all(fine) && !matches!(key, "." | ".." | "_index") {
        return Ok(());
    }
    let message = format!(
        "'{key}' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{{1,255}}), \
         and must not be a reserved name ('.', '..', '_index')"
    );
    Err(Refusal::invalid(message))
}

/// What may be known of user data, if it is well-formed and short enough.
pub(super) fn user_data(given: GivenUserData) -> Result<UserData, Refusal> {
    let data = match given {
        GivenUserData::Sealed(data) => data,
        GivenUserData::Base64(text) => {
            let malformed = |_| Refusal::new("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data");
            let bytes = STANDARD.decode(text).map_err(malformed)?;
            UserData { sha256: sha256(&bytes), bytes: bytes.len() }
        }
    };
    if data.bytes > MOST_USER_DATA {
        return Err(Refusal::invalid(format!("User data is limited to {MOST_USER_DATA} bytes")));
    }
    Ok(data)
}

/// The addresses of the new instances: the one that is asked for, or the lowest free ones.
fn addresses(site: &Site, network: &Network, least: usize, most: usize) -> Result<Vec<Ipv4Addr>, Refusal> {
    let mut free = network::free_addresses(site, &network.subnet, network.block);
    if let Some(asked) = network.address {
        network::check_address(network.block, asked, most)?;
        let found = free.find(|address| *address == asked);
        return found.map(|address| vec![address]).ok_or_else(|| network::in_use(asked));
    }
    let free: Vec<Ipv4Addr> = free.take(most).collect();
    if free.len() >= least {
        return Ok(free);
    }
    let message = format!(
        "There are not enough free addresses in subnet '{}' to satisfy the requested number of instances.",
        network.subnet
    );
    Err(Refusal::new("InsufficientFreeAddressesInSubnet", message))
}

/// Makes an instance with its interface and its volumes.
fn make(site: &mut Site, launch: &Launch, index: i64, address: Ipv4Addr) -> String {
    let id = site.region.new_id(ids::INSTANCE.prefix);
    let interface = make_interface(site, launch, &id, address);
    let tags = |name: &str| launch.tags.get(name).cloned().unwrap_or_default();
    let disks = launch.disks.iter().map(|disk| disks::make(site, disk, &id, &launch.network.zone, tags("volume")));
    let disks = disks.collect();
    let instance = Instance {
        reservation: launch.reservation.clone(),
        launch_index: index,
        image: launch.image.id.clone(),
        form: launch.form.clone(),
        architecture: launch.architecture.to_owned(),
        key: launch.key.clone(),
        vpc: launch.network.vpc.clone(),
        subnet: launch.network.subnet.clone(),
        zone: launch.network.zone.clone(),
        interface,
        root_device: launch.image.root_device.clone(),
        disks,
        profile: launch.profile.clone().map(|arn| Profile::new(site, arn)),
        metadata: launch.metadata.clone(),
        user_data: launch.user_data.clone(),
        client_token: launch.client_token.clone(),
        launched: site.now,
        phase: Phase::Pending { until: site.now.after(site.terms.timing.start) },
        doomed: std::mem::take(&mut site.doomed),
        tags: tags("instance"),
    };
    site.region.instances.add(id.as_str(), instance);
    id
}

fn make_interface(site: &mut Site, launch: &Launch, instance: &str, address: Ipv4Addr) -> String {
    let id = site.region.new_id(ids::INTERFACE.prefix);
    let attachment = Attachment {
        id: site.region.new_id("eni-attach"),
        instance: instance.to_owned(),
        delete_on_termination: launch.network.delete_on_termination,
        at: site.now,
    };
    let interface = Interface {
        vpc: launch.network.vpc.clone(),
        subnet: launch.network.subnet.clone(),
        address,
        ipv6: ipv6::take(site, &launch.network.ipv6),
        groups: launch.network.groups.clone(),
        description: launch.network.description.clone(),
        source_dest_check: true,
        wants_public: launch.network.wants_public,
        public: None,
        attachment: Some(attachment),
        service: None,
        tags: launch.tags.get(ids::INTERFACE.resource_type).cloned().unwrap_or_default(),
    };
    site.region.interfaces.add(id.as_str(), interface);
    id
}
