import { join } from "node:path";
import { Workshop } from "../cli/repository-fixtures";
import { STATUS } from "../userdata/fake-aws";
import { type Host, inRelease, USERDATA, withHost } from "../userdata/host";
import { aptUpdate } from "./real-apt";

// Mix and match: somebody who can write the bucket combines what was signed at different times, or for different suites. A publisher builds on none of it:
// test/cli/publishing.integration.test.ts ("an index that somebody moved").

const shop = new Workshop();
beforeAll(() => shop.makeKey("ours"));
afterAll(() => shop.remove());

const NOW = Math.floor(Date.now() / 1000) * 1000;
/** A channel's index, that the same key signed. */
const channels = inRelease(NOW).replace("Origin: towline\n", "Origin: towline\nSuite: stable-feature-x\n");
const words = "the index dists/stable/InRelease was signed as that of stable-feature-x: somebody copied it there";
const mine = (host: Host) => host.story().filter((line) => line.startsWith("apt-get install"));

it("apt takes no list of packages but the one that the index names by its hash", async () => {
  const packages = "Package: hello\nVersion: 9.0\nArchitecture: all\nFilename: pool/hello.deb\nSize: 1\n";
  expect(await aptUpdate(shop, { spoil: { packages } })).toMatch(/^E: .*(Hash Sum mismatch|unexpected size)/m);
});

it("apt alone would take a channel's index for the main suite's, with a warning", async () => {
  expect(await aptUpdate(shop, { suite: "stable-feature-x" })).toMatch(/^W: Conflicting distribution/m);
});

test.concurrent(
  "a fresh host takes no agent from a channel's index in the main suite's place, until that is back",
  withHost(undefined, ["1.0.0"], async (host) => {
    host.transport();
    const path = host.sign(NOW);
    host.write(`state/${path.replace("var/lib/apt/", "")}`, channels);
    host.writeLater(1, `state/${path.replace("var/lib/apt/", "")}`, inRelease(NOW));
    const result = await host.run(join(USERDATA, "install.sh"), []);
    expect(result.code).toBe(0);
    expect(result.stdout).toContain(`trying again: E: ${words}\n`);
    expect(mine(host)).toHaveLength(1);
  }),
);

test.concurrent(
  "a host that lost what apt knew takes nothing from one, and says so once",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    const serves = { state: "serving", health: "healthy", since: "", packages: {}, error: "" };
    host.write("var/lib/towline/status.json", `${JSON.stringify(serves)}\n`);
    const path = host.sign(NOW);
    host.write(`state/${path.replace("var/lib/apt/", "")}`, channels);
    for (let poll = 0; poll < 2; poll++) expect((await host.agent("poll")).code).toBe(1);
    expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error: `repository: ${words}` });
    expect(host.aws.s3().filter((request) => request.startsWith("PUT hosts/"))).toHaveLength(1);
    expect(mine(host)).toEqual([]);
  }),
);
