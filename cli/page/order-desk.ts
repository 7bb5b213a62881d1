import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { stripVTControlCharacters } from "node:util";
import { InputError } from "../errors";
import { trackChild } from "../interrupt";
import { timestamp } from "../time";
import { commandOf, parseOrder } from "./orders";

/** What a command did, or would do. */
export interface Outcome {
  /** The command, as a person would write it. */
  readonly command: string;
  readonly text: string;
  readonly exitCode: number;
}

/** A plan that was shown: with its number, and nothing else, it is carried out. */
export interface Plan extends Outcome {
  /** '' where it cannot be carried out. */
  readonly plan: string;
}

/** For how long a plan holds that nobody carries out. */
const PLAN_MILLISECONDS = 10 * 60_000;
/** Of what a command says. */
const MOST_CHARACTERS = 20_000;

/** This command itself, however it was started. */
export function ownCommand(): string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? ""];
}

/** Makes plans and carries them out, by the commands that a person would call, with that person's credentials. */
export class OrderDesk {
  private readonly plans = new Map<string, { readonly args: readonly string[]; readonly until: number }>();

  /** @param towline how the command is started @param global options before each command */
  constructor(
    private readonly stacks: readonly string[],
    private readonly towline: readonly string[] = ownCommand(),
    private readonly global: readonly string[] = [],
  ) {}

  /** What an order would do, by its command's own dry run. @throws InputError where it is no order */
  async plan(value: unknown): Promise<Plan> {
    const args = commandOf(parseOrder(value, this.stacks), timestamp());
    const outcome = await this.call([...args, "--dry-run"]);
    if (outcome.exitCode !== 0) return { ...outcome, plan: "" };
    const plan = randomBytes(16).toString("base64url");
    this.plans.set(plan, { args, until: Date.now() + PLAN_MILLISECONDS });
    return { ...outcome, plan };
  }

  /** Carries out a plan that was shown, once. @throws InputError where there is none of that number, or no longer */
  run(value: unknown): Promise<Outcome> {
    const number = typeof value === "object" && value !== null && "plan" in value ? String(value.plan) : "";
    const plan = this.plans.get(number);
    this.plans.delete(number);
    if (plan === undefined || plan.until < Date.now())
      throw new InputError("there is no such plan any more: have it shown again, and carry that out");
    return this.call(plan.args);
  }

  private call(args: readonly string[]): Promise<Outcome> {
    const [program = "", ...first] = this.towline;
    return new Promise((resolve, reject) => {
      const child = spawn(program, [...first, ...this.global, ...args], {
        env: { ...process.env, NO_COLOR: "1" },
        stdio: ["ignore", "pipe", "pipe"],
      });
      trackChild(child);
      let text = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (chunk: string) => {
          text = (text + chunk).slice(-MOST_CHARACTERS);
        });
      }
      child.once("error", reject);
      child.once("close", (code) => {
        resolve({ command: shown(args), text: stripVTControlCharacters(text).trim(), exitCode: code ?? 1 });
      });
    });
  }
}

function shown(args: readonly string[]): string {
  return [
    "towline",
    ...args.map((arg) => (/^[\w./:=@%+-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`)),
  ].join(" ");
}
