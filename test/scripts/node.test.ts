import { execFileSync } from "node:child_process";
import { join } from "node:path";

const FOLDER = join(__dirname, "..", "..", "scripts");

test("scripts/node finds Node.js, and not itself, where its folder is on the PATH", () => {
  // Where it called itself it would do so until no process is left, which takes the machine down with it: the time limit ends it before that.
  const limited = ["-c", 'exec timeout 60 node -p "process.version"'];
  const version = execFileSync("sh", limited, {
    env: { ...process.env, PATH: `${FOLDER}:${process.env.PATH}` },
    encoding: "utf8",
  });
  expect(Number(version.slice(1).split(".")[0])).toBeGreaterThanOrEqual(22);
});
