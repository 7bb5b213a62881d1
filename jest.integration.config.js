const unit = require("./jest.config.js");

/** Tests with real aptly, apt, gpg, moto, npm, pip, lintian and Groovy on loopback; no root. Run by `npm test`. */
module.exports = {
  ...unit,
  testMatch: ["**/*.integration.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/e2e/"],
};
