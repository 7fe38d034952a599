-- Names that have to be quoted, in SQL or in TypeScript or in both, and some that only look so.
set check_function_bodies = off;
create table "select" ("from" int4 primary key, "class" text, "constructor" text, "__proto__" text);
create table "MixedCase" ("camelCase" int4 primary key, "PascalCase" int4 references "select");
create table "with space" ("a column" int4, "tab	column" int4, "new
line" int4);
create table "dash-ed" ("a-b" int4, "a.b" int4, "a:b" int4, "$dollar" int4, _under int4, "1st" int4, "2" int4);
create table "quo""te" ("it's" int4, "say ""hi""" int4, "both ' and """ int4, "back\slash" int4, "`tick`" int4);
create table "ünïcödé" ("日本語" int4, "emoji 🎉" int4, "🎉" int4, "ñ" int4, "e\u0301" int4);
create table "{curly}" ("a,b" int4 primary key, "(paren)" int4, "[bracket]" int4, "<>" int4, "}" int4);
create view "{view}, of" as select "a,b", "(paren)", "[bracket]" as "renamed, too" from "{curly}";
create table "refers, to" ("a,b" int4 constraint "odd ""constraint""" references "{curly}");
create view "refers {view}" as select "a,b" as "x y" from "refers, to";
create table a_name_of_sixty_three_characters_which_is_the_most_that_there_are (
  a_column_of_sixty_three_characters_which_is_the_most_there_is_x text,
  a_column_of_sixty_three_characters_which_is_the_most_there_is_y text[],
  "数据库表的列名称可以用中文来写并且占用两倍的宽度吗" timestamptz
);
create table zebra (id int4);
create table "Äpfel" (id int4);
create table apple (id int4);
create table "Apple" (id int4);
create table "_private" (id int4, "B" int4, b int4, a int4, "A" int4, a1 int4, a10 int4, a2 int4, "a_1" int4);
create type "a type" as enum ('a value', 'b');
create type "type of ""rows""" as ("an ""attr""" "a type");
create table typed (a "a type", b "type of ""rows""", c "with space", d "a type"[]);
create function "a function"("an arg" int4, "it's" text default '') returns "with space" language sql as 'select null::"with space"';
create function "field of"("with space") returns setof "dash-ed" language sql as 'select null::"dash-ed"';
create function a_function_with_one_of_the_longest_names_that_there_can_be_here(
  a_row a_name_of_sixty_three_characters_which_is_the_most_that_there_are
) returns setof a_name_of_sixty_three_characters_which_is_the_most_that_there_are language sql as 'select a_row.*';
create function another_with_a_long_name_that_has_an_enum_as_its_only_result_() returns "a type"[] language sql as 'select null::"a type"[]';
