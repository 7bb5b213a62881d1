import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { synthesize } from "../../infra/synth";
import { placeholderKey as key } from "./stack-of";

const root = path.resolve(__dirname, "../..");

describe("the command line", () => {
  const run = promisify(execFile);
  const synth = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
    run(path.join(root, "scripts/node"), ["--require", "tsx/cjs", "infra/synth/main.ts", ...args], {
      cwd: root,
      maxBuffer: 1 << 24,
    });

  it("prints a stack as JSON", async () => {
    const { stdout } = await synth("staging", "--signing-key", key);
    const staging = await synthesize("staging", { config: { "towline:signingKey": key } });
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(staging)));
  });

  it("fails in one sentence when something goes wrong inside an apply", async () => {
    const script = `
      const { offlineCloud, synthesize } = require("./infra/synth");
      const offline = offlineCloud("eu-west-1");
      const create = async (registration) => {
        const created = await offline.create(registration);
        return registration.type.endsWith(":Topic") ? { ...created, state: { ...created.state, arn: "it's" } } : created;
      };
      const config = { "towline:signingKey": ${JSON.stringify(key)} };
      synthesize("staging", { config, cloud: { ...offline, create } }).catch((error) => console.log(error.message));`;
    const { stdout } = await run(path.join(root, "scripts/node"), ["--require", "tsx/cjs", "-e", script], {
      cwd: root,
    });
    expect(stdout).toBe(
      'TOWLINE_TOPIC_ARN cannot be passed to a host: "it\'s" holds a quote or a control character.\n',
    );
  });

  it("says which stacks exist, and fails, for one that does not", async () => {
    await expect(synth("qa")).rejects.toMatchObject({
      code: 1,
      stdout: "",
      stderr: `There is no stack "qa", because ${root} holds no Pulumi.qa.yaml. The stacks that exist: prod, staging.\n`,
    });
  });
});
