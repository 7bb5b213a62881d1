import { createServer, type Server, type Socket } from "node:net";
import { listen } from "../../local/region/listen";
import { compile } from "../../simulator/jq/compile";
import type { Led } from "./core-lines";

/** How core.sh makes one program of core.jq and its loop over lines. */
const PROGRAM = /^def core: (.*); (\n {2}foreach \(inputs .*)$/s;
const ROW = "\x1e";
const TEXT = "\x1f";

interface Answered {
  readonly state: unknown;
  readonly do: readonly (readonly unknown[])[];
}
type Core = (input: unknown) => unknown[];

/**
 * Leads the agents' conversations with core.jq in the test's own process, for fakes/jq.sh: reading the program costs jq more than all else that
 * an agent does. core.jq is compiled, as for the simulator. That jq itself says the same, to every line, is asked once, after a file's tests.
 */
export class FakeCore {
  /** Every line that an agent has written, by program, and what it was answered. */
  static readonly led = new Map<string, Led[]>();
  private static readonly compiled = new Map<string, Core>();
  private static processes = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((socket) => this.serve(socket));

  start(): Promise<number> {
    return listen(this.server, 0, "127.0.0.1");
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** One run of jq: its program, ended by NUL, which is known or not; then lines, each answered by one. */
  private serve(socket: Socket): void {
    const process = FakeCore.processes++;
    const states = new Map<string, unknown>();
    let said = "";
    let begun = false;
    let core: Core | undefined;
    let led: Led[] = [];
    this.sockets.add(socket);
    socket.setEncoding("utf8");
    socket.on("close", () => this.sockets.delete(socket));
    // An agent that is killed in the middle is no error of the test's.
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      said += chunk;
      if (!begun) {
        const end = said.indexOf("\0");
        if (end < 0) return;
        const program = said.slice(0, end);
        said = said.slice(end + 1);
        begun = true;
        core = FakeCore.core(program);
        led = FakeCore.led.get(program) ?? [];
        if (core) FakeCore.led.set(program, led);
        socket.write(core ? "known\n" : "unknown\n");
      }
      for (let end = said.indexOf("\n"); core && end >= 0; end = said.indexOf("\n")) {
        const line = said.slice(0, end);
        said = said.slice(end + 1);
        const answer = answered(core, states, line);
        led.push({ process, line, answer });
        socket.write(`${answer}\n`);
      }
    });
  }

  /** The core of a program, or nothing where it is another one than the agent's, or one that is not understood. */
  private static core(program: string): Core | undefined {
    const text = PROGRAM.exec(program)?.[1];
    if (text === undefined) return undefined;
    let core = FakeCore.compiled.get(text);
    if (!core) {
      try {
        core = compile(text);
      } catch {
        return undefined;
      }
      FakeCore.compiled.set(text, core);
    }
    return core;
  }
}

/** What CORE_LOOP of core.sh does with a line. */
function answered(core: Core, states: Map<string, unknown>, line: string): string {
  const [talk = "", event, now, ...rows] = line.split(ROW);
  const told = { event, now: Number(now), rows: rows.filter((row) => row !== "").map((row) => row.split("\t")) };
  let answer: Answered | undefined;
  try {
    [answer] = core({ state: states.get(talk) ?? null, event: told }) as [Answered?];
  } catch (error) {
    states.delete(talk);
    return `fault: ${(error as Error).message.replace(/^the program failed: /, "")}`.replaceAll("\n", " ");
  }
  if (!answer) {
    states.delete(talk);
    return "it has none";
  }
  if (answer.state === null) states.delete(talk);
  else states.set(talk, answer.state);
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const effect = (texts: readonly unknown[]) =>
    texts.map((one) => `${text(one).replaceAll(ROW, " ").replaceAll(TEXT, " ")}${TEXT}`).join("");
  return ["do", ...answer.do.map(effect)].join(ROW).replaceAll("\n", " ");
}
