//! Instance types, as the compiler's catalogue has them. Of each, only what its name says is known.

use super::describe::{Item, Listing, Pages};
use super::ids::Kind;
use super::instances;
use vpcc_core::call::Map;
use vpcc_core::check::catalogue;

/// Types are known by their names; this stands in for a kind with ids.
static TYPE: Kind = Kind {
    prefix: "",
    resource_type: "",
    malformed: "InvalidInstanceType",
    absent: "InvalidInstanceType",
    says: "The following supplied instance types do not exist: [{}]",
};

/// `DescribeInstanceTypes`.
pub(super) static INSTANCE_TYPES: Listing = Listing {
    list: "InstanceTypes",
    ids: "InstanceTypes",
    kind: &TYPE,
    filters: &[
        ("bare-metal", "BareMetal"),
        ("instance-type", "InstanceType"),
        ("processor-info.supported-architecture", "ProcessorInfo.SupportedArchitectures"),
        ("vcpu-info.default-vcpus", "VCpuInfo.DefaultVCpus"),
    ],
    pages: Pages::Of { least: 5, most: 100, unasked: 100 },
    items: |_| catalogue::instance_types().map(item).collect(),
};

fn item(name: String) -> Item {
    let size = name.split_once('.').map_or("", |(_, size)| size);
    let processor = Map::new().with("SupportedArchitectures", [instances::architecture(&name)]);
    let members = Map::new()
        .with("InstanceType", &*name)
        .with("BareMetal", size.starts_with("metal"))
        .with("ProcessorInfo", processor)
        .with_some("VCpuInfo", cpus(size).map(|count| Map::new().with("DefaultVCpus", count)));
    Item::new(&name, members)
}

/// How many virtual processors a size has in the current generations: four in each `xlarge` (EC2 User Guide,
/// "Specifications for instance types"). About smaller sizes than `large` they don't agree.
fn cpus(size: &str) -> Option<i64> {
    match size {
        "large" => Some(2),
        "xlarge" => Some(4),
        _ => size.strip_suffix("xlarge")?.parse::<i64>().ok()?.checked_mul(4),
    }
}
