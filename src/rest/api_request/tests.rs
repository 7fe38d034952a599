//! Requests and what is read from them.
#![forbid(unsafe_code)]

use http::Method;
use proptest::prelude::*;

use super::types::{
    Aggregate, Field, FullTextOperator, IsValue, JoinType, JsonOperand, JsonOperation,
    LogicOperator, Operation, OrderDirection, OrderNulls, QuantOperator, Quantifier,
    SimpleOperator,
};
use super::*;

fn parse_with(
    method: &Method,
    target: &str,
    headers: &[(&str, &str)],
) -> Result<ApiRequest, Error> {
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    ApiRequest::parse(&Config::default(), method, target, &headers, Bytes::new())
}

fn get(query: &str) -> ApiRequest {
    parse_with(&Method::GET, &format!("/items?{query}"), &[]).unwrap()
}

fn failure(method: &Method, target: &str, headers: &[(&str, &str)]) -> ApiError {
    match parse_with(method, target, headers) {
        Err(Error::Api(error)) => error,
        other => panic!("{target}: {other:?}"),
    }
}

/// Message and details of a query that cannot be read.
fn refused_at(target: &str) -> (String, String) {
    match failure(&Method::GET, target, &[]) {
        ApiError::QueryParam { message, details } => (message, details),
        other => panic!("{target}: {other:?}"),
    }
}

fn field(name: &str) -> Field {
    Field {
        name: name.to_owned(),
        path: Vec::new(),
    }
}

fn column(name: &str) -> SelectItem {
    SelectItem::Field {
        field: field(name),
        aggregate: None,
        aggregate_cast: None,
        cast: None,
        alias: None,
    }
}

fn equals(name: &str, value: &str) -> Filter {
    Filter {
        field: field(name),
        negated: false,
        operation: Operation::Quantified(QuantOperator::Equal, None, value.to_owned()),
    }
}

#[test]
fn without_select_all_columns_are_selected_and_an_empty_one_selects_none() {
    assert_eq!(get("").query.select, [column("*")]);
    assert_eq!(get("select").query.select, [column("*")]);
    assert_eq!(get("select=").query.select, []);
    assert_eq!(get("select=a&select=b").query.select, [column("a")]);
}

#[test]
fn selected_columns_have_aliases_paths_casts_and_aggregates() {
    let select = get("select=x:data->a->>-1::text.max()::int,count()::text,n:count()")
        .query
        .select;
    let data = Field {
        name: "data".to_owned(),
        path: vec![
            JsonOperation::Arrow(JsonOperand::Key("a".to_owned())),
            JsonOperation::DoubleArrow(JsonOperand::Index("-1".to_owned())),
        ],
    };
    let count = |cast: Option<&str>, alias: Option<&str>| SelectItem::Field {
        field: field("*"),
        aggregate: Some(Aggregate::Count),
        aggregate_cast: cast.map(str::to_owned),
        cast: None,
        alias: alias.map(str::to_owned),
    };
    let item = SelectItem::Field {
        field: data,
        aggregate: Some(Aggregate::Max),
        aggregate_cast: Some("int".to_owned()),
        cast: Some("text".to_owned()),
        alias: Some("x".to_owned()),
    };
    assert_eq!(
        select,
        [item, count(Some("text"), None), count(None, Some("n"))]
    );
}

#[test]
fn embedded_resources_have_aliases_hints_and_joins() {
    let select = get("select=%22a,b%22, c:rel!fk!inner( id , ...other!left(*)),e()")
        .query
        .select;
    let relation = |relation: &str, alias: Option<&str>, hint: Option<&str>, join, select| {
        SelectItem::Relation {
            relation: relation.to_owned(),
            alias: alias.map(str::to_owned),
            hint: hint.map(str::to_owned),
            join,
            select,
        }
    };
    let spread = SelectItem::Spread {
        relation: "other".to_owned(),
        hint: None,
        join: Some(JoinType::Left),
        select: vec![column("*")],
    };
    let inner = relation(
        "rel",
        Some("c"),
        Some("fk"),
        Some(JoinType::Inner),
        vec![column("id"), spread],
    );
    assert_eq!(
        select,
        [
            column("a,b"),
            inner,
            relation("e", None, None, None, vec![])
        ]
    );
}

