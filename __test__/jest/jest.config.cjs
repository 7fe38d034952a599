// The package under jest, as CommonJS and without any flag of Node's.
module.exports = {
  rootDir: __dirname,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/*.test.cjs'],
  transform: {},
  moduleFileExtensions: ['cjs', 'js', 'json', 'node'],
  testTimeout: 60000,
}
