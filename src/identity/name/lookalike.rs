//! Characters that are taken for one another on paper or on a screen.

use std::collections::HashSet;
use std::sync::LazyLock;

static PAIRS: LazyLock<HashSet<(char, char)>> = LazyLock::new(|| {
    let rows = include_str!("tables/lookalike.tsv").lines().filter_map(|line| line.strip_prefix("shape\t"));
    rows.filter_map(|row| {
        let (a, b) = row.split_once('\t')?;
        ordered(a.chars().next()?, b.chars().next()?).into()
    })
    .collect()
});

/// Whether two different characters look alike. One probe of a hash table.
///
/// Source: `tables/lookalike.tsv`, general knowledge, collected by hand.
pub fn are_alike(a: char, b: char) -> bool {
    a != b && PAIRS.contains(&ordered(a, b))
}

fn ordered(a: char, b: char) -> (char, char) {
    (a.min(b), a.max(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_way_round_and_never_itself() {
        assert!(are_alike('日', '曰') && are_alike('曰', '日'));
        assert!(!are_alike('日', '日') && !are_alike('日', '水'));
    }
}
