const unit = require("./jest.config.js");

/** The page in a real browser, one start of it for all tests; left out where there is none. */
module.exports = {
  ...unit,
  maxWorkers: 1,
  testMatch: ["**/*.browser.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
};
