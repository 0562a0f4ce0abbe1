//! Images that the program makes: `image golden from cluster.node[0]`, `image far from golden in us-east-1`.

use super::declare::{Declarations, DeclaredAtTop};
use super::{Checker, catalogue, names::Symbol};
use crate::model::{Address, Id, ImageChoice, ImageSource, MadeImage, Node, Tags};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{Image, Item, Statement, Word};
use ecow::EcoString;
use std::collections::BTreeSet;

/// Names of images have no more characters (EC2 API Reference, "CreateImage"); a part of it tells old from new.
const MAX_NAME: usize = 128 - 30;

const WANTED: &str = "a node or an image";

enum Problem {
    NoSource {
        span: Span,
        name: EcoString,
    },
    ManyNodes {
        path: Word,
        count: usize,
        first: Address,
    },
    Attribute {
        word: Word,
    },
    NotAnAccount {
        word: Word,
    },
    RegionOfNode {
        word: Word,
        name: EcoString,
    },
    Ring {
        span: Span,
        name: EcoString,
    },
    LongName {
        span: Span,
        len: usize,
    },
    Architecture {
        span: Span,
        image: EcoString,
        has: &'static str,
        instance_type: EcoString,
        takes: &'static str,
        declared: Span,
    },
    Elsewhere {
        span: Span,
        image: EcoString,
        image_region: EcoString,
        region: EcoString,
        declared: Span,
    },
}

impl Checker<'_> {
    /// Builds the images that the program makes. Nodes must be built.
    pub(super) fn made_images(&mut self, declared: &Declarations<'_>) {
        for image in &declared.images {
            self.enter_module(image.module);
            let image = self.made_image(image);
            self.model.images.push(image);
        }
        let mut problems: Vec<Problem> = Vec::new();
        for (id, image) in self.model.images.iter() {
            if self.is_made_of_itself(id) {
                problems.push(Problem::Ring { span: image.origin, name: image.address.text() });
            }
        }
        problems.extend(self.model.nodes.iter().filter_map(|(_, node)| self.elsewhere(node)));
        problems.extend(self.model.nodes.iter().filter_map(|(_, node)| self.other_architecture(node)));
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }

    fn made_image(&mut self, declared: &DeclaredAtTop<'_>) -> MadeImage {
        let mut made = MadeImage {
            address: self.address(&declared.name),
            origin: declared.item.head,
            source: None,
            region: None,
            share: BTreeSet::new(),
            tags: Tags::new(),
        };
        if let Statement::Image(Image::Made { from, region, .. }) = &declared.item.statement {
            made.source = self.image_source(from);
            made.region = region.as_ref().and_then(|word| self.region(word));
            if let (Some(ImageSource::Node { .. }), Some(word)) = (&made.source, region) {
                let (word, name) = (Word::clone(word), declared.name.clone());
                self.report(Problem::RegionOfNode { word, name });
            }
        }
        let len = self.model.stack.len() + made.address.as_str().len() + 1;
        if len > MAX_NAME {
            self.report(Problem::LongName { span: declared.item.head, len });
        }
        self.image_block(declared.item, &mut made);
        made
    }

    fn image_source(&mut self, word: &Word) -> Option<ImageSource> {
        let reference = self.reference(None, word, WANTED)?;
        if let Some(word) = reference.attribute {
            self.report(Problem::Attribute { word });
            return None;
        }
        match reference.symbol {
            Symbol::Image(id) => Some(ImageSource::Image(id)),
            Symbol::Node(declaration) => {
                let nodes = self.nodes_meant(declaration, &reference.path);
                let first = nodes.first()?;
                if nodes.len() > 1 {
                    let (count, first) = (nodes.len(), first.address.clone());
                    self.report(Problem::ManyNodes { path: reference.path, count, first });
                    return None;
                }
                Some(ImageSource::Node { node: first.node, address: first.address.clone() })
            }
            found => {
                self.wrong_kind(None, &reference.path, found, WANTED);
                None
            }
        }
    }

    fn image_block(&mut self, item: &Item, made: &mut MadeImage) {
        for item in item.items() {
            match &item.statement {
                Statement::Share(words) => {
                    let accounts: Vec<EcoString> = words.iter().filter_map(|word| self.account_number(word)).collect();
                    made.share.extend(accounts);
                }
                Statement::Tags(entries) => made.tags.extend(self.tags(entries)),
                // What is kept is taken in with all declarations.
                Statement::Keep => {}
                _ => self.misplaced(item),
            }
        }
    }

    fn account_number(&mut self, word: &Word) -> Option<EcoString> {
        let text = self.fill(word)?;
        if text.len() != 12 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            self.report(Problem::NotAnAccount { word: Word { text, span: word.span } });
            return None;
        }
        Some(text)
    }

    /// Reports an `image` at the top level that does not say what it is made from.
    pub(super) fn image_without_source(&mut self, item: &Item, name: &Word) {
        self.report(Problem::NoSource { span: item.head, name: name.text.clone() });
        self.names.add_hole(None, &name.text, name.span);
    }

    /// Whether what an image is made from leads back to it, and it is the first of all on the way.
    fn is_made_of_itself(&self, start: Id<MadeImage>) -> bool {
        let mut next = self.model.images[start].source.clone();
        for _ in 0..self.model.images.len() {
            let from = match next {
                Some(ImageSource::Image(id)) => id,
                Some(ImageSource::Node { node, .. }) => match self.model.nodes[node].settings.image {
                    Some(ImageChoice::Made(id)) => id,
                    _ => return false,
                },
                None => return false,
            };
            if from <= start {
                return from == start;
            }
            next = self.model.images[from].source.clone();
        }
        false
    }

    /// The problem of a node that is launched from an image of another region.
    fn elsewhere(&self, node: &Node) -> Option<Problem> {
        let Some(ImageChoice::Made(id)) = node.settings.image else { return None };
        let image = &self.model.images[id];
        let home = || self.model.region.clone().unwrap_or_default();
        let region = self.model.networks[node.network].region.clone().unwrap_or_else(home);
        let image_region = self.model.region_of_image(id).unwrap_or_else(home);
        (image.source.is_some() && region != image_region && !region.is_empty() && !image_region.is_empty()).then(
            || {
                let (name, declared) = (image.address.text(), image.origin);
                Problem::Elsewhere { span: node.origin, image: name, image_region, region, declared }
            },
        )
    }
}

