import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../cli/errors";
import { main } from "../../cli/main";
import type { Affected } from "../../cli/provenance/affected";

let mockFound: Affected | UserError;
jest.mock("../../cli/provenance/affected", () => ({
  findAffected: async () => {
    if (mockFound instanceof Error) throw mockFound;
    return mockFound;
  },
}));
jest.mock("../../cli/repository/bucket", () => ({ openBucket: async () => ({}) }));

const folder = mkdtempSync(join(tmpdir(), "towline-test-"));
let [said, printed] = ["", ""];

beforeAll(() => {
  mkdirSync(join(folder, "keys"));
  writeFileSync(join(folder, "keys", "staging.asc"), "");
  writeFileSync(join(folder, "Pulumi.yaml"), "name: towline\n");
  const groups = "{web: {packages: [hello], size: {min: 1, max: 2}}}";
  writeFileSync(
    join(folder, "Pulumi.staging.yaml"),
    `config: {aws:region: eu-west-1, towline:repository: {bucket: towline-b}, towline:groups: ${groups}}\n`,
  );
});

beforeEach(() => {
  [said, printed] = ["", ""];
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += text;
    return true;
  });
});

afterAll(() => rmSync(folder, { recursive: true }));

const NOTHING: Affected = { affected: [], unknown: [], silent: [] };
const HELLO = { stack: "staging", package: "hello", version: "1.0", hosts: ["web/i-1", "web/i-2"] };
const LODASH = { purl: "pkg:npm/lodash@4.17.20", certain: true };
const look = (...args: string[]) => main(["-C", folder, "affected", ...args]);

it("ends with 1 where hosts are affected, and names them", async () => {
  mockFound = {
    affected: [{ ...HELLO, components: [LODASH] }],
    unknown: [{ ...HELLO, package: "old", reason: "it was published without an SBOM" }],
    silent: ["staging/web/i-3"],
  };
  expect(await look("lodash<4.17.21", "--stack", "staging")).toBe(1);
  expect(printed).toBe("staging: hello 1.0 contains pkg:npm/lodash@4.17.20: web/i-1, web/i-2\n");
  expect(said).toBe(
    "warning: staging: nobody can tell of old 1.0 (web/i-1, web/i-2): it was published without an SBOM\n" +
      "warning: staging/web/i-3 never reported what they run\ntowline: 2 hosts and 1 release affected\n",
  );
});

it("says of Debian's packages that hosts have their own version", async () => {
  const components = [{ purl: "pkg:deb/debian/libssl3", certain: false, relation: "libssl3 (>= 3.0)" }];
  mockFound = { ...NOTHING, affected: [{ ...HELLO, components }] };
  expect(await look("libssl3<3.1", "--stack", "staging")).toBe(1);
  expect(printed).toContain("contains pkg:deb/debian/libssl3 (libssl3 (>= 3.0), in hosts' own version): web/i-1");
});

it("ends with 0 where none is, with 3 where nobody can tell, and with 2 at bad input", async () => {
  mockFound = NOTHING;
  expect(await look("lodash", "--stack", "staging")).toBe(0);
  expect(printed).toBe("no host of staging is known to run a release that contains lodash\n");
  mockFound = { ...NOTHING, silent: ["staging/web/i-3"] };
  expect(await look("lodash", "--stack", "staging")).toBe(3);
  mockFound = new UserError("cannot list s3://b/hosts/: access denied");
  expect(await look("lodash", "--stack", "staging")).toBe(3);
  expect(await look("lodash<", "--stack", "staging")).toBe(2);
  expect(await look("lodash", "--stack", "nosuch")).toBe(2);
  expect(await look("lodash")).toBe(2);
});

it("prints JSON whatever it finds", async () => {
  mockFound = { ...NOTHING, affected: [{ ...HELLO, components: [LODASH] }] };
  expect(await look("lodash", "--stack", "staging", "--json")).toBe(1);
  expect(JSON.parse(printed)).toEqual({ query: "lodash", ...mockFound });
  printed = "";
  mockFound = NOTHING;
  expect(await look("lodash", "--stack", "staging", "--json")).toBe(0);
  expect(JSON.parse(printed)).toEqual({ query: "lodash", ...NOTHING });
});
