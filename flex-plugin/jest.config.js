/** @type {import('@jest/types').Config.InitialOptions} */
module.exports = {
  testEnvironment: 'jsdom',
  // axe and user-event are slow on a busy machine.
  testTimeout: 30_000,
  setupFilesAfterEnv: ['<rootDir>/test/setup.ts'],
  testMatch: ['<rootDir>/test/**/*.test.{ts,tsx}'],
  transform: { '\\.[jt]sx?$': 'babel-jest' },
  // The icons come as ES modules under /esm; everything else in Paste has a CommonJS main.
  transformIgnorePatterns: ['/node_modules/(?!@twilio-paste/icons/esm/)'],
}
