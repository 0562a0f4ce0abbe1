//! A chart as Graphviz DOT: clusters in clusters, and an edge for each route. `dot` lays it out.

use super::chart::{Card, Chart, Class, NetworkChart, RulesChart, SubnetChart};
use crate::model::Address;
use ecow::{EcoString, eco_format};
use std::fmt::{self, Display, Formatter, Write};

/// The chart as a DOT document that ends in a newline.
pub fn to_dot(chart: &Chart) -> String {
    let mut out = String::new();
    // Writing to a `String` does not fail.
    let _ = write_dot(chart, &mut out);
    out
}

fn write_dot(chart: &Chart, out: &mut String) -> fmt::Result {
    writeln!(out, "digraph {} {{", Quoted(&chart.stack))?;
    writeln!(out, "  graph [compound=true, rankdir=BT, fontname=\"Helvetica\", labeljust=l, style=rounded]")?;
    writeln!(
        out,
        "  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"Helvetica\", fontsize=11]"
    )?;
    writeln!(out, "  edge [fontname=\"Helvetica\", fontsize=10]")?;
    if chart.internet {
        writeln!(out, "  internet [label=\"Internet\"]")?;
    }
    for outside in &chart.outside {
        let label = lines([&outside.name, &outside.note]);
        writeln!(out, "  {} [label={}]", Quoted(outside.key.as_str()), Quoted(&label))?;
    }
    chart.networks.iter().try_for_each(|network| write_network(network, out))?;
    for link in &chart.links {
        let to = link.to.as_ref().map_or("internet", Address::as_str);
        writeln!(out, "  {} -> {} [dir=none]", Quoted(link.from.as_str()), Quoted(to))?;
    }
    chart.networks.iter().flat_map(|network| &network.subnets).try_for_each(|subnet| write_ways(chart, subnet, out))?;
    out.write_str("}\n")
}

fn write_network(network: &NetworkChart, out: &mut String) -> fmt::Result {
    let facts = network.facts.join(" · ").into();
    let label = lines([&eco_format!("{} {}", network.key, network.blocks), &facts]);
    open_cluster("  ", network.key.as_str(), &label, "", out)?;
    for door in &network.doors {
        let label = lines([&door.name, &door.note]);
        writeln!(out, "    {} [label={}]", Quoted(door.key.as_str()), Quoted(&label))?;
    }
    for (column, zone) in network.zones.iter().enumerate() {
        let key = eco_format!("{}/{zone}", network.key);
        open_cluster("    ", &key, zone, ", style=\"rounded,dashed\"", out)?;
        let mut inside = network.subnets.iter().filter(|subnet| subnet.column == column);
        inside.try_for_each(|subnet| write_subnet(subnet, out))?;
        writeln!(out, "    }}")?;
    }
    network.groups.iter().chain(&network.acls).try_for_each(|rules| write_rules(rules, out))?;
    writeln!(out, "  }}")
}

fn write_subnet(subnet: &SubnetChart, out: &mut String) -> fmt::Result {
    let colour = match subnet.class {
        Class::Open => "#ecf8ef",
        Class::Outward => "#edf4fc",
        Class::Closed => "#f0f2f4",
    };
    let more = format!(", style=\"rounded,filled\", fillcolor=\"{colour}\"");
    let key = subnet.key.as_str();
    open_cluster("      ", key, &eco_format!("{} ({})", subnet.name, subnet.class.word()), &more, out)?;
    let notes = subnet.notes.join(" · ").into();
    writeln!(
        out,
        "        {} [shape=plain, style=\"\", label={}]",
        Quoted(key),
        Quoted(&lines([&subnet.block, &notes]))
    )?;
    subnet.cards.iter().try_for_each(|card| write_card(card, out))?;
    writeln!(out, "      }}")
}

fn write_card(card: &Card, out: &mut String) -> fmt::Result {
    let groups = card.groups.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ").into();
    let label = lines([&card.name, &card.address.clone().unwrap_or_default(), &card.note, &groups]);
    writeln!(out, "        {} [label={}]", Quoted(card.key.as_str()), Quoted(&label))
}

fn write_rules(rules: &RulesChart, out: &mut String) -> fmt::Result {
    let told = rules.rules.iter().map(|rule| eco_format!("{} {}", rule.lead, rule.text));
    let texts: Vec<EcoString> = [rules.name.clone(), rules.about.clone()].into_iter().chain(told).collect();
    let label = lines(&texts);
    writeln!(out, "    {} [shape=note, style=\"\", label={}]", Quoted(rules.key.as_str()), Quoted(&label))
}

/// An edge for each route whose target is shown.
fn write_ways(chart: &Chart, subnet: &SubnetChart, out: &mut String) -> fmt::Result {
    for way in subnet.ways.iter().filter(|way| chart.shows(&way.to)) {
        let (from, to) = (subnet.key.as_str(), way.to.as_str());
        let cluster = eco_format!("cluster {from}");
        writeln!(
            out,
            "  {} -> {} [ltail={}, label={}]",
            Quoted(from),
            Quoted(to),
            Quoted(&cluster),
            Quoted(&way.destinations)
        )?;
    }
    Ok(())
}

fn open_cluster(indent: &str, key: &str, label: &str, more: &str, out: &mut String) -> fmt::Result {
    let cluster = eco_format!("cluster {key}");
    writeln!(out, "{indent}subgraph {} {{", Quoted(&cluster))?;
    writeln!(out, "{indent}  graph [label={}{more}]", Quoted(label))
}

/// Texts in a line each, without those that say nothing.
fn lines<'t>(texts: impl IntoIterator<Item = &'t EcoString>) -> EcoString {
    let told = texts.into_iter().filter(|text| !text.is_empty());
    told.map(EcoString::as_str).collect::<Vec<_>>().join("\n").into()
}

/// A text as DOT's quoted strings have it, in which a backslash would be the start of a code.
struct Quoted<'t>(&'t str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        self.0.chars().try_for_each(|character| match character {
            '"' => f.write_str("\\\""),
            '\\' => f.write_str("\\\\"),
            '\n' => f.write_str("\\n"),
            // Labels may hold HTML's entities.
            '&' => f.write_str("&amp;"),
            _ if character.is_control() => f.write_char('\u{fffd}'),
            _ => f.write_char(character),
        })?;
        f.write_char('"')
    }
}
