-- One to one relationships, for clients of PostgREST 9, whose types do not tell them.
create table users (id int4 primary key, name text);
create table profiles (user_id int4 primary key references users, bio text);
create view profile_names as select user_id, bio from profiles;
