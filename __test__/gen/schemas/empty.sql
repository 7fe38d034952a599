-- A schema with nothing in it.
select 1;
