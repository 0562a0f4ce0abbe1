//! A chart as a Mermaid flowchart, as GitHub and many others show it inside Markdown.

use super::chart::{Card, Chart, Class, NetworkChart, SubnetChart};
use crate::model::Address;
use ecow::{EcoString, eco_format};
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter, Write};

/// The chart as Mermaid text that ends in a newline.
pub fn to_mermaid(chart: &Chart) -> String {
    let mut writer = Writer::default();
    // Writing to a `String` does not fail.
    let _ = writer.chart(chart);
    writer.out
}

#[derive(Default)]
struct Writer {
    out: String,
    /// What things are called in the text, in which names may be Mermaid's own words.
    names: BTreeMap<Address, usize>,
}

impl Writer {
    fn chart(&mut self, chart: &Chart) -> fmt::Result {
        writeln!(self.out, "flowchart BT")?;
        if chart.internet {
            writeln!(self.out, "  internet([\"Internet\"])")?;
        }
        for outside in &chart.outside {
            self.node("  ", &outside.key, ["([", "])"], &[&outside.name, &outside.note])?;
        }
        chart.networks.iter().try_for_each(|network| self.network(network))?;
        for link in &chart.links {
            let from = self.name(&link.from);
            let to = link.to.as_ref().map_or_else(|| "internet".into(), |to| self.name(to));
            writeln!(self.out, "  {from} --- {to}")?;
        }
        let subnets = || chart.networks.iter().flat_map(|network| &network.subnets);
        subnets().try_for_each(|subnet| self.ways(chart, subnet))?;
        subnets().try_for_each(|subnet| self.class(subnet))?;
        self.out.write_str(CLASSES)
    }

    fn network(&mut self, network: &NetworkChart) -> fmt::Result {
        let head = [network.key.text(), network.blocks.clone()];
        self.subgraph("  ", &network.key, head.iter().chain(&network.facts))?;
        for door in &network.doors {
            self.node("    ", &door.key, ["([", "])"], &[&door.name, &door.note])?;
        }
        for (column, zone) in network.zones.iter().enumerate() {
            self.subgraph("    ", &network.key.part(zone), [zone])?;
            let mut inside = network.subnets.iter().filter(|subnet| subnet.column == column);
            inside.try_for_each(|subnet| self.subnet(subnet))?;
            writeln!(self.out, "    end")?;
        }
        for rules in network.groups.iter().chain(&network.acls) {
            let told: Vec<EcoString> =
                rules.rules.iter().map(|rule| eco_format!("{} {}", rule.lead, rule.text)).collect();
            let texts: Vec<&EcoString> = [&rules.name, &rules.about].into_iter().chain(&told).collect();
            self.node("    ", &rules.key, ["[", "]"], &texts)?;
        }
        writeln!(self.out, "  end")
    }

    fn subnet(&mut self, subnet: &SubnetChart) -> fmt::Result {
        let head = [subnet.name.clone(), subnet.block.clone(), subnet.class.word().into()];
        self.subgraph("      ", &subnet.key, head.iter().chain(&subnet.notes))?;
        subnet.cards.iter().try_for_each(|card| self.card(card))?;
        writeln!(self.out, "      end")
    }

    fn card(&mut self, card: &Card) -> fmt::Result {
        let groups = card.groups.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ").into();
        let address = card.address.clone().unwrap_or_default();
        self.node("        ", &card.key, ["[", "]"], &[&card.name, &address, &card.note, &groups])
    }

    /// An arrow for each route whose target is shown.
    fn ways(&mut self, chart: &Chart, subnet: &SubnetChart) -> fmt::Result {
        for way in subnet.ways.iter().filter(|way| chart.shows(&way.to)) {
            let (from, to) = (self.name(&subnet.key), self.name(&way.to));
            writeln!(self.out, "  {from} -->|{}| {to}", Quoted(&[&way.destinations]))?;
        }
        Ok(())
    }

    fn class(&mut self, subnet: &SubnetChart) -> fmt::Result {
        let class = match subnet.class {
            Class::Open => "open",
            Class::Outward => "outward",
            Class::Closed => "closed",
        };
        let name = self.name(&subnet.key);
        writeln!(self.out, "  class {name} {class}")
    }

    /// A box around others. Its title has one line, since Mermaid draws what is in the box over a second one.
    fn subgraph<'t>(
        &mut self,
        indent: &str,
        key: &Address,
        told: impl IntoIterator<Item = &'t EcoString>,
    ) -> fmt::Result {
        let name = self.name(key);
        let title = told.into_iter().map(EcoString::as_str).collect::<Vec<_>>().join(" · ").into();
        writeln!(self.out, "{indent}subgraph {name} [{}]", Quoted(&[&title]))
    }

    fn node(&mut self, indent: &str, key: &Address, [open, close]: [&str; 2], texts: &[&EcoString]) -> fmt::Result {
        let name = self.name(key);
        writeln!(self.out, "{indent}{name}{open}{}{close}", Quoted(texts))
    }

    fn name(&mut self, key: &Address) -> EcoString {
        let next = self.names.len();
        eco_format!("n{}", *self.names.entry(key.clone()).or_insert(next))
    }
}

/// Dark text on light ground, also where the page around is dark.
const CLASSES: &str = "  classDef open fill:#ecf8ef,stroke:#84c796,color:#1f2328
  classDef outward fill:#edf4fc,stroke:#98bfea,color:#1f2328
  classDef closed fill:#f0f2f4,stroke:#b9c1ca,color:#1f2328
";

/// Texts in a line each, as Mermaid's quoted strings have them, without those that say nothing.
struct Quoted<'t>(&'t [&'t EcoString]);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for (place, text) in self.0.iter().filter(|text| !text.is_empty()).enumerate() {
            f.write_str(if place == 0 { "" } else { "<br/>" })?;
            text.chars().try_for_each(|character| match character {
                '"' => f.write_str("#quot;"),
                '#' => f.write_str("#35;"),
                '&' => f.write_str("#amp;"),
                '<' => f.write_str("#lt;"),
                '>' => f.write_str("#gt;"),
                // Quotes around which there are such would start Markdown.
                '`' => f.write_str("#96;"),
                _ if character.is_control() => f.write_char(' '),
                _ => f.write_char(character),
            })?;
        }
        f.write_char('"')
    }
}
