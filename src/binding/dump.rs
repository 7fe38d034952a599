//! pg_dump for JavaScript.

use napi::bindgen_prelude::{Buffer, Either};
use napi_derive::napi;

use super::error::NativeError;
use crate::engine::dump;

/// What pg_dump writes of the database in a directory that nobody has open, called with these arguments.
#[napi]
pub async fn pg_dump(data_dir: String, arguments: Vec<String>) -> Either<Buffer, NativeError> {
    match tokio::task::spawn_blocking(move || dump(&data_dir, arguments)).await {
        Ok(Ok(bytes)) => Either::A(bytes.into()),
        Ok(Err(error)) => Either::B(error.into()),
        Err(_) => Either::B(NativeError::internal("pg_dump ended unexpectedly")),
    }
}
