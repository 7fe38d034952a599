// Related rows inside of rows.
import { embedding } from './cases/embed'
import { embeddedFilters } from './cases/embed-filters'
import { embedShapes } from './cases/embed-more'
import { spread } from './cases/embed-spread'
import { runCases } from './support/run'

runCases({ embedding, embedShapes, embeddedFilters, spread })
