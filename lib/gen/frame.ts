/**
 * What stands around the schemas in a generated file: the type of JSON, and the shorthands for what is
 * in a schema (`Tables<'todos'>`). Users' code relies on these names and parameters, so the text is that
 * of the files of Supabase's command, to the letter.
 */

/** The beginning of a file. */
export const HEADING = `export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]`

const SCHEMAS = 'DatabaseWithoutInternals'
const OPTION = `{ schema: keyof ${SCHEMAS} }`

/** The condition under which the first parameter names a schema. */
const namesSchema = (parameter: string): string =>
  `${parameter} extends {
  schema: keyof ${SCHEMAS}
}`

const indented = (text: string): string => text.replaceAll('\n', '\n  ')

/** A shorthand: one parameter names a thing of the default schema, or a schema in which the second one does. */
function shorthand(
  name: string,
  [first, second]: [string, string],
  keys: { own: string; other: string },
  found: { other: string; own: string }
): string {
  return `export type ${name}<
  ${first} extends
    | keyof ${keys.own}
    | ${OPTION},
  ${second} extends (${indented(namesSchema(first))}
    ? keyof ${keys.other}
    : never) = never,
> = ${namesSchema(first)}
  ? ${found.other}
  : ${first} extends keyof ${keys.own.replace(' & ', ' &\n        ')}
    ? ${indented(found.own)}
    : never`
}

/** What a member of a table is, such as `Row`, with the letter that it is inferred as. */
const inferred = (type: string, member: string, letter: string): string =>
  `${type} extends {
      ${member}: infer ${letter}
    }
    ? ${letter}
    : never`

/** A shorthand for what a table takes. */
function written(name: string, member: string, letter: string): string {
  const first = 'DefaultSchemaTableNameOrOptions'
  const own = 'DefaultSchema["Tables"]'
  const other = `${SCHEMAS}[${first}["schema"]]["Tables"]`
  return shorthand(
    name,
    [first, 'TableName'],
    { own, other },
    {
      other: inferred(`${other}[TableName]`, member, letter),
      own: inferred(`${own}[${first}]`, member, letter),
    }
  )
}

/** A shorthand for what is in a group as it is. */
function named(group: string, first: string, second: string): string {
  const own = `DefaultSchema["${group}"]`
  const other = `${SCHEMAS}[${first}["schema"]]["${group}"]`
  return shorthand(
    group,
    [first, second],
    { own, other },
    {
      other: `${other}[${second}]`,
      own: `${own}[${first}]`,
    }
  )
}

/** The shorthand for rows, which are those of tables and of views. */
function rows(): string {
  const first = 'DefaultSchemaTableNameOrOptions'
  const own = '(DefaultSchema["Tables"] & DefaultSchema["Views"])'
  const schema = `${SCHEMAS}[${first}["schema"]]`
  const other = `(${schema}["Tables"] &\n        ${schema}["Views"])`
  return shorthand(
    'Tables',
    [first, 'TableName'],
    { own, other },
    {
      other: inferred(`${other.replace('        ', '      ')}[TableName]`, 'Row', 'R'),
      own: inferred(`${own.replace(' & ', ' &\n      ')}[${first}]`, 'Row', 'R'),
    }
  )
}

/** What follows the schemas. */
export const SHORTHANDS = [
  `type ${SCHEMAS} = Omit<Database, "__InternalSupabase">`,
  `type DefaultSchema = ${SCHEMAS}[Extract<keyof Database, "public">]`,
  rows(),
  written('TablesInsert', 'Insert', 'I'),
  written('TablesUpdate', 'Update', 'U'),
  named('Enums', 'DefaultSchemaEnumNameOrOptions', 'EnumName'),
  named('CompositeTypes', 'PublicCompositeTypeNameOrOptions', 'CompositeTypeName'),
].join('\n\n')
