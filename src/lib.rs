//! oxbase: PostgreSQL inside a Node process.
//!
//! Layers, from the bottom: `protocol`, `sql`, `http` and `jwt` (pure), `engine` (the thread that owns PostgreSQL and the
//! queue before it), `session` (N virtual sessions over one backend), `database` (where services run their SQL), `rest`
//! (PostgREST), `gateway` (the services behind their paths), `tenant` (a database per tenant), `server` (PostgreSQL's
//! protocol over sockets), `join` (one directory for many processes), `binding` (the only layer that knows Node).
//! See docs/architecture.md.

pub mod binding;
mod database;
mod engine;
mod gateway;
mod http;
mod join;
mod jwt;
mod protocol;
mod rest;
mod server;
mod session;
mod sql;
mod tenant;
