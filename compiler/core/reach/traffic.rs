//! Traffic as people write it: `tcp 443`, `udp 8000-8080`, `icmp echo`, `all`.

use crate::model::{Protocol, Traffic};

/// Reads a protocol and what follows it.
///
/// # Errors
/// What is wrong with it, and what to write, in words.
pub fn traffic(words: &[&str]) -> Result<Traffic, String> {
    let Some((protocol, ports)) = words.split_first() else {
        return Err("write the protocol, as in `on tcp 443`".to_owned());
    };
    let protocol = self::protocol(protocol)?;
    let ports: String = ports.concat();
    let ports = match protocol {
        Protocol::Tcp | Protocol::Udp if matches!(ports.as_str(), "" | "all") => Some((0, 65535)),
        Protocol::Tcp | Protocol::Udp => Some(range(&ports)?),
        Protocol::Icmp | Protocol::Icmpv6 => Some(message(protocol, &ports)?),
        Protocol::All | Protocol::Number(_) if ports.is_empty() => None,
        Protocol::All | Protocol::Number(_) => return Err(format!("protocol `{protocol}` has no ports")),
    };
    Ok(Traffic { protocol, ports })
}

fn protocol(word: &str) -> Result<Protocol, String> {
    word.parse().map_err(|_| format!("`{word}` is not a protocol; write tcp, udp, icmp, icmpv6, all, or a number"))
}

fn range(text: &str) -> Result<(i32, i32), String> {
    if text.contains(',') {
        return Err("ask for one port, or one range of ports, at a time".to_owned());
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let port = |text: &str| text.parse::<u16>().map(i32::from);
    match (port(first), port(last)) {
        (Ok(first), Ok(last)) if first <= last => Ok((first, last)),
        (Ok(first), Ok(last)) => Err(format!("the ports are reversed; write `{last}-{first}`")),
        _ => Err(format!("`{text}` is not a port; write a number up to 65535, a range such as 8000-8080, or all")),
    }
}

/// The numbers of an echo request (RFC 792, RFC 4443).
fn message(protocol: Protocol, text: &str) -> Result<(i32, i32), String> {
    let number = |text: &str| text.parse::<u8>().map(i32::from);
    match text.split_once('/') {
        None if matches!(text, "" | "all") => Ok((-1, -1)),
        None if text == "echo" => Ok((if protocol == Protocol::Icmp { 8 } else { 128 }, -1)),
        None => Err(format!("`{text}` is not a kind of {protocol}; write echo, all, or TYPE/CODE")),
        Some((kind, code)) => match (number(kind), number(code)) {
            (Ok(kind), Ok(code)) => Ok((kind, code)),
            (Ok(kind), Err(_)) if code == "all" => Ok((kind, -1)),
            _ => Err(format!("`{text}` is not a type and a code, which are numbers up to 255")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::traffic;

    fn shown(text: &str) -> String {
        let words: Vec<&str> = text.split(' ').collect();
        traffic(&words).map_or_else(|wrong| format!("! {wrong}"), |traffic| traffic.to_string())
    }

    #[test]
    fn traffic_is_read_as_it_is_written() {
        for text in ["tcp 443", "udp 8000-8080", "tcp all", "icmp echo", "icmp 3/4", "icmpv6 all", "all", "50"] {
            assert_eq!(shown(text), text);
        }
        assert_eq!(shown("6 22"), "tcp 22");
        assert_eq!(shown("tcp"), "tcp all");
    }

    #[test]
    fn what_is_no_traffic_is_told() {
        for text in ["", "ftp 21", "tcp 65536", "tcp 9-8", "tcp 80,443", "50 1", "icmp 8", "icmp 300/1", "tcp -1"] {
            assert!(shown(text).starts_with("! "), "{text}: {}", shown(text));
        }
    }
}
