//! Key pairs.

use super::Lowering;
use crate::call::Map;
use crate::call::sealed::sha256;
use crate::kinds::{KEY_PAIR, MATERIAL_TAG, Resource};
use crate::model::{Address, Key, Tags};
use ecow::{EcoString, eco_format};

impl Lowering<'_> {
    /// A key pair lives in a region; a key stands for one in each region whose nodes use it, and in the program's own.
    pub(super) fn keys(&mut self) {
        let home = self.program_region();
        for (id, key) in self.model.keys.iter() {
            let used = self.model.nodes.iter().filter(|(_, node)| node.settings.key == Some(id));
            let mut regions: Vec<EcoString> = used.map(|(_, node)| self.region_of(node.network)).collect();
            regions.sort();
            regions.dedup();
            if regions.is_empty() {
                regions.push(home.clone());
            }
            for region in regions {
                self.key(key, region);
            }
        }
    }

    fn key(&mut self, key: &Key, region: EcoString) {
        let material: Vec<&str> = key.line.split_whitespace().take(2).collect();
        let digest = EcoString::from(sha256(material.join(" ").as_bytes()));
        let attributes = Map::new()
            .with("name", self.key_name(key))
            .with("material", digest.clone())
            .with("public_key", key.line.clone());
        let (address, origin) = (self.key_address(key, &region), self.origin(key.origin));
        let (tags, marks) = (self.tags(None, &Tags::new()), vec![(MATERIAL_TAG, digest)]);
        self.add(Resource { address, kind: &KEY_PAIR, region, attributes, tags, marks, after: Vec::new(), origin });
    }

    pub(super) fn key_name(&self, key: &Key) -> EcoString {
        eco_format!("{}/{}", self.model.stack, key.address)
    }

    pub(super) fn key_address(&self, key: &Key, region: &EcoString) -> Address {
        if *region == self.program_region() { key.address.clone() } else { key.address.part(region) }
    }
}
