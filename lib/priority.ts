/** Priorities of queries. */

/** Which waiting query runs first. Waiting raises a query, so that none starves. */
export enum QueryPriority {
  CRITICAL = 0,
  HIGH = 1,
  MEDIUM = 2,
  LOW = 3,
}
