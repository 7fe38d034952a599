// The tables that every peer has: 10,000 items in 100 categories, accounts to change, events to add to.

export const CATEGORIES = 100
export const ITEMS = 10_000
const BATCH = 1000

export const nameOf = (id) => `item number ${id}`
export const categoryOf = (id) => (id % CATEGORIES) + 1

export const tables = `
  create table categories (id int primary key, name text not null);
  create table items (
    id int primary key, category_id int not null references categories (id),
    name text not null, score double precision not null);
  create table accounts (id int primary key, balance int not null);
  create table events (
    id bigint generated always as identity primary key, item_id int not null, body text not null);`

export const routine = `
  create function item_name(item int) returns text language sql stable
  as 'select name from items where id = $1';`

/** One text for `insert into`, in statements of some rows each. */
function* inserts(table, count, row) {
  for (let first = 1; first <= count; first += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - first + 1) }, (_, n) =>
      row(first + n)
    )
    yield `insert into ${table} values ${rows.join(', ')}`
  }
}

/** The rows as literals: the same for SQLite, which has no generate_series. */
export const rows = [
  ...inserts('categories', CATEGORIES, (n) => `(${n}, 'category ${n}')`),
  ...inserts('items', ITEMS, (n) => `(${n}, ${categoryOf(n)}, '${nameOf(n)}', ${n / 8})`),
  ...inserts('accounts', ITEMS, (n) => `(${n}, 0)`),
]

/** For those that take SQL as one text. */
export const schemaText = tables + routine
export const rowsText = [...rows, 'analyze'].join(';\n')
