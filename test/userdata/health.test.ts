import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { USERDATA } from "./host";

interface World {
  /** Milliseconds that the app's worker runs each time, until it crashes; systemd starts it again 2 s later. @default for good */
  readonly runs?: readonly number[];
  /** Milliseconds until the app's web process answers; undefined: the group has no http. */
  readonly answers?: number;
}

/** Runs the health gate against a clock of the test's own. Its result, and the milliseconds it took. */
function gate({ runs = [], answers }: World): { ms: number; failure: string } {
  const program = `
    # No more than a variable from here: the machine's own time does not pass.
    unset SECONDS
    SECONDS=0
    RUN_DIR=$(mktemp -d) TOWLINE_HEALTH_TIMEOUT=20 TOWLINE_PROCESSES='web:web=1 jobs:worker=1' clock=0 runs=(${runs.join(" ")})
    TOWLINE_HTTP_PORT='${answers === undefined ? "" : 6000}' TOWLINE_HEALTH_PATH=/health
    trap 'rm -r "$RUN_DIR"' EXIT
    pass() { clock=$((clock + $1)) SECONDS=$((clock / 1000)); }
    sleep() { pass "$((10#\${1/./} * 100))"; }
    curl() { if ((clock >= ${answers ?? 0})); then echo 200; else echo refused >&2; return 7; fi; }
    processes_journal() { echo "what \${1:-everyone} wrote"; }
    processes_command() {
      pass 20
      if [[ $1 != jobs ]] || runs_now; then printf '%s.1\\tactive\\t6000\\n' "$1"; return; fi
      printf 'worker.1\\tactivating\\t6000\\nclock.1\\tactive\\t6100\\n'
      return 1
    }
    runs_now() {
      local run begun=0
      for run in "\${runs[@]}"; do
        ((clock - begun >= run)) || return 0
        begun=$((begun + run + 2000))
        ((clock >= begun)) || return 1
      done
    }
    if health_gate 2>/dev/null; then FAILURE=; fi
    echo "$clock $FAILURE"`;
  const sources = ["log", "turn-time", "health"].map((file) => `source "$0/${file}.sh"\n`).join("");
  const folder = join(USERDATA, "agent/usr/lib/towline");
  const output = execFileSync("bash", ["-uc", sources + program, folder], { encoding: "utf8" }).trimEnd();
  const end = output.indexOf(" ");
  return end < 0
    ? { ms: Number(output), failure: "" }
    : { ms: Number(output.slice(0, end)), failure: output.slice(end + 1) };
}

/** A crash loop that outlasts the gate. */
const loop = (run: number) => Array.from({ length: 30 }, () => run);

const CRASHING =
  "not healthy within 20 s: jobs status: worker.1 activating 6000 | clock.1 active 6100; log: what jobs wrote";

describe("the health gate", () => {
  test.each([
    { group: "of a group with http", answers: 0 },
    { group: "of a group without", answers: undefined },
  ])("$group passes within two seconds what runs", ({ answers }) => {
    const { ms, failure } = gate({ answers });
    expect(failure).toBe("");
    expect(ms).toBeLessThan(2000);
  });

  test("waits for the answer over http, and passes then", () => {
    const { ms, failure } = gate({ answers: 6000 });
    expect(failure).toBe("");
    expect(ms).toBeGreaterThan(6000);
    expect(ms).toBeLessThan(8400);
  });

  test("passes what gets healthy just before its time is up", () => {
    expect(gate({ answers: 19_900 }).failure).toBe("");
  });

  test("says what http answered, with the log of all apps, where the processes run", () => {
    expect(gate({ answers: 99_000 }).failure).toBe(
      "not healthy within 20 s: GET http://127.0.0.1:6000/health did not answer: refused; log: what everyone wrote",
    );
  });

  test.each([0, 50, 100, 900, 1700])(
    "refuses a process that crashes %d ms after each start, with its own app's log",
    (run) => {
      for (const answers of [0, 700, undefined]) expect(gate({ runs: loop(run), answers }).failure).toBe(CRASHING);
    },
  );

  test("refuses a process that crashed while http was waited for, though it runs again for a while", () => {
    for (const run of [2500, 3000, 5000])
      expect(gate({ runs: loop(run), answers: 6000 }).failure).toMatch(/^not healthy within 20 s: /);
  });

  test("passes a process that crashed once, after it has run for ten seconds", () => {
    const { ms, failure } = gate({ runs: [500], answers: 0 });
    expect(failure).toBe("");
    expect(ms).toBeGreaterThan(2500 + 9900);
    expect(ms).toBeLessThan(2500 + 11_500);
  });
});
