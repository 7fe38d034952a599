//! A directory that nobody can open while its files are read, for JavaScript.

use std::sync::{Mutex, PoisonError};

use napi::bindgen_prelude::Either;
use napi_derive::napi;

use super::error::NativeError;
use crate::engine::Hold;

/// Keeps everybody from opening a directory until `release` is called.
#[napi]
#[derive(Debug)]
pub struct NativeHold {
    hold: Mutex<Option<Hold>>,
}

#[napi]
impl NativeHold {
    /// Takes the directory; an error when somebody has it open.
    #[napi]
    pub async fn take(data_dir: String) -> Either<NativeHold, NativeError> {
        match tokio::task::spawn_blocking(move || Hold::take(&data_dir)).await {
            Ok(Ok(hold)) => Either::A(Self {
                hold: Mutex::new(Some(hold)),
            }),
            Ok(Err(error)) => Either::B(error.into()),
            Err(_) => Either::B(NativeError::internal(
                "the directory could not be looked at",
            )),
        }
    }

    /// Lets the directory go.
    #[napi]
    pub fn release(&self) {
        drop(
            self.hold
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
    }
}
