//! Answers for people: the way of a packet hop by hop, each with what lets it through, and where and why it ends.

use super::fabric::Origin;
use super::mend;
use super::query::{Blocked, Hop, HopKind, NotModelled, Packet, Path, Side, Verdict};
use crate::model::{Protocol, Traffic};
use crate::problem::render::visible;
use crate::source::Sources;
use anstyle::{AnsiColor, Style};
use std::io::{self, Write};
use std::net::IpAddr;

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// A name, or what lets a packet through, takes no more columns than this to line up with the others.
const WIDEST: usize = 44;

/// A question in the words of whoever asked.
#[derive(Clone, Debug)]
pub struct Asked<'q> {
    /// Who begins.
    pub from: &'q str,
    /// Who answers.
    pub to: &'q str,
    /// By what.
    pub traffic: Option<Traffic>,
}

/// Writes an answer with ANSI colours; strip them for plain text. Places are told as far as `sources` has them.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_verdict(
    asked: &Asked<'_>,
    verdict: &Verdict,
    sources: Option<&Sources>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let teller = Teller { sources };
    let (from, to) = (visible(asked.from), visible(asked.to));
    let on = asked.traffic.map_or(String::new(), |traffic| format!(" on {traffic}"));
    match verdict {
        Verdict::Reachable(path) => {
            writeln!(out, "{GREEN}✓{GREEN:#} {BOLD}{from} can reach {to}{on}{BOLD:#}")?;
            teller.path(path, out)?;
            teller.note(path, out)
        }
        Verdict::Blocked(blocked) => {
            writeln!(out, "{RED}✗{RED:#} {BOLD}{from} cannot reach {to}{on}{BOLD:#}")?;
            teller.path(&blocked.path, out)?;
            teller.stop(blocked, out)
        }
        Verdict::NotModelled(what) => {
            writeln!(out, "{YELLOW}?{YELLOW:#} {BOLD}whether {from} can reach {to}{on} is not known{BOLD:#}")?;
            teller.path(&what.path, out)?;
            teller.not_modelled(what, out)
        }
        Verdict::Empty(side) => {
            let end = if *side == Side::From { &from } else { &to };
            writeln!(out, "{YELLOW}?{YELLOW:#} {BOLD}nobody is in {end}{BOLD:#}")
        }
    }
}

struct Teller<'s> {
    sources: Option<&'s Sources>,
}

/// A line of a path.
struct Row {
    what: &'static str,
    name: String,
    by: String,
    place: String,
}

impl Teller<'_> {
    fn path(&self, path: &Path, out: &mut dyn Write) -> io::Result<()> {
        let forward = self.rows(&path.forward);
        let back = self.rows(&path.back);
        let all = || forward.iter().chain(&back);
        let width = |of: fn(&Row) -> &String| {
            all().map(|row| of(row).chars().count()).filter(|width| *width <= WIDEST).max().unwrap_or_default()
        };
        let widths =
            (all().map(|row| row.what.len()).max().unwrap_or_default(), width(|row| &row.name), width(|row| &row.by));
        for (title, hops, rows) in [("request", &path.forward, &forward), ("answer", &path.back, &back)] {
            let Some(first) = hops.first() else { continue };
            writeln!(out, "\n  {title:<8} {DIM}{}{DIM:#}", packet_text(&first.packet))?;
            for row in rows {
                row.write(widths, out)?;
            }
        }
        Ok(())
    }

    fn rows(&self, hops: &[Hop]) -> Vec<Row> {
        let before = std::iter::once(None).chain(hops.iter().map(|hop| Some(&hop.packet)));
        hops.iter().zip(before).map(|(hop, before)| self.row(hop, before)).collect()
    }

    fn row(&self, hop: &Hop, before: Option<&Packet>) -> Row {
        let let_through = match (&hop.by, hop.kind) {
            (Some(by), _) => visible(&by.name).into_owned(),
            (None, HopKind::GroupEgress | HopKind::GroupIngress) => "remembers the request".to_owned(),
            (None, HopKind::AclEgress | HopKind::AclIngress) => "lets everything through".to_owned(),
            (None, HopKind::RouteTable) => "local route".to_owned(),
            _ => String::new(),
        };
        let changed = before.map_or(String::new(), |before| translation(before, &hop.packet));
        let by: Vec<String> = [let_through, changed].into_iter().filter(|text| !text.is_empty()).collect();
        let place = hop.by.as_ref().and_then(|by| self.place(by)).or_else(|| self.place(&hop.place));
        Row { what: noun(hop.kind), name: name(&hop.place), by: by.join(", "), place: place.unwrap_or_default() }
    }

    /// Where something is written: `network.vpc:12`.
    fn place(&self, origin: &Origin) -> Option<String> {
        let (sources, span) = (self.sources?, origin.span?);
        Some(format!("{}:{}", visible(sources.name(span.file)), sources.start(span).line))
    }

    fn stop(&self, blocked: &Blocked, out: &mut dyn Write) -> io::Result<()> {
        if let Some(packet) = blocked.packet.filter(|_| blocked.path.forward.is_empty()) {
            writeln!(out, "\n  {:<8} {DIM}{}{DIM:#}", "request", packet_text(&packet))?;
        }
        let place = self.place(&blocked.at).map_or(String::new(), |place| format!("  {DIM}{place}{DIM:#}"));
        writeln!(out, "    {RED}✗{RED:#} {}: {}{place}", name(&blocked.at), blocked.reason.meaning())?;
        if let Some(by) = &blocked.by {
            let place = self.place(by).map_or(String::new(), |place| format!("  {DIM}{place}{DIM:#}"));
            writeln!(out, "        {DIM}={DIM:#} dropped by: {}{place}", visible(&by.name))?;
        }
        for group in &blocked.groups {
            let place = self.place(group).map_or(String::new(), |place| format!("  {DIM}{place}{DIM:#}"));
            writeln!(out, "        {DIM}={DIM:#} group: {}{place}", name(group))?;
        }
        let code = blocked.reason.aws_code().map_or(String::new(), |code| format!(" (AWS: {code})"));
        writeln!(out, "        {DIM}={DIM:#} reason: {}{code}", blocked.reason.name())?;
        if let Some(help) = mend::words(blocked) {
            writeln!(out, "        {DIM}={DIM:#} help: {}", visible(&help))?;
        }
        self.note(&blocked.path, out)
    }

    /// Says so where an address stands for one that EC2 is to choose.
    fn note(&self, path: &Path, out: &mut dyn Write) -> io::Result<()> {
        let hops = path.forward.iter().chain(&path.back);
        let addresses = hops.flat_map(|hop| [hop.packet.source, hop.packet.destination]);
        let mut stands_in: Vec<IpAddr> = addresses.filter(|address| is_stand_in(*address)).collect();
        stands_in.sort();
        stands_in.dedup();
        for address in stands_in {
            writeln!(out, "    {DIM}= {address} stands for a public address that EC2 is to choose{DIM:#}")?;
        }
        Ok(())
    }

    fn not_modelled(&self, what: &NotModelled, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "    {YELLOW}?{YELLOW:#} {}: packets are not followed any further: {}", name(&what.at), what.what)
    }
}

