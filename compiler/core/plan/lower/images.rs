//! Images that the program makes.

use super::Lowering;
use crate::call::{Map, Value};
use crate::kinds::{IMAGE, Resource, SOURCE_TAG};
use crate::model::{Address, Id, ImageSource, MadeImage, Node};
use crate::plan::disks::DEVICES;
use ecow::{EcoString, eco_format};

impl Lowering<'_> {
    /// Images, of nodes and of other images.
    pub(super) fn images(&mut self) {
        let model = self.model;
        model.images.iter().for_each(|(id, image)| self.image(id, image));
    }

    fn image(&mut self, id: Id<MadeImage>, image: &MadeImage) {
        let Some(source) = &image.source else { return };
        let region = self.region_of_image(id);
        let path: EcoString = self.path(source);
        let share: Vec<Value> = image.share.iter().map(Value::from).collect();
        let attributes = Map::new()
            .with("name", eco_format!("{}/{}", self.model.stack, image.address))
            .with("source", path.clone())
            .with("share", share);
        let attributes = match source {
            ImageSource::Node { node, address } => {
                attributes.with("node", address).with("without", devices(&self.model.nodes[*node]))
            }
            ImageSource::Image(from) => attributes
                .with("from", &self.model.images[*from].address)
                .with("from_region", self.region_of_image(*from)),
        };
        let (tags, origin) = (self.tags(None, &image.tags), self.origin(image.origin));
        let (address, marks) = (image.address.clone(), vec![(SOURCE_TAG, path)]);
        self.add(Resource { address, kind: &IMAGE, region, attributes, tags, marks, after: Vec::new(), origin });
    }

    fn region_of_image(&self, id: Id<MadeImage>) -> EcoString {
        self.model.region_of_image(id).unwrap_or_else(|| self.program_region())
    }

    /// What an image is made from, down to a node: a copy is made anew with what it is a copy of.
    fn path(&self, source: &ImageSource) -> EcoString {
        let mut path = EcoString::new();
        let mut next = Some(source);
        // Sound programs have no rings.
        for _ in 0..=self.model.images.len() {
            let Some(source) = next else { break };
            let (address, from): (&Address, _) = match source {
                ImageSource::Node { address, .. } => (address, None),
                ImageSource::Image(id) => (&self.model.images[*id].address, self.model.images[*id].source.as_ref()),
            };
            let comma = if path.is_empty() { "" } else { " from " };
            path.push_str(&eco_format!("{comma}{address}"));
            next = from;
        }
        path
    }
}

/// The devices of a node's further disks, which are no part of its image.
fn devices(node: &Node) -> Vec<Value> {
    node.settings.disks.iter().zip(DEVICES).map(|(_, device)| device.into()).collect()
}
