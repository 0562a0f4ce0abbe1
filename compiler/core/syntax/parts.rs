//! The parts of a statement: pest's pairs, one after the other, as words and what is made of them.

use super::grammar::Rule;
use super::tree::{Argument, Image, ParamType, PeerEnd, RuleLine, Traffic, Word, Zones};
use crate::source::{FileId, Span};
use pest::iterators::{Pair, Pairs};

/// The parts of a statement, in order; connecting words are passed over.
pub(super) struct Parts<'i> {
    file: FileId,
    whole: Span,
    pairs: Pairs<'i, Rule>,
}

impl<'i> Parts<'i> {
    /// The parts of the statement at a place.
    pub(super) fn new(file: FileId, whole: Span, pairs: Pairs<'i, Rule>) -> Parts<'i> {
        Parts { file, whole, pairs }
    }

    fn peek(&mut self) -> Option<Pair<'i, Rule>> {
        while self.pairs.peek().is_some_and(|pair| is_connector(pair.as_rule())) {
            self.pairs.next();
        }
        self.pairs.peek()
    }

    /// The next part, if it is of a rule.
    pub(super) fn pair(&mut self, rule: Rule) -> Option<Pair<'i, Rule>> {
        self.peek().filter(|pair| pair.as_rule() == rule)?;
        self.pairs.next()
    }

    /// What stands for a part that is not there.
    pub(super) fn hole(&self) -> Word {
        Word { text: "".into(), span: self.whole.after() }
    }

    fn to_word(&self, pair: &Pair<'i, Rule>) -> Word {
        let span = pair.as_span();
        Word { text: span.as_str().into(), span: Span::new(self.file, span.start(), span.end()) }
    }

    /// The next part, whatever it is.
    pub(super) fn word(&mut self) -> Word {
        self.peek();
        match self.pairs.next() {
            Some(pair) => self.to_word(&pair),
            None => self.hole(),
        }
    }

    /// The next part as a word, if it is of a rule.
    pub(super) fn maybe(&mut self, rule: Rule) -> Option<Word> {
        self.pair(rule).map(|pair| self.to_word(&pair))
    }

    /// The next parts of a rule.
    pub(super) fn many(&mut self, rule: Rule) -> Vec<Word> {
        std::iter::from_fn(|| self.maybe(rule)).collect()
    }

    /// All parts that are left, up to the block.
    pub(super) fn words(&mut self) -> Vec<Word> {
        let more = |parts: &mut Self| parts.peek().is_some_and(|pair| pair.as_rule() != Rule::body);
        std::iter::from_fn(|| more(self).then(|| self.word())).collect()
    }

    fn enter(&self, pair: Pair<'i, Rule>) -> Parts<'i> {
        Parts { file: self.file, whole: self.whole, pairs: pair.into_inner() }
    }

    /// The words of a part that is a list; none if it is absent.
    pub(super) fn list(&mut self, rule: Rule) -> Vec<Word> {
        self.pair(rule).map(|pair| self.enter(pair).words()).unwrap_or_default()
    }

    /// The one word of a part such as `in SUBNET`.
    pub(super) fn inner(&mut self, rule: Rule) -> Option<Word> {
        self.pair(rule).map(|pair| self.enter(pair).word())
    }

    /// A former name.
    pub(super) fn was(&mut self) -> Option<Word> {
        self.inner(Rule::was)
    }

    /// A former name, out of line.
    pub(super) fn boxed_was(&mut self) -> Option<Box<Word>> {
        self.was().map(Box::new)
    }

    /// A protocol and its ports.
    pub(super) fn traffic(&self, pair: Pair<'i, Rule>) -> Traffic {
        let mut parts = self.enter(pair);
        Traffic { protocol: parts.word(), ports: parts.list(Rule::ports) }
    }

    /// A protocol and its ports; holes, if they are not there.
    pub(super) fn need_traffic(&mut self) -> Traffic {
        match self.pair(Rule::traffic) {
            Some(pair) => self.traffic(pair),
            None => Traffic { protocol: self.hole(), ports: Vec::new() },
        }
    }

    /// What a rule of a group says.
    pub(super) fn rule_line(&mut self) -> RuleLine {
        RuleLine { traffic: self.need_traffic(), members: self.list(Rule::members), why: self.maybe(Rule::string) }
    }

    /// What a parameter can be.
    pub(super) fn param_type(&mut self) -> ParamType {
        if let Some(range) = self.maybe(Rule::range) {
            return ParamType::Range(range);
        }
        let choices = self.list(Rule::choices);
        if choices.is_empty() { ParamType::Named(self.word()) } else { ParamType::Choices(choices) }
    }

    /// The other end of a peering.
    pub(super) fn peer_end(&mut self) -> PeerEnd {
        match self.maybe(Rule::string) {
            Some(vpc) => {
                PeerEnd::Far { vpc, account: self.inner(Rule::far_account), region: self.inner(Rule::far_region) }
            }
            None => PeerEnd::Here(self.word()),
        }
    }

    /// What a module is given.
    pub(super) fn arguments(&mut self) -> Vec<Argument> {
        let Some(pair) = self.pair(Rule::arguments) else { return Vec::new() };
        let mut list = self.enter(pair);
        std::iter::from_fn(|| list.pair(Rule::argument))
            .map(|pair| {
                let mut parts = self.enter(pair);
                Argument { name: parts.word(), values: parts.words() }
            })
            .collect()
    }

    /// The zones of a subnet.
    pub(super) fn zones(&mut self) -> Zones {
        match self.pair(Rule::across) {
            Some(pair) => {
                let mut across = self.enter(pair);
                Zones::Across { zones: across.list(Rule::zones), each: across.word() }
            }
            None => Zones::Az(self.inner(Rule::az).unwrap_or_else(|| self.hole())),
        }
    }

    /// An image, in whichever of its forms.
    pub(super) fn image(&mut self) -> Image {
        if let Some(pattern) = self.maybe(Rule::string) {
            return Image::Newest { pattern, owner: self.word() };
        }
        let name = self.word();
        match self.maybe(Rule::path) {
            Some(from) => Image::Made { name, from, region: self.maybe(Rule::word).map(Box::new) },
            None => Image::Named(name),
        }
    }
}

/// The words that only connect parts; see the grammar.
fn is_connector(rule: Rule) -> bool {
    use Rule as R;
    matches!(
        rule,
        R::from_word
            | R::to_word
            | R::via_word
            | R::in_word
            | R::as_word
            | R::by_word
            | R::reach_word
            | R::on_word
            | R::each_word
            | R::az_word
            | R::across_word
    )
}
