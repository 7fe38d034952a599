-- Computed fields and computed relationships, as PostgREST's own fixtures have them.
set check_function_bodies = off;
create table users (id int4 primary key, name text not null, status text);
create table messages (id int4 primary key, user_id int4 references users, body text, channel int4);
create table citext (id int4);
create view active_users as select * from users where status = 'active';
create materialized view message_cache as select * from messages;
create schema other;
create table other.accounts (id int4);

create function full_name(users) returns text language sql as 'select $1.name';
create function initials(u users) returns text language sql as 'select left(u.name, 1)';
create function is_new(users) returns bool language sql stable as 'select true';
create function tags(users) returns text[] language sql as 'select ''{}''::text[]';
create function extra(users) returns jsonb language sql as 'select ''{}''::jsonb';
create function nothing(users) returns void language sql as '';
create function any_record(users) returns record language sql as 'select 1, 2';
create function view_field(active_users) returns text language sql as 'select ''x''';
create function cache_field(message_cache) returns int4 language sql as 'select 1';
create function setof_texts(users) returns setof text language sql as 'select ''x''';
create function table_field(users) returns table (a int4, b text) language sql as 'select 1, ''x''';
create function inline_sum(users, int4) returns int4 language sql as 'select 1';
create function with_default(users, n int4 default 1) returns int4 language sql as 'select 1';
create function takes_text(text) returns text language sql as 'select $1';

create function messages_of(users) returns setof messages language sql as 'select * from messages';
create function last_message(users) returns setof messages rows 1 language sql as 'select * from messages';
create function only_message(users) returns messages language sql as 'select * from messages limit 1';
create function author(messages) returns setof users rows 1 language sql as 'select * from users';
create function messages_of_view(active_users) returns setof messages language sql as 'select * from messages';
create function active_author(messages) returns setof active_users rows 1 language sql as 'select * from active_users';
create function named_row(user_row users) returns setof messages language sql as 'select * from messages';
create function row_and_more(user_row users, n int4) returns setof messages language sql as 'select * from messages';
create function of_other(other.accounts) returns text language sql as 'select ''x''';
create function other_accounts(users) returns setof other.accounts language sql as 'select * from other.accounts';
create function rows_of_users(variadic users[]) returns int4 language sql as 'select 1';
create function overloaded_field(users) returns text language sql as 'select ''x''';
create function overloaded_field(messages) returns text language sql as 'select ''x''';
create function overloaded_field(id int4) returns text language sql as 'select ''x''';
