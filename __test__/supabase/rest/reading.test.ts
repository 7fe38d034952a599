// Reading tables and views.
import { aggregates } from './cases/aggregates'
import { logic } from './cases/logic'
import { operators } from './cases/operators'
import { order } from './cases/order'
import { paging } from './cases/paging'
import { containers } from './cases/ranges'
import { select } from './cases/select'
import { types } from './cases/types'
import { runCases } from './support/run'

runCases({ select, types, operators, containers, logic, order, paging, aggregates })
