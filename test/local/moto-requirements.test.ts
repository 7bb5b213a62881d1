import { readFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.resolve(__dirname, "../..");
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");

/** Each requirement with its hashes, as one line. */
const requirements = read("scripts/moto.txt")
  .replace(/^#.*$/gm, "")
  .replace(/\\\n/g, " ")
  .split("\n")
  .map((line) => line.trim().replace(/\s+/g, " "))
  .filter((line) => line !== "");

test("moto and all that it depends on are pinned to one version and to the bytes of its files", () => {
  expect(requirements.length).toBeGreaterThan(50);
  for (const line of requirements) {
    expect(line).toMatch(/^[a-z0-9][a-z0-9.-]*==[0-9][\w.]*( ; [^;\\]+?)?( --hash=sha256:[0-9a-f]{64})+$/);
  }
  expect(requirements.filter((line) => line.startsWith("moto=="))).toHaveLength(1);
});

test("set-up installs nothing of moto's that is not pinned there", () => {
  const installs = read("scripts/setup").match(/^.*\bpip"? install.*$/gm) ?? [];
  expect(installs).toHaveLength(1);
  expect(installs[0]).toContain("--require-hashes --only-binary :all: --requirement");
});
