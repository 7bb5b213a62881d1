import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

const root = path.resolve(__dirname, "../..");

describe("the pack", () => {
  it("starts as `pulumi up --policy-pack policy` starts it, and tells the port it listens on", async () => {
    const runner = path.join(root, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
    const pack = spawn(path.join(root, "scripts/node"), [runner, "127.0.0.1:0", "."], {
      cwd: path.join(root, "policy"),
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [line] = await once(createInterface(pack.stdout), "line");
      expect(line).toMatch(/^\d+$/);
    } finally {
      pack.kill();
    }
  }, 20_000);
});
