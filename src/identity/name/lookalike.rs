//! Characters that are taken for one another on paper or on a screen.

use std::sync::LazyLock;

/// Sorted.
static PAIRS: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let rows = include_str!("tables/lookalike.tsv").lines().filter_map(|line| line.strip_prefix("shape\t"));
    let pair = |row: &str| {
        let (a, b) = row.split_once('\t')?;
        Some(ordered(a.chars().next()?, b.chars().next()?))
    };
    let mut pairs: Vec<u64> = rows.filter_map(pair).collect();
    pairs.sort_unstable();
    pairs
});

/// Whether two different characters look alike. A search by halves among some hundred.
///
/// Source: `tables/lookalike.tsv`, general knowledge, collected by hand.
pub fn are_alike(a: char, b: char) -> bool {
    a != b && PAIRS.binary_search(&ordered(a, b)).is_ok()
}

/// Two characters as one number, in whatever order.
fn ordered(a: char, b: char) -> u64 {
    u64::from(a.min(b)) << 32 | u64::from(a.max(b))
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
