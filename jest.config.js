const { availableParallelism } = require('node:os')

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Many tests wait for real processes and deadlines, so more workers than cores are of use.
  maxWorkers: Math.max(4, availableParallelism()),
  // Generous, because a process that starts on a busy machine takes its time; what must be quick says so itself.
  testTimeout: 20_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.twilioserverless', '<rootDir>/.local'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }],
  },
}
