//! The table of diagnostic codes, each with the page that `vpcc explain` shows.
//!
//! A page is a text with one ```` ```vpc wrong ```` example, which yields the code, and one ```` ```vpc right ````,
//! which is clean; a test compiles them all.

use super::Severity;

/// A kind of finding.
pub struct Code {
    /// The name that people and scripts use: `cidr-overlap`.
    pub slug: &'static str,
    /// Whether it keeps the program from being planned.
    pub severity: Severity,
    /// The long story, in Markdown.
    pub page: &'static str,
}

impl Code {
    /// The first line of its page, without the mark of a heading.
    pub fn title(&self) -> &'static str {
        self.page.lines().next().unwrap_or_default().trim_start_matches(['#', ' '])
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.slug)
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.slug == other.slug
    }
}

macro_rules! codes {
    ($($severity:ident { $($name:ident = $slug:literal,)* })*) => {
        $($(
            #[doc = concat!("`", $slug, "`; see its page.")]
            pub static $name: &Code = &Code {
                slug: $slug,
                severity: Severity::$severity,
                page: include_str!(concat!("pages/", $slug, ".md")),
            };
        )*)*

        /// Every code, in the order of the table.
        pub static ALL: &[&Code] = &[$($(
            &Code { slug: $slug, severity: Severity::$severity, page: include_str!(concat!("pages/", $slug, ".md")) },
        )*)*];
    };
}

codes! {
    Error {
        // Files.
        UNREADABLE_FILE = "unreadable-file",
        NO_PROGRAM = "no-program",
        NOT_TEXT = "not-text",
        // Syntax.
        SYNTAX = "syntax",
        UNKNOWN_STATEMENT = "unknown-statement",
        MISPLACED_STATEMENT = "misplaced-statement",
        UNMATCHED_BRACE = "unmatched-brace",
        TOO_DEEP = "too-deep",
        TOO_LARGE = "too-large",
        REPEATED_STATEMENT = "repeated-statement",
        MISSING_STATEMENT = "missing-statement",
        // Names.
        UNKNOWN_NAME = "unknown-name",
        WRONG_KIND = "wrong-kind",
        DECLARED_TWICE = "declared-twice",
        RESERVED_NAME = "reserved-name",
        UNKNOWN_ATTRIBUTE = "unknown-attribute",
        MODULE_RING = "module-ring",
        // Parameters.
        PARAMETER_MISSING = "parameter-missing",
        PARAMETER_VALUE = "parameter-value",
        UNKNOWN_PARAMETER = "unknown-parameter",
        BAD_VALUE = "bad-value",
        // Addresses.
        MALFORMED_BLOCK = "malformed-block",
        BLOCK_NOT_AT_BASE = "block-not-at-base",
        NETWORK_SIZE = "network-size",
        SUBNET_SIZE = "subnet-size",
        RESERVED_RANGE = "reserved-range",
        SUBNET_OUTSIDE_NETWORK = "subnet-outside-network",
        CIDR_OVERLAP = "cidr-overlap",
        UNKNOWN_REGION = "unknown-region",
        UNKNOWN_ZONE = "unknown-zone",
        FURTHER_BLOCK = "further-block",
        EXISTING = "existing",
        IPV6 = "ipv6",
        NO_ROOM_FOR_ZONE = "no-room-for-zone",
        NOT_IN_ZONE = "not-in-zone",
        NODE_OUTSIDE_SUBNET = "node-outside-subnet",
        RESERVED_ADDRESS = "reserved-address",
        ADDRESS_TAKEN = "address-taken",
        RANGE_TOO_LONG = "range-too-long",
        SUBNET_FULL = "subnet-full",
        // Gateways and routes.
        SECOND_INTERNET_GATEWAY = "second-internet-gateway",
        FOREIGN_GATEWAY = "foreign-gateway",
        DUPLICATE_ROUTE = "duplicate-route",
        LOCAL_ROUTE = "local-route",
        TWO_ROUTE_TABLES = "two-route-tables",
        PUBLIC_WITHOUT_ROUTE = "public-without-route",
        WRONG_TARGET = "wrong-target",
        NAT_WITHOUT_INTERNET = "nat-without-internet",
        PEER_WITH_ITSELF = "peer-with-itself",
        ONE_WAY_PEER = "one-way-peer",
        NAT_LOOP = "nat-loop",
        ELASTIC_TAKEN = "elastic-taken",
        EGRESS_WITHOUT_IPV6 = "egress-without-ipv6",
        // Security groups.
        UNKNOWN_PROTOCOL = "unknown-protocol",
        BAD_PORTS = "bad-ports",
        DUPLICATE_RULE = "duplicate-rule",
        FOREIGN_GROUP = "foreign-group",
        TOO_MANY_GROUPS = "too-many-groups",
        // Network ACLs.
        DUPLICATE_ENTRY = "duplicate-entry",
        HIDDEN_ENTRY = "hidden-entry",
        UNANSWERED_ENTRY = "unanswered-entry",
        FOREIGN_ACL = "foreign-acl",
        // Endpoints and flow logs.
        BAD_ENDPOINT = "bad-endpoint",
        PRIVATE_DNS = "private-dns",
        BAD_POLICY = "bad-policy",
        BAD_FLOW_LOG = "bad-flow-log",
        // Nodes, keys, files.
        UNKNOWN_INSTANCE_TYPE = "unknown-instance-type",
        BAD_IMAGE_PATTERN = "bad-image-pattern",
        BAD_IMAGE_SOURCE = "bad-image-source",
        BAD_DISK = "bad-disk",
        BAD_ENVIRONMENT = "bad-environment",
        BAD_KEY = "bad-key",
        PRIVATE_KEY = "private-key",
        USER_DATA_TOO_LARGE = "user-data-too-large",
        // Assertions.
        REFUTED_ASSERTION = "refuted-assertion",
        UNDECIDED_ASSERTION = "undecided-assertion",
        // What EC2 refuses.
        QUOTA_EXCEEDED = "quota-exceeded",
        BAD_NAME = "bad-name",
        BAD_TAG = "bad-tag",
        // Plans.
        KEPT = "kept",
        // What EC2 has told.
        BAD_LISTING = "bad-listing",
    }
    Warning {
        OPEN_PORT = "open-port",
        OPEN_ADMIN_PORT = "open-admin-port",
        UNUSED = "unused",
        LOCKED_OUT = "locked-out",
        UNUSED_ENVIRONMENT = "unused-environment",
        NO_WAY_OUT = "no-way-out",
        EMPTY_ASSERTION = "empty-assertion",
        SHADOWED_ROUTE = "shadowed-route",
        SHADOWED_RULE = "shadowed-rule",
        IDLE_RULE = "idle-rule",
        IDLE_ENTRY = "idle-entry",
        MISNAMED_SUBNET = "misnamed-subnet",
        NEW_REGION = "new-region",
        PARTIAL_LISTING = "partial-listing",
    }
}

/// The code with this slug.
pub fn find(slug: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| code.slug == slug)
}
