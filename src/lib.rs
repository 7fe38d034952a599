//! oxbase: PostgreSQL inside a Node process.
//!
//! Layers, from the bottom: `protocol`, `sql`, `http` and `jwt` (pure), `engine` (the thread that owns PostgreSQL and the
//! queue before it), `session` (N virtual sessions over one backend), `database` (where services run their SQL), `rest`
//! (PostgREST), `gateway` (the services behind their paths), `binding` (the only layer that knows Node).
//! See docs/architecture.md.

pub mod binding;
mod database;
mod engine;
mod gateway;
mod http;
mod jwt;
mod protocol;
mod rest;
mod session;
mod sql;
