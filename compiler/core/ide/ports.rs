//! What ports are commonly for (IANA "Service Name and Transport Protocol Port Number Registry", and the defaults of
//! well-known servers that are not in it).

/// Ports with their services, as programs write them.
pub(super) const PORTS: &[(u16, &str)] = &[
    (20, "FTP data"),
    (21, "FTP"),
    (22, "SSH"),
    (23, "Telnet"),
    (25, "SMTP"),
    (53, "DNS"),
    (67, "DHCP"),
    (80, "HTTP"),
    (88, "Kerberos"),
    (110, "POP3"),
    (111, "RPC portmapper"),
    (123, "NTP"),
    (135, "Windows RPC"),
    (143, "IMAP"),
    (161, "SNMP"),
    (179, "BGP"),
    (389, "LDAP"),
    (443, "HTTPS"),
    (445, "SMB"),
    (465, "SMTP over TLS"),
    (500, "IKE"),
    (514, "syslog"),
    (587, "mail submission"),
    (636, "LDAP over TLS"),
    (873, "rsync"),
    (993, "IMAP over TLS"),
    (995, "POP3 over TLS"),
    (1194, "OpenVPN"),
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (1883, "MQTT"),
    (2049, "NFS"),
    (2181, "ZooKeeper"),
    (2375, "Docker, without TLS"),
    (2376, "Docker"),
    (2379, "etcd clients"),
    (2380, "etcd peers"),
    (3000, "Grafana"),
    (3128, "Squid"),
    (3306, "MySQL"),
    (3389, "RDP"),
    (4500, "IPsec behind NAT"),
    (5044, "Logstash"),
    (5432, "PostgreSQL"),
    (5601, "Kibana"),
    (5671, "AMQP over TLS"),
    (5672, "AMQP"),
    (5900, "VNC"),
    (5985, "WinRM"),
    (5986, "WinRM over TLS"),
    (6379, "Redis"),
    (6443, "the Kubernetes API"),
    (8080, "HTTP, alternative"),
    (8081, "mongo-express"),
    (8443, "HTTPS, alternative"),
    (8500, "Consul"),
    (8883, "MQTT over TLS"),
    (9042, "Cassandra"),
    (9090, "Prometheus"),
    (9092, "Kafka"),
    (9093, "Alertmanager"),
    (9100, "Prometheus node exporter"),
    (9200, "Elasticsearch"),
    (10250, "kubelet"),
    (11211, "memcached"),
    (15672, "RabbitMQ management"),
    (19999, "Netdata"),
    (27017, "MongoDB"),
    (51820, "WireGuard"),
];

/// What a port is commonly for.
pub(super) fn service(port: u16) -> Option<&'static str> {
    PORTS.binary_search_by_key(&port, |(port, _)| *port).ok().and_then(|at| PORTS.get(at)).map(|(_, service)| *service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(PORTS.is_sorted());
        assert_eq!(service(443), Some("HTTPS"));
        assert_eq!(service(444), None);
    }
}
