-- Composite types, nested and in arrays, and rows of tables as types of columns.
set check_function_bodies = off;
create schema hidden;
create type point_3d as (x float8, y float8, z float8);
create type segment as (start point_3d, "end" point_3d, labels text[], meta jsonb);
create type shrinking as (kept text, gone text);
alter type shrinking drop attribute gone;
create type empty as ();
create type hidden.secret as (code text);
create domain positive as int4 check (value > 0);
create type with_domain as (amount positive, level int4range);
create type color as enum ('red', 'green');
create type painted as (color color, colors color[], secret hidden.secret);
create type "Odd Type" as ("an attribute" text, "quoted""" int4);

create table shapes (
  id int4 primary key,
  origin point_3d not null,
  path point_3d[],
  edge segment,
  secret hidden.secret,
  nothing empty
);
create table copies (id int4, original shapes, all_originals shapes[]);

create function make_point(x float8) returns point_3d language sql as 'select row(x, 0, 0)::point_3d';
create function list_points() returns setof point_3d language sql as 'select row(0, 0, 0)::point_3d';
create function one_point() returns setof point_3d rows 1 language sql as 'select row(0, 0, 0)::point_3d';
create function length_of(s segment) returns float8 language sql as 'select 1.0';
create function length_of_unnamed(segment) returns float8 language sql as 'select 1.0';
create function points_of(segment) returns setof point_3d language sql as 'select row(0, 0, 0)::point_3d';
create function array_of_points() returns point_3d[] language sql as 'select null::point_3d[]';
create function make_secret() returns hidden.secret language sql as 'select null::hidden.secret';
