//! How wide texts are.
//!
//! Pictures are laid out before anybody knows which fonts the reader has. Widths are those of Helvetica, which Arial and
//! Liberation Sans share, and of the usual fixed-width fonts; the SVG asks for these, and gives each text the width that
//! it was laid out with, so that no other font makes it longer.

use ecow::EcoString;

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Upright.
    Regular,
    /// Bold.
    Bold,
    /// With one width for all characters: addresses and blocks.
    Code,
}

/// What ends a text of which there is more.
const MORE: &str = "…";

/// Widths of the characters from the space to the tilde, in thousandths of the size.
const REGULAR: [u16; 95] = [
    278, 278, 355, 557, 557, 890, 667, 191, 334, 334, 390, 584, 278, 334, 278, 278, 557, 557, 557, 557, 557, 557, 557,
    557, 557, 557, 278, 278, 584, 584, 584, 557, 1016, 667, 667, 723, 723, 667, 611, 778, 723, 278, 500, 667, 557, 834,
    723, 778, 667, 778, 723, 667, 611, 723, 667, 944, 667, 667, 611, 278, 278, 278, 470, 557, 334, 557, 557, 500, 557,
    557, 278, 557, 557, 223, 223, 500, 223, 834, 557, 557, 557, 557, 334, 500, 278, 557, 500, 723, 500, 500, 500, 334,
    260, 334, 584,
];
const BOLD: [u16; 95] = [
    278, 334, 475, 557, 557, 890, 723, 238, 334, 334, 390, 584, 278, 334, 278, 278, 557, 557, 557, 557, 557, 557, 557,
    557, 557, 557, 334, 334, 584, 584, 584, 611, 976, 723, 723, 723, 723, 667, 611, 778, 723, 278, 557, 723, 611, 834,
    723, 778, 667, 778, 723, 667, 611, 723, 667, 944, 667, 667, 611, 334, 278, 334, 584, 557, 334, 557, 611, 557, 611,
    557, 334, 611, 611, 278, 278, 557, 278, 890, 611, 611, 611, 611, 390, 557, 334, 611, 557, 778, 557, 557, 500, 390,
    280, 390, 584,
];
const CODE: u16 = 602;

impl Face {
    /// In thousandths of the size. What no table has counts as wide as it is high.
    fn advance(self, character: char) -> u32 {
        let place = (character as usize).wrapping_sub(' ' as usize);
        let known = match self {
            Face::Code if character.is_ascii() => Some(&CODE),
            Face::Regular => REGULAR.get(place),
            Face::Bold => BOLD.get(place),
            Face::Code => None,
        };
        match (known, character) {
            (Some(width), _) => u32::from(*width),
            (None, '·') => 334,
            (None, '–') => 602,
            (None, _) => 1000,
        }
    }

    /// How wide a text is, in tenths of a pixel, at a size in pixels.
    pub fn tenths(self, text: &str, size: i32) -> i32 {
        let thousandths: u64 = text.chars().map(|character| u64::from(self.advance(character))).sum();
        i32::try_from((thousandths * size.unsigned_abs() as u64).div_ceil(100)).unwrap_or(i32::MAX)
    }

    /// How wide a text is, in pixels, rounded up.
    pub fn width(self, text: &str, size: i32) -> i32 {
        let tenths = self.tenths(text, size);
        tenths / 10 + i32::from(tenths % 10 != 0)
    }

    /// As much of a text as fits into `room` pixels, with an ellipsis if that is not all of it; nothing, if not even
    /// that has room.
    pub fn fit(self, text: &str, size: i32, room: i32) -> EcoString {
        if self.width(text, size) <= room {
            return text.into();
        }
        // The ellipsis is a character of the table of none.
        let room = i64::from(room) * 1000 - i64::from(size) * 1000;
        let mut used = 0;
        let kept = text.char_indices().find(|(_, character)| {
            used += i64::from(self.advance(*character)) * i64::from(size);
            used > room
        });
        let kept = kept.map_or(text, |(end, _)| &text[..end]).trim_end();
        if room < 0 { EcoString::new() } else { EcoString::from(kept) + MORE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_fits_stays_and_what_does_not_ends_in_an_ellipsis() {
        assert_eq!(Face::Regular.width("monitoring", 10), 47);
        assert_eq!(Face::Regular.fit("monitoring", 10, 47), "monitoring");
        assert_eq!(Face::Regular.fit("monitoring", 10, 46), "monitori…");
        assert_eq!(Face::Regular.fit("monitoring", 10, 9), "");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_fitted_fits(text in "\\PC{0,40}", size in 8i32..20, room in 0i32..300) {
            for face in [Face::Regular, Face::Bold, Face::Code] {
                prop_assert!(face.width(&face.fit(&text, size, room), size) <= room);
            }
        }
    }
}
