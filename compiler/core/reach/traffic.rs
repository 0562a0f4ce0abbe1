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
    let protocol: Protocol = protocol
        .parse()
        .map_err(|_| format!("`{protocol}` is not a protocol; write tcp, udp, icmp, icmpv6, all, or a number"))?;
    let ports: String = ports.concat();
    match (protocol.takes_ports(), ports.as_str()) {
        (false, "") => Ok(Traffic { protocol, ports: None }),
        (false, _) => Err(format!("protocol `{protocol}` has no ports")),
        (true, ports) if ports.contains(',') => Err("ask for one port, or one range of ports, at a time".to_owned()),
        (true, ports) => {
            let read = protocol.ports(if ports.is_empty() { "all" } else { ports });
            let ports = read.map_err(|error| match error.instead() {
                Some(instead) => format!("{error}; write `{instead}`"),
                None => format!("`{ports}`: {error}"),
            })?;
            Ok(Traffic { protocol, ports: Some(ports) })
        }
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
