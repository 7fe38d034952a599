// Calls of functions.
import { bodies } from './cases/function-bodies'
import { effects } from './cases/function-effects'
import { calls } from './cases/functions'
import { results } from './cases/results'
import { runCases } from './support/run'

runCases({ calls, bodies, results, effects })
