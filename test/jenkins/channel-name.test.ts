import { spawnSync } from "node:child_process";
import path from "node:path";
import { isChannel } from "../../infra/config";

const CHANNEL_NAME = path.resolve(__dirname, "../../jenkins/channel-name");
const channelName = (...args: string[]) => spawnSync(CHANNEL_NAME, args, { encoding: "utf8" });

const DIGEST = /-[0-9a-f]{12}$/;

it.each(["feature-x", "a", "a-1", "a".repeat(40)])("is the branch %s where that can be one", (branch) => {
  expect(channelName(branch)).toMatchObject({ stdout: `${branch}\n`, status: 0 });
});

it.each([
  ["feature/X_1", "feature-x-1"],
  ["--help", "help"],
  ["fix: über $(id) `id`", "fix-ber-id-id"],
  ["a//__b", "a-b"],
  [`${"a".repeat(39)}/b`, "a".repeat(27)],
  ["dependabot/npm_and_yarn/a-rather-long-name-of-a-package-1.2.3", "dependabot-npm-and-yarn-a-r"],
])("is what is left of the branch %s, and which it is", (branch, left) => {
  const { stdout, status } = channelName(branch);
  const channel = stdout.trim();
  expect([channel.replace(DIGEST, ""), DIGEST.test(channel), status]).toEqual([left, true, 0]);
  expect(isChannel(channel)).toBe(true);
});

it("is another for each branch, also for one that is called as another's", () => {
  const alike = ["feature-x", "feature/x", "feature_x", "Feature-x", "-feature-x", "feature-x-", "feature--x"];
  const long = ["b", "c"].map((end) => `${"a".repeat(50)}${end}`);
  const taken = channelName("feature/x").stdout.trim();
  const branches = [...alike, ...long, taken, "feature-x-123456789abc"];
  const channels = branches.map((branch) => channelName(branch).stdout.trim());
  expect(new Set(channels).size).toBe(branches.length);
  expect(channels.filter((channel) => !isChannel(channel))).toEqual([]);
});

it.each([
  [["///"], "channel-name: the branch '///' has no letter or digit to name a channel by\n"],
  [[""], "channel-name: the branch '' has no letter or digit to name a channel by\n"],
  [[], "channel-name: should be called with the name of a branch\n"],
])("refuses %j", (args, message) => {
  expect(channelName(...args)).toMatchObject({ status: 2, stdout: "", stderr: message });
});
