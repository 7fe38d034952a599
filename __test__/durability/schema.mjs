// The tables of the crash tests, and the question what is in them.

/** Every transaction says in each of its rows how many rows it has, here and there. */
export const SCHEMA = `
  create table if not exists left_rows (tx bigint, part int, here int, there int, filler text);
  create table if not exists right_rows (tx bigint, part int, here int, there int, filler text);
  create index if not exists left_tx on left_rows (tx);
  create table if not exists left_count (writer int primary key, value int not null);
  create table if not exists right_count (writer int primary key, value int not null);`

/** The transactions of which all rows are there, and those that are half there; the counters of each writer. */
export const FOUND = `
  with l as (select tx, count(*) n, min(here) here, min(there) there from left_rows group by tx),
       r as (select tx, count(*) n, min(here) here, min(there) there from right_rows group by tx),
       both_sides as (
         select coalesce(l.tx, r.tx) as tx,
           coalesce(l.n = l.here, r.there = 0) and coalesce(r.n = r.here, l.there = 0)
             and coalesce(l.there = r.here and l.here = r.there, true) as whole
         from l full join r using (tx))
  select
    coalesce((select string_agg(tx::text, ',' order by tx) from both_sides where whole), '') as whole,
    coalesce((select string_agg(tx::text, ',' order by tx) from both_sides where whole is not true), '') as half,
    coalesce((select string_agg(l.writer || '=' || l.value || '/' || coalesce(r.value, -1), ',' order by 1)
      from left_count l left join right_count r using (writer)), '') as counters`
