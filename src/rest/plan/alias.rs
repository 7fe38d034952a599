//! Names of selected fields that the request gave none: the last key of a JSON path, a represented column, an aggregate.
//!
//! In and out: a read plan. Mirrors PostgREST v14, JSON columns and domain representations.
#![forbid(unsafe_code)]

use crate::rest::api_request::types::{Aggregate, JsonOperand, JsonOperation};

use super::types::{PlanField, ReadPlan, SelectField};

/// Names the fields of a node and of those under it.
pub(crate) fn add_aliases(node: &mut ReadPlan) {
    let is_spread = node.spread.is_some();
    for item in &mut node.select {
        if item.alias.is_none() {
            item.alias = implied_alias(item, is_spread);
        }
    }
    node.children.iter_mut().for_each(add_aliases);
}

fn implied_alias(item: &SelectField, is_spread: bool) -> Option<String> {
    if let Some(aggregate) = item.aggregate {
        // The parent selects it by name, whether it is aggregated here or there.
        return is_spread.then(|| aggregate_name(aggregate).to_owned());
    }
    last_key(&item.field).or_else(|| {
        let is_represented = item.field.transform.is_some();
        is_represented.then(|| item.field.name.clone())
    })
}

/// `c` of `data->a->c`, `a` of `data->a->0`, `data` of `data->0`.
fn last_key(field: &PlanField) -> Option<String> {
    if field.path.is_empty() {
        return None;
    }
    let key = field
        .path
        .iter()
        .rev()
        .find_map(|operation| match operation {
            JsonOperation::Arrow(JsonOperand::Key(key))
            | JsonOperation::DoubleArrow(JsonOperand::Key(key)) => Some(key),
            _ => None,
        });
    Some(key.unwrap_or(&field.name).clone())
}

const fn aggregate_name(aggregate: Aggregate) -> &'static str {
    match aggregate {
        Aggregate::Sum => "sum",
        Aggregate::Avg => "avg",
        Aggregate::Max => "max",
        Aggregate::Min => "min",
        Aggregate::Count => "count",
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{
        cache, cache_with_representations, field, get, json_field, read, read_with,
    };
    use crate::rest::api_request::types::JsonOperand;
    use crate::rest::config::Config;

    fn alias(keys: &[JsonOperand]) -> Option<String> {
        let plan = read(&get("documents", vec![json_field("data", keys)]));
        plan.select.first().unwrap().alias.clone()
    }

    fn key(name: &str) -> JsonOperand {
        JsonOperand::Key(name.to_owned())
    }

    fn index() -> JsonOperand {
        JsonOperand::Index("+1".to_owned())
    }

    #[test]
    fn the_last_key_of_a_path_is_the_name() {
        assert_eq!(alias(&[]), None);
        assert_eq!(alias(&[key("a"), key("b")]), Some("b".to_owned()));
        assert_eq!(alias(&[key("a"), index()]), Some("a".to_owned()));
        assert_eq!(alias(&[index()]), Some("data".to_owned()));
    }

    #[test]
    fn a_represented_column_keeps_its_name() {
        let request = get("todos", vec![field("color")]);
        let represented = read_with(&request, &Config::default(), &cache_with_representations());
        let name = represented.select.first().unwrap().alias.clone();
        assert_eq!(name, Some("color".to_owned()));
        let plain = read_with(&request, &Config::default(), &cache());
        assert_eq!(plain.select.first().unwrap().alias, None);
    }
}
