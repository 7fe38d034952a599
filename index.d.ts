// The published type entry. What it names is documented in docs/api/.
export * from './dist/index'
