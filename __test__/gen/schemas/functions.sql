-- Functions: arguments, results, overloads, and those that PostgREST cannot call or choose.
set check_function_bodies = off;
create table todos (id int4 primary key, title text not null, done bool, meta jsonb not null);
create view open_todos as select id, title from todos where not done;
create type pair as (a int4, b text);
create schema elsewhere;
create table elsewhere.secrets (id int4, code text);

create function no_args() returns int4 language sql as 'select 1';
create function named(a int4, b text) returns text language sql as 'select b';
create function defaults(a int4, b text default 'x', c bool default true) returns void language sql as '';
create function all_defaults(a int4 default 1) returns int8 language sql as 'select 1::int8';
create function arrays(ids int4[], tags text[] default '{}') returns text[] language sql as 'select tags';
create function variadic_args(first int4, variadic others int4[]) returns int4 language sql as 'select 1';
create function out_args(a int4, out b text, out c int4) language sql as 'select ''x'', 1';
create function single_out(a int4, out b text) language sql as 'select ''x''';
create function inout_args(inout a int4, b text default 'z') language sql as 'select 1';
create function out_first(out x int4, y int4, z int4 default 3) language sql as 'select 1';
create function setof_out(out a int4, out b text) returns setof record language sql as 'select 1, ''x''';
create function returns_table(q text) returns table (id int4, title text, "odd name" jsonb)
  language sql as 'select 1, ''x'', ''{}''::jsonb';
create function returns_table_of_rows() returns table (t todos, p pair[]) language sql as 'select null, null';
create function one_scalar_row() returns setof text rows 1 language sql as 'select ''x''';
create function setof_scalar() returns setof int4 language sql as 'select 1';
create function setof_todos() returns setof todos language sql as 'select * from todos';
create function one_of_todos() returns setof todos rows 1 language sql as 'select * from todos';
create function a_todo(id int4) returns todos language sql as 'select * from todos limit 1';
create function setof_view() returns setof open_todos language sql as 'select * from open_todos';
create function a_pair() returns pair language sql as 'select null::pair';
create function setof_records() returns setof record language sql as 'select 1, 2';
create function a_record() returns record language sql as 'select 1, 2';
create function todos_array() returns todos[] language sql as 'select null::todos[]';
create function hidden_row() returns elsewhere.secrets language sql as 'select null::elsewhere.secrets';
create function hidden_rows() returns setof elsewhere.secrets language sql as 'select null::elsewhere.secrets';
create function json_result() returns json language sql as 'select ''{}''::json';
create function jsonb_rows() returns setof jsonb language sql as 'select ''{}''::jsonb';
create function any_result(x anyelement) returns anyelement language sql as 'select x';
create function range_result() returns int4range language sql as 'select ''[1,2)''::int4range';
create function on_change() returns trigger language plpgsql as 'begin return new; end';
create function on_ddl() returns event_trigger language plpgsql as 'begin end';
create procedure a_procedure(a int4) language sql as '';
create aggregate an_aggregate(int4) (sfunc = int4pl, stype = int4, initcond = '0');
create function a_window() returns int8 language internal window as 'window_row_number';

create function unnamed_json(json) returns json language sql as 'select $1';
create function unnamed_jsonb(jsonb) returns jsonb language sql as 'select $1';
create function unnamed_text(text) returns text language sql as 'select $1';
create function unnamed_int(int4) returns int4 language sql as 'select $1';
create function unnamed_bytea(bytea) returns bytea language sql as 'select $1';
create function unnamed_default(text default 'x') returns text language sql as 'select $1';
create function two_unnamed(text, text) returns text language sql as 'select $1';
create function partly_named(a int4, text) returns text language sql as 'select $2';

create function overloaded(a int4) returns int4 language sql as 'select 1';
create function overloaded(a int4, b int4) returns text language sql as 'select ''x''';
create function overloaded(c text) returns setof todos language sql as 'select * from todos';
create function overloaded() returns void language sql as '';
create function same_name(a int4) returns int4 language sql as 'select 1';
create function same_name(a text) returns text language sql as 'select ''x''';
create function same_name(a jsonb) returns setof text language sql as 'select ''x''';
create function maybe_nothing() returns int4 language sql as 'select 1';
create function maybe_nothing(text default 'x') returns int4 language sql as 'select 1';
create function long_signature(
  a_first_argument text, a_second_argument timestamptz, a_third_argument_with_default jsonb default '{}'
) returns boolean language sql as 'select true';
create function "Mixed Case"("An Arg" text, "class" int4) returns text language sql as 'select ''x''';
create function "123"() returns int4 language sql as 'select 1';
create function "7"() returns int4 language sql as 'select 1';
