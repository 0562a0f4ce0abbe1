//! Protocols and ports.

use std::num::ParseIntError;
use std::str::FromStr;

/// An IP protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// Every protocol.
    All,
    /// Protocol 6.
    Tcp,
    /// Protocol 17.
    Udp,
    /// Protocol 1.
    Icmp,
    /// Protocol 58.
    Icmpv6,
    /// Any other, by its number.
    Number(u8),
}

impl Protocol {
    /// The protocol of a number, by its name if it has one here.
    pub fn numbered(number: u8) -> Protocol {
        match number {
            1 => Protocol::Icmp,
            6 => Protocol::Tcp,
            17 => Protocol::Udp,
            58 => Protocol::Icmpv6,
            number => Protocol::Number(number),
        }
    }
}

/// Reads a name or a number. EC2 answers with names for numbers that have one (EC2 API Reference, "IpPermission").
impl FromStr for Protocol {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Protocol, ParseIntError> {
        Ok(match text {
            "all" => Protocol::All,
            "tcp" => Protocol::Tcp,
            "udp" => Protocol::Udp,
            "icmp" => Protocol::Icmp,
            "icmpv6" => Protocol::Icmpv6,
            number => Protocol::numbered(number.parse()?),
        })
    }
}

impl std::fmt::Display for Protocol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Protocol::All => f.write_str("all"),
            Protocol::Tcp => f.write_str("tcp"),
            Protocol::Udp => f.write_str("udp"),
            Protocol::Icmp => f.write_str("icmp"),
            Protocol::Icmpv6 => f.write_str("icmpv6"),
            Protocol::Number(number) => number.fmt(f),
        }
    }
}

/// What is wrong with ports, or with an ICMP type and code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortsError {
    /// They are neither a port nor a range of ports.
    NotPorts,
    /// There are no ports beyond 65535.
    OutOfRange,
    /// The first one is behind the last one, which are these.
    Reversed(i32, i32),
    /// It is no type of ICMP, with or without a code.
    NotMessage,
    /// It is what people call an echo request.
    Ping,
}

impl PortsError {
    /// What to write instead, where that is plain.
    pub fn instead(self) -> Option<String> {
        match self {
            PortsError::Reversed(first, last) => Some(format!("{last}-{first}")),
            PortsError::Ping => Some("echo".to_owned()),
            _ => None,
        }
    }
}

impl std::fmt::Display for PortsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            PortsError::NotPorts => "expected a port, or a range such as 8000-8080",
            PortsError::OutOfRange => "ports go from 0 to 65535",
            PortsError::Reversed(..) => "the range runs backwards",
            PortsError::NotMessage | PortsError::Ping => "expected `echo`, `all`, or a type and a code such as 3/4",
        })
    }
}

impl Protocol {
    /// Whether ports follow it, or a type and a code.
    pub fn takes_ports(self) -> bool {
        matches!(self, Protocol::Tcp | Protocol::Udp | Protocol::Icmp | Protocol::Icmpv6)
    }

    /// Reads its ports (`443`, `8000-8080`, `all`), or of ICMP its type and code (`echo`, `3/4`, `3/all`, `all`).
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn ports(self, text: &str) -> Result<(i32, i32), PortsError> {
        match self {
            Protocol::Icmp | Protocol::Icmpv6 => message(self, text),
            _ => port_range(text),
        }
    }
}

fn port_range(text: &str) -> Result<(i32, i32), PortsError> {
    if text == "all" {
        return Ok((0, 65535));
    }
    let port = |text: &str| {
        let number: i64 = text.parse().map_err(|_| PortsError::NotPorts)?;
        u16::try_from(number).map(i32::from).map_err(|_| PortsError::OutOfRange)
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (port(first)?, port(last)?) {
        (first, last) if first > last => Err(PortsError::Reversed(first, last)),
        ports => Ok(ports),
    }
}

/// Echo requests have a number of their own in each family (RFC 792, RFC 4443).
fn message(protocol: Protocol, text: &str) -> Result<(i32, i32), PortsError> {
    let number = |text: &str| match text {
        "all" => Ok(-1),
        _ => text.parse::<u8>().map(i32::from).map_err(|_| PortsError::NotMessage),
    };
    match text.split_once('/') {
        None if text == "echo" => Ok((if protocol == Protocol::Icmp { 8 } else { 128 }, -1)),
        None if text == "all" => Ok((-1, -1)),
        None if text == "ping" => Err(PortsError::Ping),
        None => Err(PortsError::NotMessage),
        Some((kind, code)) => match (number(kind)?, number(code)?) {
            (-1, 0..) => Err(PortsError::NotMessage),
            message => Ok(message),
        },
    }
}

/// A protocol with its ports, or ICMP type and code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Traffic {
    /// The protocol.
    pub protocol: Protocol,
    /// First port and last, or type and code; -1 stands for every one. `None` for protocols without either.
    pub ports: Option<(i32, i32)>,
}

impl Traffic {
    /// Whether all traffic of `other` is of this kind too.
    pub fn covers(&self, other: &Traffic) -> bool {
        if self.protocol == Protocol::All {
            return true;
        }
        if self.protocol != other.protocol {
            return false;
        }
        match (self.protocol, self.ports, other.ports) {
            (Protocol::Icmp | Protocol::Icmpv6, Some((kind, code)), Some(theirs)) => {
                (kind == -1 || kind == theirs.0) && (code == -1 || code == theirs.1)
            }
            (_, Some((first, last)), Some(theirs)) => first <= theirs.0 && theirs.1 <= last,
            _ => true,
        }
    }
}

impl std::fmt::Display for Traffic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let icmp = matches!(self.protocol, Protocol::Icmp | Protocol::Icmpv6);
        match self.ports {
            None => write!(f, "{}", self.protocol),
            Some((-1, _)) => write!(f, "{} all", self.protocol),
            Some((0, 65535)) if !icmp => write!(f, "{} all", self.protocol),
            Some((8, -1)) if self.protocol == Protocol::Icmp => write!(f, "icmp echo"),
            Some((128, -1)) if self.protocol == Protocol::Icmpv6 => write!(f, "icmpv6 echo"),
            Some((kind, -1)) if icmp => write!(f, "{} {kind}/all", self.protocol),
            Some((kind, code)) if icmp => write!(f, "{} {kind}/{code}", self.protocol),
            Some((first, last)) if first == last => write!(f, "{} {first}", self.protocol),
            Some((first, last)) => write!(f, "{} {first}-{last}", self.protocol),
        }
    }
}
