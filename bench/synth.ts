import { join } from "node:path";
import { ROOT } from "../infra/root";
import { compared, measure } from "./lib/measure";

/** The whole stack synthesised in a fresh process, beside a fresh process that merely loads Pulumi's SDK. */
const ROUNDS = 7;

async function main(): Promise<void> {
  const node = (...args: string[]) => ({
    command: [process.execPath, "--require", "tsx/cjs", ...args],
    env: process.env,
  });
  const synth = join(ROOT, "infra", "synth", "main.ts");
  const costs = await measure(
    {
      synth: node(synth, "staging", "--signing-key", join(ROOT, "infra", "synth", "placeholder.asc")),
      sdk: node("--eval", 'require("@pulumi/pulumi")'),
    },
    { rounds: ROUNDS },
  );
  for (const kind of ["wall", "cpu"] as const) {
    console.log(`${kind}: whole stack ${compared(costs.synth[kind], { "loading the SDK,": costs.sdk[kind] })}`);
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
