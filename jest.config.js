const { availableParallelism } = require("node:os");

/** Unit tests: quick, no network, no root. Those that run real tools are in jest.integration.config.js. */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/e2e/", "\\.(integration|scale|browser)\\.test\\.ts$"],
  // Much of their time is spent waiting for small child processes. (A percentage over 100 would be a number of workers.)
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  // Ends what hangs. How long a test takes says nothing: a busy machine may take its time.
  testTimeout: 900_000,
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2024", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
};
