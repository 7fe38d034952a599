// Every error, and what a function may make of one.
import { sqlstates } from './cases/errors'
import { codes } from './cases/pgrst'
import { raised } from './cases/raised'
import { runCases } from './support/run'

runCases({ sqlstates, raised, codes })
