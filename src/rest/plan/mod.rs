//! Planning: an intent meets the schema cache.
//!
//! In: `ApiRequest`, `Config`, `SchemaCache`. Out: a `Plan`, or PostgREST's error. Mirrors PostgREST v14.
#![forbid(unsafe_code)]

mod aggregate;
mod alias;
mod call;
mod condition;
mod embed;
mod embed_path;
mod field;
#[cfg(test)]
mod fixture;
mod mutate;
mod negotiate;
mod null_embed;
mod order;
mod prefer;
mod range;
mod read;
mod relationship;
mod returning;
mod routine;
mod spread;
mod star;
pub(crate) mod types;

pub(crate) use types::Plan;

use types::InfoPlan;

use crate::rest::api_request::{Action, ApiRequest};
use crate::rest::config::Config;
use crate::rest::error::Error;
use crate::rest::schema_cache::SchemaCache;

impl Plan {
    /// Resolves the names of a request; which of several errors is told follows PostgREST's order.
    pub(crate) fn new(
        request: &ApiRequest,
        config: &Config,
        cache: &SchemaCache,
    ) -> Result<Self, Error> {
        match &request.action {
            Action::RelationRead { relation, head } => {
                read::plan_action(relation, *head, request, config, cache).map(Self::Read)
            }
            Action::RelationMutate { relation, mutation } => {
                mutate::plan_action(relation, *mutation, request, config, cache).map(Self::Mutate)
            }
            Action::Routine { routine, invoke } => {
                call::plan_action(routine, *invoke, request, config, cache).map(Self::Call)
            }
            Action::SchemaRead { schema, head } => {
                negotiate::plan_inspect(schema, *head, &request.accept)
            }
            Action::RelationInfo(relation) => Ok(Self::Info(InfoPlan::Relation(relation.clone()))),
            Action::RoutineInfo(routine) => {
                call::plan_info(routine, request, config, cache).map(Self::Info)
            }
            Action::SchemaInfo => Ok(Self::Info(InfoPlan::Schema)),
        }
    }
}
