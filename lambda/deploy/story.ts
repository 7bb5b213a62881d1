import { duration } from "../duration";
import { line, type Whole, whole } from "../line";
import { type Deploy, isStage, type Stage } from "./deploy";

/** One coherent line for a step of a deploy; one of a later agent or command is told in its own word. */
export function deployStory(deploy: Deploy): string {
  const tell = isStage(deploy.stage) ? STORIES[deploy.stage] : tellUnknown;
  return tell(deploy);
}

type Teller = (deploy: Deploy) => string;

const STORIES: Readonly<Record<Stage, Teller>> = {
  upgraded: (deploy) => {
    const did = deploy.previous === undefined ? "was installed" : `took the place of ${deploy.previous}`;
    return line`${release(deploy)} ${did} on ${host(deploy)}${span("in", deploy)}${why(deploy)}.`;
  },
  "rolled-back": (deploy) => {
    const back = `went back to ${before(deploy)}${span("after", deploy)}`;
    return line`${release(deploy)} failed on ${host(deploy)}, which ${back}${why(deploy)}.${rescue(deploy)}`;
  },
  "boot-failed": (deploy) =>
    line`${host(deploy)} did not come up with ${release(deploy)}${span("within", deploy)}${why(deploy)}.${rescue(deploy)}`,
  stuck: (deploy) => {
    const back = `could not go back to ${before(deploy)}`;
    return line`${release(deploy)} failed on ${host(deploy)}, which ${back} and is out of service${why(deploy)}.${rescue(deploy)}`;
  },
  replaced: (deploy) => line`${host(deploy)} asked Auto Scaling to replace it${why(deploy)} (${release(deploy)}).`,
  published: (deploy) => {
    const commit = deploy.commit === undefined ? "" : ` (commit ${deploy.commit})`;
    return line`${release(deploy)} is published${after("to", place(deploy))}${after("by", deploy.by)}${commit}${why(deploy)}.`;
  },
  "canary-healthy": (deploy) =>
    line`${release(deploy)} is healthy on its first host, ${host(deploy)}${span("after", deploy)}.`,
  rolling: (deploy) =>
    line`${release(deploy)} runs on ${deploy.done ?? "some"} of ${deploy.total ?? "all"} hosts${after("in", place(deploy))}.`,
  done: (deploy) => {
    const hosts = `all ${deploy.total === undefined ? "" : `${deploy.total} `}hosts`;
    return line`${release(deploy)} runs on ${hosts}${after("in", place(deploy))}, done${span("in", deploy)}${after("by", deploy.by)}.`;
  },
  failed: (deploy) => {
    const where = deploy.instance === undefined ? after("in", place(deploy)) : ` on ${host(deploy)}`;
    return line`${release(deploy)} failed${where}${span("after", deploy)}${why(deploy)}.${rescue(deploy)}`;
  },
  promoted: (deploy) =>
    line`${release(deploy)} is promoted${after("from", deploy.from)}${after("to", deploy.stack)}${after("by", deploy.by)}${why(deploy)}.`,
  "rolled-back-by-hand": (deploy) => {
    const versions = `${after("from", deploy.previous)} to ${deploy.version ?? "the version before"}`;
    return line`${deploy.package ?? "a package"} goes back${versions}${after("in", place(deploy))}${after("by", deploy.by)}${why(deploy)}.`;
  },
  withdrawn: (deploy) =>
    line`${release(deploy)} is withdrawn${after("in", place(deploy))}${after("by", deploy.by)}${why(deploy)}; no host takes it any more.`,
  requested: (deploy) => line`${deploy.by ?? "Somebody"} asked to ${wish(deploy)}; Jenkins has taken it on.`,
  "request-failed": (deploy) =>
    line`${deploy.by ?? "Somebody"} asked to ${wish(deploy)}, but Jenkins did not start it${why(deploy)}.`,
};

function tellUnknown(deploy: Deploy): string {
  const where = deploy.instance === undefined ? after("in", place(deploy)) : ` on ${host(deploy)}`;
  return line`${release(deploy)}: ${deploy.stage}${where}${span("after", deploy)}${why(deploy)}.`;
}

/**
 * @returns the command that takes a bad release out of a stack; where only a host says that it is bad, or it is about settings, one that shows more
 * and changes nothing; undefined where it could not be pasted safely
 */
export function rescueCommand(deploy: Deploy): string | undefined {
  const { package: name, stack, previous, stage } = deploy;
  const word = /^[a-z0-9][a-zA-Z0-9.+~-]*$/;
  if (!["failed", "boot-failed", "rolled-back", "stuck"].includes(stage)) return undefined;
  if (name === undefined || stack === undefined || !word.test(name) || !word.test(stack)) return undefined;
  if (isSettings(deploy)) return `towline env history ${name} --stack ${stack}`;
  if (stage !== "failed") return `towline releases ${name} --stack ${stack}`;
  const to = previous !== undefined && word.test(previous) ? ` --to ${previous}` : "";
  return `towline rollback ${name} --stack ${stack}${to}`;
}

function rescue(deploy: Deploy): Whole {
  const command = rescueCommand(deploy);
  const what = isSettings(deploy) ? "see what was changed" : deploy.stage === "failed" ? "roll back" : "look";
  return whole(command && ` To ${what}: ${command}`);
}

/** Whether it is about settings of an app rather than a version: those have the name of their entity tag. */
function isSettings({ version }: Deploy): boolean {
  return version?.startsWith("settings-") ?? false;
}

/** What a host goes back to. */
function before(deploy: Deploy): string {
  return deploy.previous ?? (isSettings(deploy) ? "the settings before" : "the version before");
}

function wish(deploy: Deploy): string {
  const { action, package: name = "a package", version, stack, from } = deploy;
  if (action === "rollback") return `roll ${name} back${after("to", version)}${after("in", stack)}`;
  return `promote ${release(deploy)}${after("from", from)}${after("to", stack)}`;
}

function release({ package: name = "a package", version }: Deploy): string {
  return version === undefined ? name : `${name} ${version}`;
}

function place({ stack, group, channel }: Deploy): string | undefined {
  const names = [stack, group].filter(Boolean).join("/");
  if (names === "") return undefined;
  return channel === undefined ? names : `${names} (channel ${channel})`;
}

function host(deploy: Deploy): string {
  const where = place(deploy);
  return `${deploy.instance ?? "a host"}${where === undefined ? "" : ` (${where})`}`;
}

/** The first line of the reason; the rest of a log stands below. */
function why({ reason }: Deploy): string {
  return reason === undefined ? "" : `: ${reason.split("\n", 1)[0]?.replace(/\.$/, "")}`;
}

function span(word: string, { seconds }: Deploy): string {
  return after(word, seconds === undefined ? undefined : duration(seconds));
}

/** @returns the value behind its preposition, or nothing where there is no value */
function after(word: string, value: string | undefined): string {
  return value === undefined ? "" : ` ${word} ${value}`;
}
