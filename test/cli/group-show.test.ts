import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { main } from "../../cli/main";

let folder: string;
let written: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-group-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: towline\n");
  const config = {
    "aws:region": "eu-west-1",
    "towline:repository": { bucket: "acme-qa" },
    "towline:groups": {
      __base__: { packages: ["tools"], size: { min: 1, max: 2 }, tags: { team: "yes: 1" } },
      web: { packages: ["hello"], size: { max: 9 }, http: { port: 6000 }, postPackages: ["last"] },
      worker: { channel: "feature-x" },
    },
  };
  writeFileSync(join(folder, "Pulumi.qa.yaml"), JSON.stringify({ config }));
  written = "";
  const note = (chunk: string | Uint8Array) => {
    written += chunk;
    return true;
  };
  jest.spyOn(process.stdout, "write").mockImplementation(note);
  jest.spyOn(process.stderr, "write").mockImplementation(note);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const run = (...args: string[]) => main(["-C", folder, "group", ...args, "--stack", "qa"]);

it("lists the groups, as a table and for scripts", async () => {
  expect(await run("list")).toBe(0);
  expect(
    written
      .split("\n")
      .slice(0, 3)
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ["group", "packages", "hosts", "instance type", "port", "channel"],
    ["web", "tools, hello, last", "1 to 9", "t3.small", "6000", "-"],
    ["worker", "tools", "1 to 2", "t3.small", "-", "feature-x"],
  ]);
  written = "";
  expect(await run("list", "--json")).toBe(0);
  expect(JSON.parse(written).groups[0]).toEqual({
    ...{ name: "web", packages: ["tools", "hello", "last"], size: { min: 1, max: 9 } },
    ...{ instanceType: "t3.small", port: 6000, channel: null },
  });
});

it("shows each value of a group with where it is written", async () => {
  expect(await run("show", "web")).toBe(0);
  const rows = written.split("\n").map((line) => line.split(/ {2,}/));
  expect(rows).toEqual(
    expect.arrayContaining([
      ["key", "value", "from"],
      ["packages[0]", '"tools"', "__base__"],
      ["packages[2]", '"last"', "web (postPackages)"],
      ["size.min", "1", "__base__"],
      ["size.max", "9", "web"],
      ["health.timeout", "60", "default"],
    ]),
  );
});

it("shows a group as a section that means the same", async () => {
  expect(await run("show", "web", "--yaml")).toBe(0);
  expect(written).toContain("    - last # web (postPackages)\n");
  expect(written).toContain("    timeout: 60 # default\n");
  const { web } = parse(written);
  expect(web).toMatchObject({
    packages: ["tools", "hello", "last"],
    size: { min: 1, max: 9 },
    tags: { team: "yes: 1" },
  });
  writeFileSync(
    join(folder, "Pulumi.qa.yaml"),
    JSON.stringify({
      config: { "aws:region": "eu-west-1", "towline:repository": { bucket: "acme-qa" }, "towline:groups": { web } },
    }),
  );
  written = "";
  expect(await run("show", "web", "--json")).toBe(0);
  const values: { path: string[]; from: string }[] = JSON.parse(written).values;
  // All of it is the group's own now.
  expect(values.filter(({ from }) => from !== "group")).toEqual([]);
});

it("refuses a group that the stack has not, in one sentence", async () => {
  expect(await run("show", "nosuch")).toBe(2);
  expect(written).toBe("towline: stack qa: has no group nosuch; its groups are web, worker\n");
});
