//! What AWS offers: regions with their zones, and instance types, as of November 2026.
//!
//! The tables are the region list and the `InstanceType` values of the EC2 API model (botocore 1.44), and the
//! zones' letters as AWS documents them. Which of its letters an account sees varies, so only a letter that no
//! account has is an error.

static REGIONS: &str = include_str!("data/regions.txt");
static INSTANCE_TYPES: &str = include_str!("data/instance-types.txt");

/// The letters of a region's zones; `None` for a region that isn't in the table.
pub fn zones(region: &str) -> Option<&'static str> {
    rows(REGIONS).find(|(name, _)| *name == region).map(|(_, zones)| zones)
}

/// The names of all regions.
pub fn regions() -> impl Iterator<Item = &'static str> {
    rows(REGIONS).map(|(name, _)| name)
}

/// Whether EC2 has had an instance type of this name.
pub fn has_instance_type(name: &str) -> bool {
    let Some((family, size)) = name.split_once('.') else { return false };
    rows(INSTANCE_TYPES).any(|(other, sizes)| other == family && sizes.split(' ').any(|other| other == size))
}

/// The names of all instance types.
pub fn instance_types() -> impl Iterator<Item = String> {
    rows(INSTANCE_TYPES).flat_map(|(family, sizes)| sizes.split(' ').map(move |size| format!("{family}.{size}")))
}

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter_map(|line| line.split_once(' '))
}
