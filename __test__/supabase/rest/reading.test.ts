// Reading tables and views.
import { logic } from './cases/logic'
import { operators } from './cases/operators'
import { order } from './cases/order'
import { paging } from './cases/paging'
import { containers } from './cases/ranges'
import { select } from './cases/select'
import { runCases } from './support/run'

runCases({ select, operators, containers, logic, order, paging })
