const unit = require("./jest.config.js");

/** The simulator's tests that play many or large groups, each in a file that one processor is busy with for a minute. */
module.exports = {
  ...unit,
  maxWorkers: "100%",
  testMatch: ["**/*.scale.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
};
