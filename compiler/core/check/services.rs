//! Protocols by the names of what runs over them, as people say them: `ssh` for `tcp 22`.

use crate::syntax::Traffic;

/// The ports that services listen at unless told otherwise (IANA, "Service Name and Transport Protocol Port Number
/// Registry", and the services' own manuals).
const SERVICES: &[(&[&str], &str)] = &[
    (&["ssh", "sftp", "scp"], "tcp 22"),
    (&["http", "web"], "tcp 80"),
    (&["https", "tls", "ssl"], "tcp 443"),
    (&["rdp"], "tcp 3389"),
    (&["smtp"], "tcp 25"),
    (&["dns"], "udp 53"),
    (&["ntp"], "udp 123"),
    (&["nfs", "efs"], "tcp 2049"),
    (&["postgres", "postgresql"], "tcp 5432"),
    (&["redshift"], "tcp 5439"),
    (&["mysql", "mariadb"], "tcp 3306"),
    (&["mongo", "mongodb"], "tcp 27017"),
    (&["redis"], "tcp 6379"),
    (&["kafka"], "tcp 9092"),
    (&["ping"], "icmp echo"),
];

/// How traffic is written that somebody named by what runs over it, or with its port first.
pub(super) fn meant(traffic: &Traffic) -> Option<String> {
    let word = traffic.protocol.text.to_ascii_lowercase();
    let ports: Vec<&str> = traffic.ports.iter().map(|port| port.text.as_str()).collect();
    if let [protocol @ ("tcp" | "udp")] = ports.as_slice() {
        return word.starts_with(|c: char| c.is_ascii_digit()).then(|| format!("{protocol} {word}"));
    }
    if matches!(word.as_str(), "any" | "everything" | "-1") {
        return ports.is_empty().then(|| "all".to_owned());
    }
    let (_, usual) = SERVICES.iter().find(|(names, _)| names.contains(&word.as_str()))?;
    let (protocol, _) = usual.split_once(' ')?;
    Some(if ports.is_empty() { (*usual).to_owned() } else { format!("{protocol} {}", ports.join(", ")) })
}