impl Checker<'_> {
    /// An image runs on the architecture of the node that it is made from.
    fn other_architecture(&self, node: &Node) -> Option<Problem> {
        let Some(ImageChoice::Made(id)) = node.settings.image else { return None };
        let (mut image, name) = (&self.model.images[id], self.model.images[id].address.text());
        // As many steps as there are images lead to its node, if any do.
        for _ in 0..self.model.images.len() {
            match image.source.as_ref()? {
                ImageSource::Image(other) => image = &self.model.images[*other],
                ImageSource::Node { node: from, .. } => {
                    let from = &self.model.nodes[*from];
                    let types = [&node.settings.instance_type, &from.settings.instance_type];
                    let [Some(own), Some(theirs)] = types else { return None };
                    let (takes, has) = (catalogue::architecture(own)?, catalogue::architecture(theirs)?);
                    let (instance_type, span, declared) = (own.clone(), node.origin, from.origin);
                    let problem = Problem::Architecture { span, image: name, has, instance_type, takes, declared };
                    return (takes != has).then_some(problem);
                }
            }
        }
        None
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::NoSource { span, name } => {
                Diagnostic::new(codes::MISSING_STATEMENT, "an image at the top level says what it is made from")
                    .primary(span.after(), "expected `from` and a node or another image")
                    .help(format!(
                        "write `image {name} from cluster.node[0]`; an image that nodes use stands in the node"
                    ))
            }
            Problem::ManyNodes { path, count, first } => {
                Diagnostic::new(codes::BAD_IMAGE_SOURCE, format!("`{}` is {count} nodes", path.text))
                    .primary(path.span, "an image is made from one")
                    .help(format!("name one: `{first}`"))
                    .fix(path.span, first.text())
            }
            Problem::Attribute { word } => {
                Diagnostic::new(codes::BAD_IMAGE_SOURCE, format!("`{}` is too much here", word.text))
                    .primary(word.span, "an image is made from a whole node")
            }
            Problem::NotAnAccount { word } => {
                Diagnostic::new(codes::BAD_VALUE, format!("`{}` is no AWS account id", word.text))
                    .primary(word.span, "expected 12 digits")
            }
            Problem::RegionOfNode { word, name } => {
                Diagnostic::new(codes::BAD_IMAGE_SOURCE, "the image of a node is made where the node lives")
                    .primary(word.span, "only copies of images can be elsewhere")
                    .help(format!("copy it: `image {name}-far from {name} in {}`", word.text))
            }
            Problem::Ring { span, name } => {
                Diagnostic::new(codes::BAD_IMAGE_SOURCE, format!("the image `{name}` is made of itself"))
                    .primary(span, "what it is made from leads back to it")
                    .help("launch the node that it is made from from another image")
            }
            Problem::LongName { span, len } => {
                Diagnostic::new(codes::BAD_NAME, format!("the image's name in EC2 would be {len} characters long"))
                    .primary(span, format!("with the stack's name before it; {MAX_NAME} fit"))
            }
            Problem::Architecture { span, image, has, instance_type, takes, declared } => {
                let title = format!("the image `{image}` is for {has}, and {instance_type} is {takes}");
                Diagnostic::new(codes::BAD_IMAGE_SOURCE, title)
                    .primary(span, format!("this node is {takes}"))
                    .secondary(declared, format!("what it is made from is {has}"))
                    .help(format!("give this node a type that is {has}"))
            }
            Problem::Elsewhere { span, image, image_region, region, declared } => {
                Diagnostic::new(codes::BAD_IMAGE_SOURCE, format!("the image `{image}` is not in {region}"))
                    .primary(span, format!("this node lives in {region}"))
                    .secondary(declared, format!("made in {image_region}"))
                    .help(format!("copy it there: `image {image}-far from {image} in {region}`"))
            }
        }
    }
}
