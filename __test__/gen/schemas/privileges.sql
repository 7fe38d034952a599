-- What a role without ownership is told: tables and columns that it has a privilege on, and every view.
create table granted (id int4 primary key, title text);
create table partly (id int4 primary key, shown text, hidden text);
create table denied (id int4 primary key references granted);
create table refers (id int4 primary key references denied, other int4 references granted);
create view denied_view as select * from granted;
create view granted_view as select id, title from granted;
create function callable() returns granted language sql as 'select * from granted';
grant select on granted, granted_view, refers to pg_monitor;
grant update (shown), references (id) on partly to pg_monitor;
