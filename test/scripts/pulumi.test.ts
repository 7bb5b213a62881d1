import { readFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.resolve(__dirname, "../..");
const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
const { packages } = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8"));

test("Pulumi's command is the one of the SDK's version, exactly", () => {
  expect(dependencies.pulumi).toMatch(/^\d+\.\d+\.\d+$/);
  expect(dependencies["@pulumi/pulumi"]).toBe(dependencies.pulumi);
});

test("all parts of the program share one SDK", () => {
  const installed = Object.keys(packages).filter((name) => name.endsWith("node_modules/@pulumi/pulumi"));
  expect(installed).toEqual(["node_modules/@pulumi/pulumi"]);
  expect(packages["node_modules/@pulumi/pulumi"].version).toBe(dependencies.pulumi);
});
