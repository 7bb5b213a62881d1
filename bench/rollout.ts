import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

/**
 * A group of eight hosts in a local region of its own, by the story of `npm test -- rollout`: from a publication to the first host and to
 * all of them, beside what their turns take (drain, installation, gate, return), from a recall to the last host, and from the death of the host
 * whose turn it is to the next one's turn. Needs root and takes half an hour. TOWLINE_MAX_UNAVAILABLE=25% asks for more turns at once.
 */

const ROOT = join(__dirname, "..");
const PLACE = "6";
const PORT = "18381";

/** What a line of the story says about times, in words for the bench; undefined where it says nothing. */
export function figure(line: string): string | undefined {
  const rollout =
    /^ +(recall to )?hello (\S+): the first host after ([\d.]+) s, all (\d+) after ([\d.]+) s, in turns of ([\d.]+) s together/.exec(
      line,
    );
  if (rollout) {
    const [, recall, version, first, hosts, all, turns] = rollout;
    const what = `${recall ? "recall" : "publication"} → all ${hosts} (hello ${version})`;
    return `${what}: ${all} s, ${(Number(all) / Number(turns)).toFixed(2)} × their turns (${turns} s); → first host: ${first} s`;
  }
  const killed = /was killed; \S+ went on after ([\d.]+) s/.exec(line);
  return killed ? `killed holder → next host: ${killed[1]} s (goal: 120 s)` : undefined;
}

async function main(): Promise<number> {
  const policy = process.env.TOWLINE_MAX_UNAVAILABLE;
  const options = ["--exit", "--rollout", "--baked", "--port", PORT];
  if (policy !== undefined) options.push("--max-unavailable", policy);
  const child = spawn(join(ROOT, "local", "start"), options, {
    cwd: ROOT,
    env: { ...process.env, TOWLINE_PLACE: PLACE, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1)));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => child.kill(signal));
  for await (const line of createInterface(child.stdout)) {
    const found = figure(line);
    if (found !== undefined) console.log(found);
    else if (/^✘|^towline: /.test(line)) console.error(line);
  }
  return ended;
}

if (require.main === module)
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: Error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
