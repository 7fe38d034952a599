//! `cargo +nightly fuzz run startup`; without cargo-fuzz, `cargo run --bin startup -- <files>` runs the files once.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|input: &[u8]| oxbase_fuzz::startup(input));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    oxbase_fuzz::run_files(oxbase_fuzz::startup)
}