impl Row {
    fn write(&self, (what, name, by): (usize, usize, usize), out: &mut dyn Write) -> io::Result<()> {
        let line = format!("{:what$}  {:name$}  {:by$}", self.what, self.name, self.by);
        let line = if self.place.is_empty() { line.trim_end().to_owned() } else { format!("{line}  ") };
        writeln!(out, "    {GREEN}✓{GREEN:#} {line}{DIM}{}{DIM:#}", self.place)
    }
}

/// Whether an address is of the block for documentation of which the walk takes what EC2 is to choose (RFC 5737).
fn is_stand_in(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(address) if address.octets().starts_with(&[192, 0, 2]))
}

/// What a kind of place is called.
fn noun(kind: HopKind) -> &'static str {
    match kind {
        HopKind::Interface => "interface",
        HopKind::GroupEgress | HopKind::GroupIngress => "security group",
        HopKind::AclEgress | HopKind::AclIngress => "network ACL",
        HopKind::RouteTable => "route table",
        HopKind::InternetGateway => "internet gateway",
        HopKind::NatGateway => "NAT gateway",
        HopKind::EgressOnlyGateway => "egress-only gateway",
        HopKind::VpnGateway => "VPN gateway",
        HopKind::Peering => "peering",
        HopKind::GatewayEndpoint => "gateway endpoint",
        HopKind::Outside => "outside",
    }
}

/// What a thing is called: with its tag `Name`, where it goes by its id.
fn name(origin: &Origin) -> String {
    match &origin.alias {
        Some(alias) => visible(&format!("{alias} ({})", origin.name)).into_owned(),
        None => visible(&origin.name).into_owned(),
    }
}

/// What became of a packet's addresses and ports at a hop.
fn translation(before: &Packet, after: &Packet) -> String {
    let ends = [
        ("source", (before.source, before.source_port), (after.source, after.source_port)),
        ("destination", (before.destination, before.destination_port), (after.destination, after.destination_port)),
    ];
    let changed = ends.iter().filter(|(_, before, after)| before.0 != after.0);
    let texts: Vec<String> = changed.map(|(end, before, after)| format!("{end} {} → {}", before.0, after.0)).collect();
    texts.join(", ")
}

/// `tcp 10.0.0.9:1024 → 203.0.113.9:443`.
fn packet_text(packet: &Packet) -> String {
    let protocol = Protocol::numbered(packet.protocol);
    let end = |address: IpAddr, port: u16| match (protocol, address) {
        (Protocol::Tcp | Protocol::Udp, IpAddr::V4(_)) => format!("{address}:{port}"),
        (Protocol::Tcp | Protocol::Udp, IpAddr::V6(_)) => format!("[{address}]:{port}"),
        _ => address.to_string(),
    };
    let kind = match protocol {
        Protocol::Icmp | Protocol::Icmpv6 => {
            format!(" {}/{}", packet.destination_port / 256, packet.destination_port % 256)
        }
        _ => String::new(),
    };
    let (source, destination) =
        (end(packet.source, packet.source_port), end(packet.destination, packet.destination_port));
    format!("{protocol}{kind} {source} → {destination}")
}
