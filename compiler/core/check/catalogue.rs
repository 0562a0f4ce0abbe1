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

/// The architecture of an instance type's processor, as images name theirs; `None` for Macs, which have images of their own.
/// Graviton families have a `g` behind their generation, `a1` was the first of them, and Grace goes with GB200 (EC2 User
/// Guide, "Instance type naming conventions").
pub fn architecture(instance_type: &str) -> Option<&'static str> {
    let family = instance_type.split('.').next().unwrap_or_default();
    let options = family.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    let options = options.split('-').next().unwrap_or_default();
    if family.starts_with("mac") {
        return None;
    }
    let arm = family == "a1" || options.contains('g') || family.contains("-gb");
    Some(if arm { "arm64" } else { "x86_64" })
}

/// The names of all instance types.
pub fn instance_types() -> impl Iterator<Item = String> {
    rows(INSTANCE_TYPES).flat_map(|(family, sizes)| sizes.split(' ').map(move |size| format!("{family}.{size}")))
}

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter_map(|line| line.split_once(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_of_graviton_are_arm64() {
        let families = instance_types().filter(|name| architecture(name) == Some("arm64"));
        let mut families: Vec<String> = families.filter_map(|name| Some(name.split_once('.')?.0.to_owned())).collect();
        families.dedup();
        let told = "a1 c6g c6gd c6gn c7g c7gd c7gn c8g c8gb c8gd c8gn c9g c9gd g5g hpc7g i4g i8g i8ge im4gn is4gen m6g m6gd \
                    m7g m7gd m8g m8gb m8gd m8gn m9g m9gd p6e-gb200 r6g r6gd r7g r7gd r8g r8gb r8gd r8gn r9g r9gd t4g x2gd x8g";
        assert_eq!(families.join(" "), told);
        assert_eq!(architecture("mac2.metal"), None);
    }
}
