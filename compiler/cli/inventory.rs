//! The instances that live, as other programs like to be told of them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use vpcc_core::kinds::Observed;
use vpcc_core::model::Address;

/// Lines for `/etc/hosts`: private addresses and names.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_hosts(live: &[Observed], out: &mut dyn Write) -> io::Result<()> {
    for node in instances(live) {
        let address = node.outputs.text("private_ip");
        if !address.is_empty() {
            writeln!(out, "{address}\t{}", host(&node.address))?;
        }
    }
    Ok(())
}

/// Entries for `~/.ssh/config`. A node is known by its instance, so that one made anew is not taken for a false one.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_ssh_config(live: &[Observed], out: &mut dyn Write) -> io::Result<()> {
    for node in instances(live) {
        let Some(address) = reachable(node) else { continue };
        writeln!(out, "Host {}\n  HostName {address}\n  HostKeyAlias {}", host(&node.address), node.id)?;
    }
    Ok(())
}

/// An inventory for Ansible: a group for each declaration of nodes, and one for what these stand in.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_ansible(live: &[Observed], out: &mut dyn Write) -> io::Result<()> {
    let mut groups: BTreeMap<String, Vec<&Observed>> = BTreeMap::new();
    let mut parents: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in instances(live) {
        let declared = node.address.declared();
        let group = group(declared.as_str());
        if let Some((network, _)) = declared.as_str().rsplit_once('.') {
            parents.entry(self::group(network)).or_default().insert(group.clone());
        }
        groups.entry(group).or_default().push(node);
    }
    for (group, nodes) in groups {
        writeln!(out, "[{group}]")?;
        for node in nodes {
            let Some(address) = reachable(node) else { continue };
            let (private, id) = (node.outputs.text("private_ip"), &node.id);
            writeln!(out, "{} ansible_host={address} private_ip={private} instance_id={id}", host(&node.address))?;
        }
        writeln!(out)?;
    }
    for (network, groups) in parents {
        writeln!(out, "[{network}:children]")?;
        for group in groups {
            writeln!(out, "{group}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn instances(live: &[Observed]) -> impl Iterator<Item = &Observed> {
    live.iter().filter(|thing| thing.kind.name == "instance")
}

/// The address at which a node answers from outside; its private one, if it has no other.
fn reachable(node: &Observed) -> Option<&str> {
    ["public_ip", "private_ip"].into_iter().map(|name| node.outputs.text(name)).find(|address| !address.is_empty())
}

/// A name as hosts have them, the innermost first: `node-0.cluster` of `cluster.node[0]`.
fn host(address: &Address) -> String {
    let labels = address.as_str().split('.').rev();
    let label = |text: &str| text.replace(['[', ','], "-").replace(']', "").replace('_', "-");
    labels.map(label).collect::<Vec<_>>().join(".")
}

/// A name as Ansible's groups have them: letters, digits and underscores.
fn group(name: &str) -> String {
    name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}
