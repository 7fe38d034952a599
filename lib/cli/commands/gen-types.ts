/** `oxbase gen types`: TypeScript types of the database, as supabase-js takes them. */
import { Argument } from 'commander'
import { generateTypes, type RunSql } from '../../gen/generate-types'
import { CliError, Exit } from '../cli-error'
import { dirOption, localOption, option, toList, urlOption, type CommandSpec } from '../command'
import { withProgress } from '../progress'
import { withTarget, type TargetOptions } from '../target'

interface GenOptions extends TargetOptions {
  lang?: string
  postgrestV9Compat?: boolean
  schema?: string[]
}

/** `oxbase gen types`. */
export const genTypes: CommandSpec<GenOptions> = {
  name: 'types',
  summary: 'write the TypeScript types of the database',
  details: 'The output is that of `supabase gen types typescript`, for createClient<Database>.',
  args: [new Argument('[language]', 'typescript is what there is').default('typescript')],
  options: [
    dirOption(),
    urlOption(),
    localOption(),
    option(
      '-s, --schema <name>',
      'a schema; may come more than once (default: public,graphql_public)',
      toList
    ),
    option('--lang <language>', 'typescript is what there is'),
    option('--postgrest-v9-compat', 'without what says that a relationship is one to one'),
  ],
  examples: [
    ['oxbase gen types > database.types.ts', 'the schema public'],
    ['oxbase gen types --schema public,api', 'two schemas'],
  ],
  async run(call) {
    const { options, args, output } = call
    const language = options.lang ?? args[0] ?? 'typescript'
    if (language !== 'typescript') {
      throw CliError.usage(`there are no types for ${language}`, 'typescript is what there is')
    }
    const text = await withTarget(call, async (target) => {
      const { client } = await target.connect()
      const query: RunSql = async (sql) => (await client.query<object>(sql)).rows
      const chosen = {
        ...(options.schema !== undefined && { schemas: options.schema }),
        ...(options.postgrestV9Compat === true && { detectOneToOneRelationships: false }),
      }
      // All queries see the same schema.
      await client.query('begin isolation level repeatable read read only')
      return withProgress(output, 'Reading the schema', () => generateTypes(query, chosen))
    })
    if (output.json) output.value({ types: text })
    else output.write(text)
    return Exit.ok
  },
}
