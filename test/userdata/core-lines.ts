import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { HOST_TOOLS } from "./host-tools";

/** A line that an agent wrote to its process of core.jq, and what it read. */
export interface Led {
  /** Which of all processes, each of which numbers its conversations from 1. */
  readonly process: number;
  readonly line: string;
  readonly answer: string;
}

/** What the hosts' own jq answers to all these lines, in one run of the program. */
export async function answersOfJq(program: string, lines: readonly Led[]): Promise<string[]> {
  const running = promisify(execFile)(join(HOST_TOOLS, "jq"), ["-nrR", program], { maxBuffer: 2 ** 30 });
  running.child.stdin?.end(lines.map(({ process, line }) => `${process}-${line}\n`).join(""));
  const { stdout } = await running;
  return stdout.split("\n").slice(0, -1);
}
