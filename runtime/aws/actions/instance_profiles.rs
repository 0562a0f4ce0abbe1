//! Which instance has which instance profile.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, instance_profile, page};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::IamInstanceProfileAssociation;
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("AssociateIamInstanceProfile", associate),
    ("DescribeIamInstanceProfileAssociations", describe),
    ("DisassociateIamInstanceProfile", disassociate),
    ("ReplaceIamInstanceProfileAssociation", replace),
];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_iam_instance_profile_associations(), parameters)
        .set_association_ids(parameters.texts("AssociationIds"));
    sending(request.send(), |answer| {
        let associations = answer.iam_instance_profile_associations();
        page("IamInstanceProfileAssociations", associations, association, answer.next_token())
    })
}

fn associate(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .associate_iam_instance_profile()
        .set_instance_id(parameters.text("InstanceId"))
        .set_iam_instance_profile(parameters.instance_profile());
    sending(request.send(), |answer| changed(answer.iam_instance_profile_association()))
}

fn replace(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .replace_iam_instance_profile_association()
        .set_association_id(parameters.text("AssociationId"))
        .set_iam_instance_profile(parameters.instance_profile());
    sending(request.send(), |answer| changed(answer.iam_instance_profile_association()))
}

fn disassociate(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.disassociate_iam_instance_profile().set_association_id(parameters.text("AssociationId"));
    sending(request.send(), |answer| changed(answer.iam_instance_profile_association()))
}

fn changed(changed: Option<&IamInstanceProfileAssociation>) -> Map {
    Map::new().with_some("IamInstanceProfileAssociation", changed.map(association))
}

fn association(association: &IamInstanceProfileAssociation) -> Map {
    Map::new()
        .with_some("AssociationId", association.association_id())
        .with_some("InstanceId", association.instance_id())
        .with_some("IamInstanceProfile", association.iam_instance_profile().map(instance_profile))
        .with_word("State", association.state())
}
