//! Reads where the columns of a view come from.
//!
//! In: the text of a view's query as `pg_rewrite.ev_action` has it. Out: for each column the table and column it is
//! taken from. Equals what PostgREST v14 finds by rewriting that text as JSON.
#![forbid(unsafe_code)]

/// A column of a view that is a column of something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TargetEntry {
    /// Its number in the view.
    pub(super) number: i16,
    pub(super) origin_table: u32,
    pub(super) origin_column: i16,
}

/// The columns in the target list of the query itself, without those of its subqueries. Columns that are computed have
/// no origin and are left out.
pub(super) fn parse_target_list(tree: &str) -> Vec<TargetEntry> {
    let mut entries = Vec::new();
    let mut entry = Fields::default();
    let mut depth = 0_usize;
    let mut in_list = false;
    let mut in_entry = false;
    let mut tokens = Tokens::new(tree);
    while let Some(token) = tokens.next() {
        match token {
            "{" => {
                depth += 1;
                if depth == ENTRY_DEPTH {
                    in_entry = in_list && tokens.next() == Some("TARGETENTRY");
                    entry = Fields::default();
                }
            }
            "}" => {
                if depth == ENTRY_DEPTH && in_entry {
                    entries.extend(entry.finish());
                    in_entry = false;
                } else if depth == QUERY_DEPTH {
                    // A rule has one query.
                    return entries;
                }
                depth = depth.saturating_sub(1);
            }
            ":targetList" if depth == QUERY_DEPTH => in_list = true,
            field if depth == QUERY_DEPTH && field.starts_with(':') => in_list = false,
            // What comes next is a name, which may look like a field.
            ":resname" if depth == ENTRY_DEPTH => {
                tokens.next();
            }
            ":resno" if depth == ENTRY_DEPTH && in_entry => entry.number = number(&mut tokens),
            ":resorigtbl" if depth == ENTRY_DEPTH && in_entry => entry.table = number(&mut tokens),
            ":resorigcol" if depth == ENTRY_DEPTH && in_entry => entry.column = number(&mut tokens),
            _ => {}
        }
    }
    entries
}

/// What is known of an entry while it is read.
#[derive(Default)]
struct Fields {
    number: Option<i16>,
    table: Option<u32>,
    column: Option<i16>,
}

impl Fields {
    fn finish(&self) -> Option<TargetEntry> {
        Some(TargetEntry {
            number: self.number?,
            origin_table: self.table.filter(|&oid| oid != 0)?,
            origin_column: self.column.filter(|&column| column != 0)?,
        })
    }
}

/// The tokens of a node tree: brackets, and words, in which a backslash takes the meaning from what follows it.
struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        let start = self.at;
        if is_bracket(*bytes.get(start)?) {
            self.at += 1;
        } else {
            while let Some(&byte) = bytes.get(self.at) {
                if is_bracket(byte) || byte.is_ascii_whitespace() {
                    break;
                }
                self.at += if byte == b'\\' { 2 } else { 1 };
            }
        }
        // An escaped character of several bytes is not cut: only ASCII is escaped.
        Some(
            self.text
                .get(start..self.at.min(bytes.len()))
                .unwrap_or_default(),
        )
    }
}

const fn is_bracket(byte: u8) -> bool {
    matches!(byte, b'{' | b'}' | b'(' | b')')
}

fn number<T: std::str::FromStr>(tokens: &mut Tokens<'_>) -> Option<T> {
    tokens.next()?.parse().ok()
}

/// `({QUERY` …
const QUERY_DEPTH: usize = 1;
/// … `:targetList ({TARGETENTRY`.
const ENTRY_DEPTH: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: i16, origin_table: u32, origin_column: i16) -> TargetEntry {
        TargetEntry {
            number,
            origin_table,
            origin_column,
        }
    }

    #[test]
    fn columns_are_read_with_their_origin() {
        let tree = "({QUERY :commandType 1 :rtable ({RANGETBLENTRY :alias <> :eref {ALIAS :aliasname t}}) \
            :targetList ({TARGETENTRY :expr {VAR :varno 1} :resno 1 :resname id :ressortgroupref 0 \
            :resorigtbl 16385 :resorigcol 2 :resjunk false}) :override 0})";
        assert_eq!(parse_target_list(tree), [entry(1, 16385, 2)]);
    }

    #[test]
    fn computed_columns_have_no_origin() {
        let tree = "({QUERY :targetList ({TARGETENTRY :expr {CONST} :resno 1 :resorigtbl 0 :resorigcol 0})})";
        assert_eq!(parse_target_list(tree), []);
    }

    #[test]
    fn target_lists_of_subqueries_and_other_lists_are_not_those_of_the_query() {
        let inner = "{QUERY :targetList ({TARGETENTRY :resno 1 :resorigtbl 7 :resorigcol 7})}";
        let tree = format!(
            "({{QUERY :rtable ({{RANGETBLENTRY :subquery {inner}}}) \
             :targetList ({{TARGETENTRY :expr {{SUBLINK :subselect {inner}}} :resno 2 :resorigtbl 8 :resorigcol 3}}) \
             :returningList ({{TARGETENTRY :resno 1 :resorigtbl 9 :resorigcol 1}})}})"
        );
        assert_eq!(parse_target_list(&tree), [entry(2, 8, 3)]);
    }

    #[test]
    fn brackets_and_fields_in_names_are_not_structure() {
        let tree = r#"({QUERY :eref {ALIAS :colnames ("a\{\ :targetList" "\}")} :targetList ({TARGETENTRY
            :resname x\}\ :resorigtbl\ 5 :resno 1 :resorigtbl 6 :resorigcol 1})})"#;
        assert_eq!(parse_target_list(tree), [entry(1, 6, 1)]);
    }

    #[test]
    fn a_column_may_be_named_as_a_field() {
        let tree = "({QUERY :targetList ({TARGETENTRY :resno 1 :resname :resno :resorigtbl 6 \
            :resorigcol 1})})";
        assert_eq!(parse_target_list(tree), [entry(1, 6, 1)]);
    }

    #[test]
    fn what_is_not_a_tree_has_no_columns() {
        for tree in [
            "",
            "<>",
            "}}}}",
            "({QUERY :targetList ({TARGETENTRY :resno",
            "\\",
            "{{{{\\",
        ] {
            assert_eq!(parse_target_list(tree), [], "{tree}");
        }
    }
}
