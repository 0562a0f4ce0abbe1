//! The shapes that the requests of many actions share: tags, filters, permissions.
//!
//! In: parameters by the EC2 API's names. Out: the SDK's types. A shape that only one family of actions has stands
//! with that family.

use super::parameters::Parameters;
use aws_sdk_ec2::types::{
    AttributeBooleanValue, AttributeValue, Filter, IamInstanceProfileSpecification, IpPermission, IpRange, Ipv6Range,
    PrefixListId, Tag, TagSpecification, UserIdGroupPair,
};

impl Parameters<'_> {
    /// Reads `Filters`.
    pub fn filters(&mut self) -> Option<Vec<Filter>> {
        self.filters_called("Filters")
    }

    /// Reads filters by the name that some listings have for them.
    pub fn filters_called(&mut self, name: &str) -> Option<Vec<Filter>> {
        self.each(name, |filter| {
            Filter::builder().set_name(filter.text("Name")).set_values(filter.texts("Values")).build()
        })
    }

    /// Reads `TagSpecifications`.
    pub fn tag_specifications(&mut self) -> Option<Vec<TagSpecification>> {
        self.each("TagSpecifications", |specification| {
            TagSpecification::builder()
                .set_resource_type(specification.word("ResourceType"))
                .set_tags(specification.tags())
                .build()
        })
    }

    /// Reads `Tags`.
    pub fn tags(&mut self) -> Option<Vec<Tag>> {
        self.each("Tags", |tag| Tag::builder().set_key(tag.text("Key")).set_value(tag.text("Value")).build())
    }

    /// Reads a yes or no that is wrapped in a map: `{"Value": true}`.
    pub fn switch(&mut self, name: &str) -> Option<AttributeBooleanValue> {
        self.one(name, |switch| AttributeBooleanValue::builder().set_value(switch.flag("Value")).build())
    }

    /// Reads a text that is wrapped in a map: `{"Value": "t3.micro"}`.
    pub fn setting(&mut self, name: &str) -> Option<AttributeValue> {
        self.one(name, |setting| AttributeValue::builder().set_value(setting.text("Value")).build())
    }

    /// Reads `IpPermissions`.
    pub fn ip_permissions(&mut self) -> Option<Vec<IpPermission>> {
        self.each("IpPermissions", |permission| {
            IpPermission::builder()
                .set_ip_protocol(permission.text("IpProtocol"))
                .set_from_port(permission.number("FromPort"))
                .set_to_port(permission.number("ToPort"))
                .set_ip_ranges(permission.each("IpRanges", ip_range))
                .set_ipv6_ranges(permission.each("Ipv6Ranges", ipv6_range))
                .set_prefix_list_ids(permission.each("PrefixListIds", prefix_list))
                .set_user_id_group_pairs(permission.each("UserIdGroupPairs", group_pair))
                .build()
        })
    }

    /// Reads `IamInstanceProfile`.
    pub fn instance_profile(&mut self) -> Option<IamInstanceProfileSpecification> {
        self.one("IamInstanceProfile", |profile| {
            IamInstanceProfileSpecification::builder()
                .set_arn(profile.text("Arn"))
                .set_name(profile.text("Name"))
                .build()
        })
    }
}

fn ip_range(range: &mut Parameters) -> IpRange {
    IpRange::builder().set_cidr_ip(range.text("CidrIp")).set_description(range.text("Description")).build()
}

fn ipv6_range(range: &mut Parameters) -> Ipv6Range {
    Ipv6Range::builder().set_cidr_ipv6(range.text("CidrIpv6")).set_description(range.text("Description")).build()
}

fn prefix_list(list: &mut Parameters) -> PrefixListId {
    PrefixListId::builder()
        .set_prefix_list_id(list.text("PrefixListId"))
        .set_description(list.text("Description"))
        .build()
}

fn group_pair(pair: &mut Parameters) -> UserIdGroupPair {
    UserIdGroupPair::builder()
        .set_group_id(pair.text("GroupId"))
        .set_group_name(pair.text("GroupName"))
        .set_user_id(pair.text("UserId"))
        .set_vpc_id(pair.text("VpcId"))
        .set_vpc_peering_connection_id(pair.text("VpcPeeringConnectionId"))
        .set_description(pair.text("Description"))
        .build()
}