#[test]
fn filters_have_operators_of_all_kinds() {
    let cases = [
        (
            "eq.5",
            Operation::Quantified(QuantOperator::Equal, None, "5".to_owned()),
        ),
        (
            "like(any).{a,b}",
            Operation::Quantified(
                QuantOperator::Like,
                Some(Quantifier::Any),
                "{a,b}".to_owned(),
            ),
        ),
        (
            "imatch(all).x",
            Operation::Quantified(QuantOperator::IMatch, Some(Quantifier::All), "x".to_owned()),
        ),
        (
            "nxl.(1,2)",
            Operation::Simple(SimpleOperator::NotExtendsLeft, "(1,2)".to_owned()),
        ),
        (
            "neq.",
            Operation::Simple(SimpleOperator::NotEqual, String::new()),
        ),
        ("is.Not_NULL", Operation::Is(IsValue::NotNull)),
        ("isdistinct.7", Operation::IsDistinctFrom("7".to_owned())),
        (
            "wfts(simple).a b",
            Operation::FullText(
                FullTextOperator::WebSearch,
                Some("simple".to_owned()),
                "a b".to_owned(),
            ),
        ),
        (
            "in.(1,\"a,\\\"b\\\"\",\"x\"y,)",
            Operation::In(["1", "a,\"b\"", "\"x\"y", ""].map(str::to_owned).to_vec()),
        ),
    ];
    for (value, operation) in cases {
        let expected = Filter {
            field: field("a"),
            negated: false,
            operation,
        };
        assert_eq!(
            get(&format!("a={value}")).query.root_filters,
            std::slice::from_ref(&expected),
            "{value}"
        );
        let negated = Filter {
            negated: true,
            ..expected
        };
        assert_eq!(
            get(&format!("a=not.{value}")).query.root_filters,
            [negated],
            "{value}"
        );
    }
}

#[test]
fn filters_of_embedded_resources_are_apart() {
    let query = get("rel.sub.a=eq.1&b=eq.2").query;
    let path = vec!["rel".to_owned(), "sub".to_owned()];
    assert_eq!(query.root_filters, [equals("b", "2")]);
    assert_eq!(query.embedded_filters, [(path.clone(), equals("a", "1"))]);
    assert_eq!(
        query.filters,
        [(path, equals("a", "1")), (vec![], equals("b", "2"))]
    );
    assert!(query.filter_fields.iter().eq(["b", "rel.sub.a"]));
}

#[test]
fn logic_is_a_tree() {
    let query = get("rel.not.or=( a.eq.1 ,not.and(b.in.(1,2),c.eq.{3,4},d.eq.\"x,y\"))").query;
    let list = Filter {
        field: field("b"),
        negated: false,
        operation: Operation::In(vec!["1".to_owned(), "2".to_owned()]),
    };
    let inner = [list, equals("c", "{3,4}"), equals("d", "x,y")];
    let tree = LogicTree::Expression {
        negated: true,
        operator: LogicOperator::Or,
        operands: vec![
            // Blanks before a comma belong to the value.
            LogicTree::Filter(equals("a", "1 ")),
            LogicTree::Expression {
                negated: true,
                operator: LogicOperator::And,
                operands: inner.map(LogicTree::Filter).to_vec(),
            },
        ],
    };
    assert_eq!(query.logic, [(vec!["rel".to_owned()], tree)]);
}

#[test]
fn order_terms_are_columns_or_columns_of_relations() {
    let query = get("rel.order=a.desc.nullslast,b.nullsfirst&order=clients(name).asc").query;
    let term = |name, direction, nulls| OrderTerm::Field {
        field: field(name),
        direction,
        nulls,
    };
    let terms = vec![
        term("a", Some(OrderDirection::Desc), Some(OrderNulls::Last)),
        term("b", None, Some(OrderNulls::First)),
    ];
    let relation = OrderTerm::Relation {
        relation: "clients".to_owned(),
        field: field("name"),
        direction: Some(OrderDirection::Asc),
        nulls: None,
    };
    assert_eq!(
        query.order,
        [(vec!["rel".to_owned()], terms), (vec![], vec![relation])]
    );
}

