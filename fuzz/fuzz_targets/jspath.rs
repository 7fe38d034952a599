//! `cargo +nightly fuzz run jspath`; without cargo-fuzz, `cargo run --bin jspath -- <files>` runs the files once.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|input: &[u8]| oxbase_fuzz::jspath(input));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    oxbase_fuzz::run_files(oxbase_fuzz::jspath)
}
