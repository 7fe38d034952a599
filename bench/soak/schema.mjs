// The tables of a soak. `entry` has no unique index on purpose: a write that was made twice is to be seen.

export const ACCOUNTS = 20
export const COUNTERS = 20
export const BALANCE = 1000

export const schema = `
  create table entry (actor int not null, seq int not null, source int, target int, amount int);
  create index on entry (actor, seq);
  create table account (id int primary key, balance bigint not null);
  insert into account select i, ${BALANCE} from generate_series(1, ${ACCOUNTS}) i;
  create table counter (id int primary key, n bigint not null);
  insert into counter select i, 0 from generate_series(1, ${COUNTERS}) i;
  create table taken (id int primary key, word text not null unique);
  insert into taken select i, 'word ' || i from generate_series(1, 100) i;
  create function endless() returns int language plpgsql as 'begin loop end loop; end';`

export const INSERT = 'insert into entry (actor, seq) values ($1, $2)'
