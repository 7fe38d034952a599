/** The text of `\?`. */

/** What the small psql knows. */
export const HELP = `General
  \\q                     quit
  \\g                     run what has been typed (\\gx: expanded)
  \\r                     forget what has been typed
  \\timing [on|off]       show how long statements take
  \\i FILE                run a file
  \\echo TEXT             write a text
  \\set ON_ERROR_STOP on  end a script with its first error

The database; NAME may have * and ?
  \\d                     tables, views and sequences
  \\d NAME                a table, view, index or sequence
  \\dt \\dv \\dm \\di \\ds [NAME]  tables, views, materialized views, indexes, sequences
  \\dn \\df \\du \\dx [NAME]      schemas, functions, roles, extensions
  \\l                     databases

Output
  \\x [on|off]            one line for each value
  \\t [on|off]            rows only
  \\a                     values with | between them
`
