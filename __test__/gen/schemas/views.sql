-- Views: what they take, and the relationships that they have from their tables.
create schema inner_views;
create table authors (id int4 primary key, name text not null, born date);
create table books (
  id int4 generated always as identity primary key,
  author_id int4 not null references authors,
  editor_id int4 constraint books_editor references authors,
  title text not null,
  price numeric default 1
);
create table reviews (
  id int4 primary key,
  book_id int4 unique references books,
  stars int2 not null
);

create view all_books as select * from books;
create view titles as select id as book_id, title as name, author_id as writer from books;
create view expensive as select id, upper(title) as title, author_id from books where price > 10;
create view books_with_authors as
  select b.id, b.title, a.id as author, a.name, b.author_id from books b join authors a on a.id = b.author_id;
create view nested_titles as select * from titles;
create view twice as select id, id as again, author_id from books;
create view counted as select author_id, count(*) as books from books group by author_id;
create view united as select id, author_id from books union select id, author_id from books;
create view partly as select id, title from books;
create view author_names as select id, name from authors;
create view constant as select 1 as one, 'x'::text as "two words";
create view from_subquery as select s.id, s.author_id from (select id, author_id from books) s;
create view with_cte as with c as (select id, author_id from books) select * from c;
create view lateral_join as select b.id, r.book_id, r.stars from books b, lateral (select * from reviews) r;
create view through_hidden as select * from books;
create view inner_views.middle as select id, author_id from books;
create view outer_of_hidden as select * from inner_views.middle;
create materialized view cached as select id, author_id, title from books;
create materialized view empty_cache as select id, stars from reviews with no data;

create view by_trigger as select b.id, b.title, a.name from books b join authors a on a.id = b.author_id;
create function write_by_trigger() returns trigger language plpgsql as 'begin return new; end';
create trigger on_insert instead of insert on by_trigger for each row execute function write_by_trigger();

create view by_update_trigger as select id, count(*) over () as total from books;
create trigger on_update instead of update on by_update_trigger for each row execute function write_by_trigger();

create view by_both_triggers as select id, count(*) over () as total from books;
create trigger on_both instead of insert or update on by_both_triggers
  for each row execute function write_by_trigger();

create view by_delete_trigger as select id, count(*) over () as total from books;
create trigger on_delete instead of delete on by_delete_trigger for each row execute function write_by_trigger();

create view by_rule as select a.id, a.name, count(*) over () as total from authors a;
create rule insert_by_rule as on insert to by_rule do instead
  insert into authors (id, name) values (new.id, new.name);

create view by_nothing as select id, count(*) over () as total from authors;
create rule nothing_by_rule as on update to by_nothing do instead nothing;

create view with_default as select id, name, born from authors;
alter view with_default alter column born set default now();
create view read_only_join as select b.id, a.name from books b cross join authors a;
create view one_author with (security_invoker = true) as select * from authors where id = 1 with check option;
