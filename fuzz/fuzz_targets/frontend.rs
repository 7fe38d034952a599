//! `cargo +nightly fuzz run frontend`; without cargo-fuzz, `cargo run --bin frontend -- <files>` runs the files once.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|input: &[u8]| oxbase_fuzz::frontend(input));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    oxbase_fuzz::run_files(oxbase_fuzz::frontend)
}
