const unit = require("./jest.config.js");

/** Tests with real tools on loopback (aptly, apt, gpg, moto, npm, pip, lintian, Groovy, the agent's bash, curl and jq); no root. */
module.exports = {
  ...unit,
  maxWorkers: "100%",
  testMatch: ["**/*.integration.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/e2e/"],
};
