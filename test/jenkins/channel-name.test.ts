import { spawnSync } from "node:child_process";
import path from "node:path";
import { isChannel } from "../../infra/config";

const CHANNEL_NAME = path.resolve(__dirname, "../../jenkins/channel-name");
const channelName = (...args: string[]) => spawnSync(CHANNEL_NAME, args, { encoding: "utf8" });

it.each([
  ["feature-x", "feature-x"],
  ["feature/X_1", "feature-x-1"],
  ["--help", "help"],
  ["fix: über $(id) `id`", "fix-ber-id-id"],
  ["a//__b", "a-b"],
  [`${"a".repeat(39)}/b`, "a".repeat(39)],
  ["dependabot/npm_and_yarn/a-rather-long-name-of-a-package-1.2.3", "dependabot-npm-and-yarn-a-rather-long-na"],
])("names the channel of the branch %s", (branch, channel) => {
  const { stdout, status } = channelName(branch);
  expect([stdout, status]).toEqual([`${channel}\n`, 0]);
  expect(isChannel(channel)).toBe(true);
});

it.each([
  [["///"], "channel-name: the branch '///' has no letter or digit to name a channel by\n"],
  [[""], "channel-name: the branch '' has no letter or digit to name a channel by\n"],
  [[], "channel-name: should be called with the name of a branch\n"],
])("refuses %j", (args, message) => {
  expect(channelName(...args)).toMatchObject({ status: 2, stdout: "", stderr: message });
});
