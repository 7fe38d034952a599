//! `cargo +nightly fuzz run token`; without cargo-fuzz, `cargo run --bin token -- <files>` runs the files once.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|input: &[u8]| oxbase_fuzz::token(input));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    oxbase_fuzz::run_files(oxbase_fuzz::token)
}
