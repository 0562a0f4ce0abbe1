//! Ways through a syntax tree.

use super::Snapshot;
use crate::source::FileId;
use crate::syntax::{Image, Item, Statement, Word};

/// Calls back with the statements of every block, the file's own first.
pub(super) fn walk<'s>(snapshot: &'s Snapshot, file: FileId, each: &mut dyn FnMut(&'s [Item])) {
    if let Some(tree) = snapshot.tree(file) {
        walk_items(&tree.items, each);
    }
}

fn walk_items<'s>(items: &'s [Item], each: &mut dyn FnMut(&'s [Item])) {
    each(items);
    for item in items {
        if let Some(block) = &item.block {
            walk_items(&block.items, each);
        }
    }
}

/// The statements that the cursor is in, the outermost first.
pub(super) fn items_around(snapshot: &Snapshot, file: FileId, offset: usize) -> Vec<&Item> {
    let mut around = Vec::new();
    let mut items = snapshot.tree(file).map_or(&[][..], |tree| tree.items.as_slice());
    while let Some(item) = items.iter().find(|item| touches(item, offset)) {
        around.push(item);
        items = item.items();
    }
    around
}

fn touches(item: &Item, offset: usize) -> bool {
    item.span.start as usize <= offset && offset <= item.span.end as usize
}

/// The innermost statement that the cursor is in.
pub(super) fn item_with(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<&Item> {
    items_around(snapshot, file, offset).pop()
}

/// The word that is the name of what a statement declares, if it stands where it declares something.
pub(super) fn name_word(statement: &Statement) -> Option<&Word> {
    use Statement as S;
    Some(match statement {
        S::Param { name, .. }
        | S::Let { name, .. }
        | S::Key { name, .. }
        | S::Network { name, .. }
        | S::Use { name, .. }
        | S::Existing { name, .. }
        | S::Elastic { name, .. }
        | S::Customer { name, .. }
        | S::Vpn { name, .. }
        | S::Routes { name, .. }
        | S::Acl { name, .. }
        | S::FlowLog { name, .. }
        | S::Output { name, .. }
        | S::Image(Image::Made { name, .. }) => name,
        S::Peer(peer) => &peer.0,
        S::Gateway(gateway) => &gateway.name,
        S::Subnet(subnet) => &subnet.name,
        S::Sg { names, .. } => names.first()?,
        S::Endpoint(endpoint) => &endpoint.name,
        S::Node(node) => &node.name,
        S::Broken(words) => words.get(1)?,
        _ => return None,
    })
}
