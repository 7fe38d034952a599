// What cannot be read, and what is never run.
import { badBodies } from './cases/bad-bodies'
import { badQueries } from './cases/bad-queries'
import { badSelect } from './cases/bad-select'
import { badTypes } from './cases/bad-types'
import { badValues } from './cases/bad-values'
import { injection } from './cases/injection'
import { injectionBodies } from './cases/injection-bodies'
import { runCases } from './support/run'

runCases({ badSelect, badQueries, badBodies, badValues, badTypes, injection, injectionBodies })
