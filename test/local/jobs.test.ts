import { jobOf } from "../../local/story/packages";

it.each([
  ["publish --stack staging a.deb", { job: "publisher", stack: "staging" }],
  ["promote hello --from staging --to prod", { job: "promoter", stack: "prod" }],
  ["status --stack prod", { job: "operator", stack: "prod" }],
  ["env set --stack prod hello NAME", { job: "operator", stack: "prod" }],
  ["build . --version 1", undefined],
])("the story calls 'towline %s' with %j's policy", (line, expected) => {
  expect(jobOf(line.split(" "))).toEqual(expected);
});