#[test]
fn names_of_columns_are_a_set_and_those_of_a_conflict_a_list() {
    let query = get("columns=b,a,\"c,d\"&on_conflict=y,x").query;
    assert!(query.columns.unwrap().iter().eq(["a", "b", "c,d"]));
    assert_eq!(
        query.on_conflict,
        Some(vec!["y".to_owned(), "x".to_owned()])
    );
}

#[test]
fn a_function_that_is_read_takes_parameters_without_operator() {
    let request = parse_with(&Method::GET, "/rpc/f?a=1&b=eq.2&v=x&v=y", &[]).unwrap();
    let pairs = [("a", "1"), ("v", "x"), ("v", "y")];
    assert_eq!(
        request.query.params,
        pairs.map(|(k, v)| (k.to_owned(), v.to_owned()))
    );
    assert_eq!(request.query.root_filters, [equals("b", "2")]);
}

#[test]
fn what_follows_a_match_does_not_count() {
    assert_eq!(get("select=*!hint").query.select, []);
    assert_eq!(get("a=is.nullx").query.root_filters.len(), 1);
    assert_eq!(get("and=(a.eq.1))").query.logic.len(), 1);
}

#[test]
fn parsers_say_what_was_not_expected_where() {
    for (target, message, details) in PARSE_ERRORS {
        assert_eq!(
            refused_at(target),
            (message.to_owned(), details.to_owned()),
            "{target}"
        );
    }
}

#[test]
fn nesting_is_bounded_and_does_not_exhaust_the_stack() {
    let select = format!("/items?select={}*{}", "a(".repeat(60), ")".repeat(60));
    assert!(parse_with(&Method::GET, &select, &[]).is_ok());
    let select = format!("/items?select={}", "a(".repeat(100_000));
    assert_eq!(refused_at(&select).1, "too many nested resources");
    let logic = format!("/items?and=({}", "or(".repeat(100_000));
    assert_eq!(refused_at(&logic).1, "too many nested conditions");
}

#[test]
fn names_may_hold_any_character_between_quotes() {
    assert_eq!(
        get("%22a.b%00%22=eq.1").query.root_filters,
        [equals("a.b\0", "1")]
    );
}

#[test]
fn limits_of_all_levels_are_kept() {
    let request = get("limit=3&offset=2&rel.limit=-1&rel.sub.offset=4");
    let range = |offset, limit| RowRange { offset, limit };
    let path = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(request.top_level_range, range(2, Some(3)));
    assert_eq!(
        request.ranges,
        [
            (path(&[]), range(2, Some(3))),
            (path(&["rel"]), range(0, Some(-1))),
            (path(&["rel", "sub"]), range(4, None)),
        ]
    );
}

#[test]
fn a_range_header_narrows_the_limit_of_get_only() {
    let top = |method, query: &str| {
        let target = format!("/items?{query}");
        parse_with(&method, &target, &[("range", "0-1")])
            .unwrap()
            .top_level_range
    };
    let range = |limit| RowRange { offset: 0, limit };
    assert_eq!(top(Method::GET, "limit=3"), range(Some(2)));
    assert_eq!(top(Method::HEAD, "limit=3"), range(Some(3)));
    assert_eq!(top(Method::GET, "limit=0"), RowRange::NONE);
    assert_eq!(top(Method::HEAD, "limit=x"), RowRange::ALL);
}

#[test]
fn ranges_that_cannot_be_met_are_refused() {
    let lower = ApiError::InvalidRange(RangeError::LowerGreaterThanUpper);
    let negative = ApiError::InvalidRange(RangeError::NegativeLimit);
    assert_eq!(failure(&Method::GET, "/items", &[("range", "1-0")]), lower);
    assert_eq!(failure(&Method::GET, "/items?limit=-1", &[]), negative);
    assert_eq!(
        failure(&Method::PUT, "/items?limit=1", &[]),
        ApiError::PutLimitNotAllowed
    );
}

#[test]
fn bodies_are_bounded() {
    let config = Config {
        max_body_size: 3,
        ..Config::default()
    };
    let result = ApiRequest::parse(&config, &Method::POST, "/items", &[], "[{}]".into());
    assert!(matches!(
        result,
        Err(Error::Api(ApiError::TooLarge { limit: 3 }))
    ));
}

#[test]
fn cookies_are_no_headers() {
    let request = parse_with(&Method::GET, "/items", &[("cookie", "a=1"), ("x-b", "2")]).unwrap();
    assert_eq!(request.cookies, [("a".to_owned(), "1".to_owned())]);
    assert_eq!(request.headers, [("x-b".to_owned(), "2".to_owned())]);
}

