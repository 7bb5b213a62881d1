import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

/** The attacks that TUF names: each is a row of docs/security.md. */
const ATTACKS = [
  ...["Arbitrary software installation", "Rollback", "Indefinite freeze", "Mix and match", "Fast-forward"],
  ...["Wrong software", "Endless data", "Slow retrieval", "Extraneous dependencies", "Key compromise"],
];

const [, section = ""] = readFileSync(join(ROOT, "docs/security.md"), "utf8").split("## Attacks on the repository\n");
const rows = section
  .slice(0, section.indexOf("\n## "))
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(2)
  .map((line) => {
    const [, attack = "", stopped = "", left = "", test = ""] = line.split("|").map((cell) => cell.trim());
    return { attack: attack.replace(/:.*/, ""), stopped, left, test: test.replaceAll("`", "") };
  });

it("no attack is without a row, in this order", () => {
  expect(rows.map(({ attack }) => attack)).toEqual(ATTACKS);
});

it.each(rows)("$attack: says what stops it and what is left, and its tests are there", ({ stopped, left, test }) => {
  expect([stopped, left]).not.toContain("");
  expect(test).toMatch(/^test\/security\/[a-z-]+\.integration\.test\.ts$/);
  expect(existsSync(join(ROOT, test))).toBe(true);
});
