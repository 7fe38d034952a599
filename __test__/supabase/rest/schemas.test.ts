// Schemas, OPTIONS and requests from elsewhere.
import { options } from './cases/options'
import { schemas } from './cases/schemas'
import { schemaWrites } from './cases/schemas-writes'
import { runCases } from './support/run'

runCases({ schemas, schemaWrites, options })