proptest! {
    #[test]
    fn no_target_and_no_body_make_it_panic(target in "\\PC*", body: Vec<u8>, post: bool) {
        let method = if post { Method::POST } else { Method::GET };
        let headers = [("content-type".to_owned(), "text/csv".to_owned())];
        for headers in [&headers[..], &[]] {
            let body = Bytes::from(body.clone());
            let _ = ApiRequest::parse(&Config::default(), &method, &target, headers, body);
        }
    }

    #[test]
    fn no_query_of_the_grammar_makes_it_panic(
        words in proptest::collection::vec(
            prop::sample::select(vec![
                "select=", "order=", "&", "and=", "not.", "(", ")", ",", ".", "->", "->>", "::",
                ":", "!", "...", "\"", "\\", "a", "é", "-", "1", "eq", "in", "is", "null", "%22",
                "%ff", "%", "+", "limit", "offset", "=", "count()", "sum()", "inner", "{", "}", "*",
            ]),
            0..40,
        ),
        rpc: bool,
    ) {
        let path = if rpc { "/rpc/f" } else { "/items" };
        let target = format!("{path}?{}", words.concat());
        let _ = parse_with(&Method::GET, &target, &[]);
    }

    #[test]
    fn no_header_makes_it_panic(value in "\\PC*") {
        let names = [
            "accept", "content-type", "prefer", "range", "cookie", "accept-profile",
            "content-profile",
        ];
        for name in names {
            let _ = parse_with(&Method::GET, "/items", &[(name, &value)]);
        }
    }
}

