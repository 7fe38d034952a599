//! Fuzzy search in a set of names.
//!
//! Candidates share groups of three letters (else of two) with the name that is searched, the closest ones by cosine
//! similarity; they are then ordered by Levenshtein distance. The method and its limits are those of the Haskell library
//! `fuzzyset`, with which PostgREST v14 makes its hints.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, HashMap};

/// A set of names. Case does not count.
#[derive(Debug, Default)]
pub(super) struct FuzzySet<'a> {
    /// Names with their lower-case form.
    entries: Vec<Entry<'a>>,
    /// Position in `entries` by lower-case form.
    exact: HashMap<String, usize>,
}

#[derive(Debug)]
struct Entry<'a> {
    name: &'a str,
    key: String,
}

impl<'a> FuzzySet<'a> {
    /// The set of these names. Of names that differ in case only the first one counts.
    pub(super) fn new(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut set = Self::default();
        for name in names {
            let key = name.to_lowercase();
            if !set.exact.contains_key(&key) {
                set.exact.insert(key.clone(), set.entries.len());
                set.entries.push(Entry { name, key });
            }
        }
        set
    }

    /// The closest name.
    pub(super) fn get_one(&self, name: &str) -> Option<&'a str> {
        self.search(name).first().map(|&(_, found)| found)
    }

    /// The closest name, if it is close enough for nobody to be misled.
    pub(super) fn get_near(&self, name: &str) -> Option<&'a str> {
        let found = self.search(name);
        found
            .first()
            .filter(|(score, _)| *score >= NEAR_SCORE)
            .map(|&(_, found)| found)
    }

    /// Names that are close, with their similarity from 0 to 1, the closest first.
    pub(super) fn search(&self, name: &str) -> Vec<(f64, &'a str)> {
        let key = name.to_lowercase();
        if let Some(entry) = self
            .exact
            .get(&key)
            .and_then(|&index| self.entries.get(index))
        {
            return vec![(1.0, entry.name)];
        }
        GRAM_SIZES
            .iter()
            .map(|&size| self.search_grams(&key, size))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    fn search_grams(&self, key: &str, size: usize) -> Vec<(f64, &'a str)> {
        let searched = grams(key, size);
        let mut candidates: Vec<(f64, &Entry<'a>)> = self
            .entries
            .iter()
            .filter_map(|entry| Some((cosine(&searched, &grams(&entry.key, size))?, entry)))
            .collect();
        candidates.sort_by(|(left, _), (right, _)| right.total_cmp(left));
        let mut found: Vec<(f64, &'a str)> = candidates
            .into_iter()
            .take(MAX_CANDIDATES)
            .map(|(_, entry)| (similarity(key, &entry.key), entry.name))
            .filter(|(score, _)| *score >= MIN_SCORE)
            .collect();
        found.sort_by(|(left, _), (right, _)| right.total_cmp(left));
        found
    }
}

/// How often each group of letters is in a name between hyphens. Only letters, digits, spaces and commas count.
fn grams(key: &str, size: usize) -> BTreeMap<String, u32> {
    let letters: Vec<char> = std::iter::once('-')
        .chain(
            key.chars()
                .filter(|c| c.is_alphanumeric() || c.is_whitespace() || *c == ','),
        )
        .chain(std::iter::once('-'))
        .collect();
    let mut grams = BTreeMap::new();
    for gram in letters.windows(size) {
        *grams.entry(gram.iter().collect()).or_insert(0) += 1;
    }
    grams
}

/// The cosine of the angle between two names as vectors of their groups; none when they share no group.
fn cosine(left: &BTreeMap<String, u32>, right: &BTreeMap<String, u32>) -> Option<f64> {
    let product: u32 = left
        .iter()
        .filter_map(|(gram, count)| Some(count * right.get(gram)?))
        .sum();
    (product > 0).then(|| f64::from(product) / (magnitude(left) * magnitude(right)))
}

fn magnitude(grams: &BTreeMap<String, u32>) -> f64 {
    f64::from(grams.values().map(|count| count * count).sum::<u32>()).sqrt()
}

/// One minus the Levenshtein distance, as a part of the longer length.
fn similarity(left: &str, right: &str) -> f64 {
    let right: Vec<char> = right.chars().collect();
    let mut distances: Vec<u32> = (0..=right.len()).map(count).collect();
    let mut length = 0_u32;
    for letter in left.chars() {
        let mut diagonal = length;
        length += 1;
        let mut before = length;
        for (distance, &other) in distances.iter_mut().skip(1).zip(&right) {
            let replaced = diagonal + u32::from(letter != other);
            diagonal = *distance;
            before = replaced.min(diagonal + 1).min(before + 1);
            *distance = before;
        }
        if let Some(first) = distances.first_mut() {
            *first = length;
        }
    }
    let longest = length.max(count(right.len()));
    let distance = distances.last().copied().unwrap_or_default();
    if longest == 0 {
        1.0
    } else {
        1.0 - f64::from(distance) / f64::from(longest)
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The larger groups are tried first.
const GRAM_SIZES: [usize; 2] = [3, 2];
/// How many candidates are measured.
const MAX_CANDIDATES: usize = 50;
/// Names that are less similar are not found.
const MIN_SCORE: f64 = 0.33;
/// How similar the name of a table or function is that is suggested.
const NEAR_SCORE: f64 = 0.75;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whatever_their_case() {
        let set = FuzzySet::new(["Films", "films", "actors"]);
        assert_eq!(set.search("FILMS"), [(1.0, "Films")]);
    }

    #[test]
    fn the_closest_name_comes_first() {
        let set = FuzzySet::new(["projects", "project_view", "clients"]);
        let names: Vec<&str> = set
            .search("project")
            .into_iter()
            .map(|(_, name)| name)
            .collect();
        assert_eq!(names, ["projects", "project_view"]);
        assert_eq!(set.get_one("client"), Some("clients"));
    }

    #[test]
    fn names_that_share_two_letters_are_found_when_none_shares_three() {
        assert_eq!(FuzzySet::new(["ab"]).get_one("aab"), Some("ab"));
    }

    #[test]
    fn names_that_are_too_different_are_not_found() {
        let set = FuzzySet::new(["test", "another"]);
        assert_eq!(set.get_one("noclosealternative"), None);
        assert_eq!(set.get_one(""), None);
        assert_eq!(FuzzySet::new([]).get_one("x"), None);
    }

    #[test]
    fn similarity_is_a_part_of_the_longer_name() {
        let close = |left: f64, right: f64| (left - right).abs() < 1e-9;
        assert!(close(similarity("kitten", "sitting"), 1.0 - 3.0 / 7.0));
        assert!(close(similarity("", "abc"), 0.0));
        assert!(close(similarity("", ""), 1.0));
        assert!(close(similarity("é", "é"), 1.0));
    }

    #[test]
    fn groups_are_counted_with_the_edges_of_the_name() {
        let expected = [("-x", 1), ("x-", 1), ("xx", 3)];
        let expected = expected
            .map(|(gram, count)| (gram.to_owned(), count))
            .into();
        assert_eq!(grams("x_x.xx", 2), expected);
    }
}
