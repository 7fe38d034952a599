//! Runs each target on its corpus and on a bounded number of changes of it, on any toolchain.
//!
//! `FUZZ_ROUNDS` sets how many changes of each file are tried, `FUZZ_SEED` where the chance begins.
#![forbid(unsafe_code)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

#[test]
fn no_request_line_or_header_upsets_the_parser() {
    replay("query", oxbase_fuzz::query);
}

#[test]
fn no_body_upsets_the_parser() {
    replay("payload", oxbase_fuzz::payload);
}

#[test]
fn no_token_upsets_the_verifier() {
    replay("token", oxbase_fuzz::token);
}

#[test]
fn no_path_upsets_the_parser() {
    replay("jspath", oxbase_fuzz::jspath);
}

#[test]
fn no_first_packet_upsets_the_parser() {
    replay("startup", oxbase_fuzz::startup);
}

#[test]
fn no_message_upsets_the_parser() {
    replay("frontend", oxbase_fuzz::frontend);
}

fn replay(name: &str, target: fn(&[u8])) {
    let corpus = read_corpus(name);
    let mut chance = Chance(setting("FUZZ_SEED", 1));
    let rounds = setting("FUZZ_ROUNDS", 2_000);
    for seed in &corpus {
        run(target, seed);
        let mut input = seed.clone();
        for round in 0..rounds {
            // Changes pile up for a while, so that inputs move away from the corpus.
            if round % 8 == 0 {
                input.clone_from(seed);
            }
            change(&mut input, &corpus, &mut chance);
            run(target, &input);
        }
    }
}

fn run(target: fn(&[u8]), input: &[u8]) {
    let start = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| target(input)));
    assert!(outcome.is_ok(), "panics on b\"{}\"", input.escape_ascii());
    let slow = start.elapsed() > LIMIT;
    assert!(!slow, "too slow on b\"{}\"", input.escape_ascii());
}

/// Makes one change: of a byte, of a stretch, or a piece of another file or of the syntax put in.
fn change(input: &mut Vec<u8>, corpus: &[Vec<u8>], chance: &mut Chance) {
    let from = chance.below(input.len() + 1);
    let until = (from + chance.below(16)).min(input.len());
    match chance.below(7) {
        0 if from < input.len() => input[from] ^= 1 << chance.below(8),
        1 if from < input.len() => input[from] = chance.below(256) as u8,
        2 => drop(input.drain(from..until)),
        3 => {
            let stretch = input[from..until].repeat(1 + chance.below(4));
            input.splice(from..from, stretch);
        }
        4 => {
            let other = &corpus[chance.below(corpus.len())];
            let start = chance.below(other.len() + 1);
            let end = (start + chance.below(32)).min(other.len());
            input.splice(from..until, other[start..end].iter().copied());
        }
        5 => {
            let word = WORDS[chance.below(WORDS.len())];
            input.splice(
                from..from,
                word.bytes()
                    .cycle()
                    .take(word.len() * (1 + chance.below(3))),
            );
        }
        _ => input.truncate(from.max(1)),
    }
    input.truncate(MAX_INPUT);
}

fn read_corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

/// Numbers that look like chance and are the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % end.max(1) as u64).unwrap()
    }
}

const LIMIT: Duration = Duration::from_secs(2);
const MAX_INPUT: usize = 4096;

/// Pieces of syntax and of text that is easily read in a wrong way.
const WORDS: [&str; 48] = [
    "(",
    ")",
    ",",
    ".",
    "..",
    "...",
    ":",
    "::",
    "!",
    "!inner",
    "->",
    "->>",
    "\"",
    "\\",
    "%",
    "%2",
    "%28",
    "%2C",
    "%22",
    "%00",
    "%ff",
    "%F0%9F%98%80",
    "&",
    "=",
    "not.",
    "and=(",
    "or=(",
    "eq.",
    "in.(",
    "fts(",
    "cs.{",
    "{",
    "}",
    "[",
    "]",
    "*",
    ";",
    "é",
    "\u{1f600}",
    "\u{0}",
    "\n",
    "\r\n",
    " ",
    "-1",
    "99999999999999999999",
    "1e999",
    "null",
    "\u{feff}",
];
