import type { Word } from "./jenkinsfile-check";

/** One build to imagine. */
export interface Build {
  readonly branch?: string;
  readonly changeRequest?: boolean;
  readonly startedBy?: "UserIdCause" | "BranchEventCause";
  /** Paths of the push. */
  readonly changes?: readonly string[];
  /** The step that fails, by how it is written below. */
  readonly fails?: RegExp;
  /** The step during which somebody stops the build, such as an unanswered question. */
  readonly stopped?: RegExp;
  /** How the build before went. */
  readonly before?: Result;
}

export type Result = "SUCCESS" | "FAILURE" | "ABORTED";

/** What happened: the steps in their order, those of stages behind their name, and the result. */
export interface Played {
  readonly steps: readonly string[];
  readonly result: Result;
}

// In the order in which Declarative Pipeline runs them (Jenkins handbook, "post").
const POST: Readonly<Record<string, (result: Result, before: Result) => boolean>> = {
  always: () => true,
  changed: (result, before) => result !== before,
  fixed: (result, before) => result === "SUCCESS" && before !== "SUCCESS" && before !== "ABORTED",
  regression: (result, before) => result !== "SUCCESS" && before === "SUCCESS",
  aborted: (result) => result === "ABORTED",
  failure: (result) => result === "FAILURE",
  success: (result) => result === "SUCCESS",
  unsuccessful: (result) => result !== "SUCCESS",
  cleanup: () => true,
};

/**
 * Plays the pipeline that the checker has recorded as Declarative Pipeline would run it: stages whose conditions hold, one
 * after the other until a step fails, and then what is due in `post`.
 * @throws Error at a word that this does not know how to play
 */
export function play(file: readonly Word[], build: Build): Played {
  const pipeline = content(file, "pipeline");
  const run: Run = { steps: [], caught: false };
  const ended = runStages(content(pipeline, "stages"), build, run);
  const result = ended === "SUCCESS" && run.caught ? "FAILURE" : ended;
  runPost(pipeline, result, build, run, "");
  return { steps: run.steps, result };
}

interface Run {
  readonly steps: string[];
  /** Whether something failed that the rest went on after. */
  caught: boolean;
}

function runStages(stages: readonly Word[], build: Build, run: Run): Result {
  for (const stage of stages) {
    if (!conditionsHold(content(stage.body, "when"), build)) continue;
    const name = argument(stage);
    run.steps.push(`[${name}]`);
    const nested = content(stage.body, "stages");
    const result =
      nested.length > 0 ? runStages(nested, build, run) : runSteps(content(stage.body, "steps"), build, run);
    runPost(stage.body, result, build, run, `[${name}] `);
    // The stages that follow are skipped, with their post sections.
    if (result !== "SUCCESS") return result;
  }
  return "SUCCESS";
}

function runSteps(words: readonly Word[], build: Build, run: Run): Result {
  for (const word of words) {
    if (word.word !== "script") {
      const text = describe(word);
      run.steps.push(text);
      if (build.fails?.test(text)) return "FAILURE";
      if (build.stopped?.test(text)) return "ABORTED";
    }
    const result = runSteps(word.body, build, run);
    // It is written with the results it sets: the build's and the stage's are FAILURE.
    if (word.word === "catchError" && result === "FAILURE") run.caught = true;
    else if (result !== "SUCCESS") return result;
  }
  return "SUCCESS";
}

function runPost(words: readonly Word[], result: Result, build: Build, run: Run, where: string): void {
  const sections = content(words, "post");
  for (const [condition, due] of Object.entries(POST)) {
    if (!due(result, build.before ?? "SUCCESS")) continue;
    for (const step of content(sections, condition)) run.steps.push(`${where}${condition}: ${describe(step)}`);
  }
}

function conditionsHold(conditions: readonly Word[], build: Build): boolean {
  return conditions.every((condition) => holds(condition, build));
}

function holds(condition: Word, build: Build): boolean {
  switch (condition.word) {
    case "branch":
      return glob(argument(condition)).test(build.branch ?? "main");
    case "changeRequest":
      return build.changeRequest ?? false;
    case "buildingTag":
      return false;
    case "changeset":
      return (build.changes ?? []).some((path) => glob(argument(condition)).test(path));
    case "triggeredBy":
      return build.startedBy === argument(condition);
    case "not":
      return !conditionsHold(condition.body, build);
    case "allOf":
      return conditionsHold(condition.body, build);
    case "anyOf":
      return condition.body.some((inner) => holds(inner, build));
    default:
      throw new Error(`the condition ${condition.word} cannot be played yet`);
  }
}

/** Ant's patterns, as far as they are used: `**` spans folders, `*` does not. */
function glob(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/\*\*|\*/g, (stars) => (stars === "**" ? ".*" : "[^/]*"))}$`);
}

/** A step as a reader would say it: its word, and its main arguments. */
function describe({ word, args }: Word): string {
  const named: Record<string, unknown> = Array.isArray(args) ? { argument: args[0] } : { ...args };
  const { color, ...rest } = named;
  const main = rest.script ?? rest.message ?? rest.resource ?? rest.label ?? rest.bindings ?? rest.argument ?? "";
  const text = typeof main === "string" ? main.trim().replace(/\n\s*/g, "\n") : JSON.stringify(main);
  return [word, ...(color === undefined ? [] : [color]), text].join(" ").trim();
}

/** What stands in the braces of the word named. */
export function content(words: readonly Word[], name: string): readonly Word[] {
  return words.filter(({ word }) => word === name).flatMap(({ body }) => body);
}

/** The first unnamed argument. */
export function argument({ word, args }: Word): string {
  const first: unknown = Array.isArray(args) ? args[0] : undefined;
  if (typeof first !== "string") throw new Error(`${word} has no plain argument`);
  return first;
}