/// Target, message, details.
const PARSE_ERRORS: [(&str, &str, &str); 30] = [
    (
        "/items?a=noop.0",
        "\"failed to parse filter (noop.0)\" (line 1, column 1)",
        "unexpected \"o\" expecting \"not\" or operator (eq, gt, ...)",
    ),
    (
        "/items?a=val",
        "\"failed to parse filter (val)\" (line 1, column 1)",
        "unexpected \"v\" expecting \"not\" or operator (eq, gt, ...)",
    ),
    (
        "/items?a=fts().value",
        "\"failed to parse filter (fts().value)\" (line 1, column 5)",
        "unexpected \")\" expecting operator (eq, gt, ...)",
    ),
    (
        "/items?a=eq().value",
        "\"failed to parse filter (eq().value)\" (line 1, column 4)",
        "unexpected \")\" expecting operator (eq, gt, ...)",
    ),
    (
        "/items?a=is().value",
        "\"failed to parse filter (is().value)\" (line 1, column 3)",
        "unexpected \"(\" expecting operator (eq, gt, ...)",
    ),
    (
        "/rpc/f?a=not.x",
        "\"failed to parse filter (not.x)\" (line 1, column 5)",
        "unexpected \"x\" expecting operator (eq, gt, ...)",
    ),
    (
        "/items?select=id,clients(name[])",
        "\"failed to parse select parameter (id,clients(name[]))\" (line 1, column 16)",
        "unexpected '[' expecting letter, digit, \"-\", \"->>\", \"->\", \"::\", \".\", \")\", \",\" or end of input",
    ),
    (
        "/items?select=data->>-78xy",
        "\"failed to parse select parameter (data->>-78xy)\" (line 1, column 11)",
        "unexpected 'x' expecting digit, \"->\", \"::\", \".\", \",\" or end of input",
    ),
    (
        "/items?select=a,*!hint",
        "\"failed to parse select parameter (a,*!hint)\" (line 1, column 4)",
        "unexpected '!' expecting \")\", \",\" or end of input",
    ),
    (
        "/items?select=name!hint",
        "\"failed to parse select parameter (name!hint)\" (line 1, column 5)",
        "unexpected '!' expecting letter, digit, \"-\", \"->>\", \"->\", \"::\", \".\", \")\", \",\" or end of input",
    ),
    (
        "/items?select=name::",
        "\"failed to parse select parameter (name::)\" (line 1, column 7)",
        "unexpected end of input expecting letter or digit",
    ),
    (
        "/items?order=clients(name,id)",
        "\"failed to parse order (clients(name,id))\" (line 1, column 8)",
        "unexpected '(' expecting letter, digit, \"-\", \"->>\", \"->\", delimiter (.), \",\" or end of input",
    ),
    (
        "/items?order=id.ac",
        "\"failed to parse order (id.ac)\" (line 1, column 4)",
        "unexpected \"c\" expecting \"asc\", \"desc\", \"nullsfirst\" or \"nullslast\"",
    ),
    (
        "/items?order=id.descc",
        "\"failed to parse order (id.descc)\" (line 1, column 8)",
        "unexpected 'c' expecting delimiter (.), \",\" or end of input",
    ),
    (
        "/items?order=id.asc.nlsfst",
        "\"failed to parse order (id.asc.nlsfst)\" (line 1, column 8)",
        "unexpected \"l\" expecting \"nullsfirst\" or \"nullslast\"",
    ),
    (
        "/items?order=id.asc.nullslasttt",
        "\"failed to parse order (id.asc.nullslasttt)\" (line 1, column 17)",
        "unexpected 't' expecting \",\" or end of input",
    ),
    (
        "/items?or=()",
        "\"failed to parse logic tree (())\" (line 1, column 4)",
        "unexpected \")\" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)",
    ),
    (
        "/items?or=(id.in.1,2,id.eq.3)",
        "\"failed to parse logic tree ((id.in.1,2,id.eq.3))\" (line 1, column 10)",
        "unexpected \"1\" expecting \"(\"",
    ),
    (
        "/items?or=)(",
        "\"failed to parse logic tree ()()\" (line 1, column 3)",
        "unexpected \")\" expecting \"(\"",
    ),
    (
        "/items?and=(ord(id.eq.1,id.eq.1),id.eq.2)",
        "\"failed to parse logic tree ((ord(id.eq.1,id.eq.1),id.eq.2))\" (line 1, column 7)",
        "unexpected \"d\" expecting \"(\"",
    ),
    (
        "/items?or=(id.eq.1,not.xor(id.eq.2,id.eq.3))",
        "\"failed to parse logic tree ((id.eq.1,not.xor(id.eq.2,id.eq.3)))\" (line 1, column 16)",
        "unexpected \"x\" expecting logic operator (and, or)",
    ),
    (
        "/items?columns=",
        "\"failed to parse columns parameter ()\" (line 1, column 1)",
        "unexpected end of input expecting field name (* or [a..z0..9_$])",
    ),
    (
        "/items?!=eq.1",
        "\"failed to parse tree path (!)\" (line 1, column 1)",
        "unexpected \"!\" expecting field name (* or [a..z0..9_$])",
    ),
    (
        "/items?a=is.nope",
        "\"failed to parse filter (is.nope)\" (line 1, column 6)",
        "unexpected \"p\" expecting isVal: (null, not_null, true, false, unknown)",
    ),
    (
        "/items?a=é",
        "\"failed to parse filter (é)\" (line 1, column 1)",
        "unexpected \"\\233\" expecting \"not\" or operator (eq, gt, ...)",
    ),
    (
        "/items?select=prt.*,u.email",
        "\"failed to parse select parameter (prt.*,u.email)\" (line 1, column 5)",
        "unexpected \"*\" expecting \"sum\", \"avg\", \"count\", \"max\" or \"min\"",
    ),
    (
        "/items?select=*,created_by:auth.users!fkey(id)",
        "\"failed to parse select parameter (*,created_by:auth.users!fkey(id))\" (line 1, column 19)",
        "unexpected \"u\" expecting \"sum\", \"avg\", \"count\", \"max\" or \"min\"",
    ),
    (
        "/items?select=id,",
        "\"failed to parse select parameter (id,)\" (line 1, column 4)",
        "unexpected end of input expecting \"...\", field name (* or [a..z0..9_$]), \"*\" or \"count()\"",
    ),
    (
        "/items?select=data->(!@a->>e::integer",
        "\"failed to parse select parameter (data->(!@a->>e::integer)\" (line 1, column 7)",
        "unexpected \"(\" expecting \"-\", digit or any non reserved character different from: .,>()",
    ),
    (
        "/items?select=data->>--34",
        "\"failed to parse select parameter (data->>--34)\" (line 1, column 9)",
        "unexpected \"-\" expecting digit",
    ),
];
