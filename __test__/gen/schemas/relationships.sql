-- Foreign keys: simple, of several columns, to oneself, one to one, to another schema, of partitions.
create schema other;
create table other.things (id int4 primary key);
create table users (id int4 primary key, email text unique, manager int4 references users);
create table profiles (user_id int4 primary key references users, bio text);
create table settings (id int4 primary key, user_id int4 unique references users (id));
create table badges (id int4 primary key, user_id int4 references users);
create unique index on badges (user_id);
create table orders (
  id int4,
  tenant int4,
  buyer int4 references users constraint orders_seller references users,
  buyer_email text references users (email),
  thing int4 references other.things,
  primary key (tenant, id)
);
create table items (
  id int4 primary key,
  tenant int4,
  order_id int4,
  constraint items_order foreign key (tenant, order_id) references orders (tenant, id)
);
create table receipts (
  tenant int4,
  order_id int4,
  unique (tenant, order_id),
  foreign key (tenant, order_id) references orders (tenant, id)
);
create table reversed (
  tenant int4,
  order_id int4,
  unique (order_id, tenant),
  constraint reversed_order foreign key (order_id, tenant) references orders (id, tenant),
  constraint straight_order foreign key (tenant, order_id) references orders (tenant, id)
);
create table a_table_with_quite_a_long_name (
  a_column_with_quite_a_long_name int4,
  another_column_with_quite_a_long_name int4,
  primary key (a_column_with_quite_a_long_name, another_column_with_quite_a_long_name)
);
create table references_long_names (
  a_column_with_quite_a_long_name int4,
  another_column_with_quite_a_long_name int4,
  foreign key (a_column_with_quite_a_long_name, another_column_with_quite_a_long_name)
    references a_table_with_quite_a_long_name
);
create table events (id int4, at date, user_id int4 references users, primary key (id, at)) partition by range (at);
create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
create table event_notes (event int4, at date, foreign key (event, at) references events);
create table left_side (id int4 primary key);
create table right_side (id int4 primary key);
create table junction (
  l int4 references left_side,
  r int4 references right_side,
  primary key (l, r)
);
create table hooks (user_id int4 references users not enforced);
