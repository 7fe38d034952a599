-- Enums: in columns, arrays, functions and constants; odd labels, long lists, and one of another schema.
set check_function_bodies = off;
create schema hidden;
create type status as enum ('active', 'inactive', 'banned');
create type one as enum ('only');
create type nolabels as enum ();
create type odd_labels as enum ('', ' ', 'it''s', 'say "hi"', 'both '' and "', 'back\slash', 'ünï', '日本語', 'new
line', 'a-b', '1');
create type long_list as enum ('the first of many labels', 'the second of many labels', 'the third of many labels');
create type exactly_fitting as enum ('aaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbb', 'cccccc');
create type one_too_long as enum ('aaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbb', 'ccccccccc', 'd');
create type "Quoted Name" as enum ('x');
create type _underscore as enum ('hard', 'to', 'reach');
create type hidden.mood as enum ('happy', 'sad');
create type hidden.weather as enum ('sunny with a few clouds', 'rain all day long', 'snow in the mountains');
create domain status_domain as status not null;

create table people (
  id int4 primary key,
  status status not null default 'active',
  previous status,
  history status[] not null,
  optional_history status[],
  strange "Quoted Name",
  mood hidden.mood not null,
  moods hidden.mood[],
  required_moods hidden.mood[] not null,
  weather hidden.weather,
  weathers hidden.weather[] not null,
  many_weathers_of_the_year hidden.weather[],
  nothing nolabels,
  below _underscore,
  checked status_domain
);

create function get_status(id int4) returns status language sql as 'select null::status';
create function get_moods() returns setof hidden.mood language sql as 'select null::hidden.mood';
create function get_mood_list() returns hidden.mood[] language sql as 'select null::hidden.mood[]';
create function mood_of(people) returns hidden.mood language sql as 'select $1.mood';
create function set_weather(w hidden.weather, s status default 'active') returns void language sql as '';
