//! Prefix lists.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, page, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{ManagedPrefixList, PrefixList, PrefixListEntry};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("DescribeManagedPrefixLists", describe_managed),
    ("DescribePrefixLists", describe),
    ("GetManagedPrefixListEntries", entries),
];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request =
        listing!(ec2.describe_prefix_lists(), parameters).set_prefix_list_ids(parameters.texts("PrefixListIds"));
    sending(request.send(), |answer| page("PrefixLists", answer.prefix_lists(), list, answer.next_token()))
}

fn describe_managed(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_managed_prefix_lists(), parameters)
        .set_prefix_list_ids(parameters.texts("PrefixListIds"));
    sending(request.send(), |answer| page("PrefixLists", answer.prefix_lists(), managed_list, answer.next_token()))
}

fn entries(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .get_managed_prefix_list_entries()
        .set_prefix_list_id(parameters.text("PrefixListId"))
        .set_max_results(parameters.number("MaxResults"))
        .set_next_token(parameters.text("NextToken"));
    sending(request.send(), |answer| page("Entries", answer.entries(), entry, answer.next_token()))
}

fn entry(entry: &PrefixListEntry) -> Map {
    Map::new().with_some("Cidr", entry.cidr()).with_some("Description", entry.description())
}

fn list(list: &PrefixList) -> Map {
    Map::new()
        .with_some("PrefixListId", list.prefix_list_id())
        .with_some("PrefixListName", list.prefix_list_name())
        .with_texts("Cidrs", list.cidrs())
}

fn managed_list(list: &ManagedPrefixList) -> Map {
    Map::new()
        .with_some("PrefixListId", list.prefix_list_id())
        .with_some("PrefixListName", list.prefix_list_name())
        .with_some("PrefixListArn", list.prefix_list_arn())
        .with_some("AddressFamily", list.address_family())
        .with_word("State", list.state())
        .with_some("MaxEntries", list.max_entries())
        .with_some("OwnerId", list.owner_id())
        .with_each("Tags", list.tags(), tag)
}
