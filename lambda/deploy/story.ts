import { duration } from "../duration";
import type { Deploy } from "./deploy";

/** One coherent line for a step of a deploy. */
export function deployStory(deploy: Deploy): string {
  const { version, previous, reason, stack, from, done, total, commit, action } = deploy;
  const release = releaseOf(deploy);
  const where = stack === undefined ? "" : ` in ${placeOf(deploy)}`;
  const host = hostOf(deploy);
  const why = reason === undefined ? "" : `: ${reason.split("\n", 1)[0]?.replace(/\.$/, "")}`;
  const by = deploy.by === undefined ? "" : ` by ${deploy.by}`;
  const span = (word: string) => (deploy.seconds === undefined ? "" : ` ${word} ${duration(deploy.seconds)}`);
  const command = rollbackCommand(deploy);
  const rescue = command === undefined ? "" : ` To roll back: ${command}`;
  switch (deploy.stage) {
    case "upgraded": {
      const did = previous === undefined ? "was installed" : `took the place of ${previous}`;
      return `${release} ${did} on ${host}${span("in")}${why}.`;
    }
    case "rolled-back":
      if (deploy.instance === undefined) {
        return `${deploy.package ?? "a package"} goes back from ${version} to ${previous ?? "the version before"}${where}${by}${why}.`;
      }
      return `${release} failed on ${host}, which went back to ${previous ?? "the version before"}${span("after")}${why}.${rescue}`;
    case "boot-failed":
      return `${host} did not come up with ${release}${span("within")}${why}.${rescue}`;
    case "published":
      return `${release} is published${stack === undefined ? "" : ` to ${stack}`}${by}${commit === undefined ? "" : ` (commit ${commit})`}.`;
    case "canary-healthy":
      return `${release} is healthy on its first host, ${host}${span("after")}.`;
    case "rolling":
      return `${release} runs on ${done ?? "some"} of ${total ?? "all"} hosts${where}.`;
    case "done":
      return `${release} runs on ${total === undefined ? "all hosts" : `all ${total} hosts`}${where}, done${span("in")}${by}.`;
    case "failed":
      return `${release} failed${deploy.instance === undefined ? where : ` on ${host}`}${span("after")}${why}.${rescue}`;
    case "promoted":
      return `${release} is promoted${from === undefined ? "" : ` from ${from}`}${stack === undefined ? "" : ` to ${stack}`}${by}.`;
    case "withdrawn":
      return `${release} is withdrawn${where}${by}${why}; no host takes it any more.`;
    case "requested":
      return `${deploy.by ?? "Somebody"} asked to ${wish(deploy)}; Jenkins has taken it on.`;
    case "request-failed":
      return `${deploy.by ?? "Somebody"} asked to ${wish(deploy)}, but Jenkins did not start it${why}.`;
    default:
      return `${release}: ${deploy.stage}${deploy.instance === undefined ? where : ` on ${host}`}${span("after")}${why}.`;
  }
  function wish(asked: Deploy): string {
    if (action === "rollback") {
      return `roll ${asked.package ?? "a package"} back${version === undefined ? "" : ` to ${version}`}${where}`;
    }
    return `promote ${release}${from === undefined ? "" : ` from ${from}`}${stack === undefined ? "" : ` to ${stack}`}`;
  }
}

/** @returns the command that takes a bad release out of a stack; undefined where it could not be pasted safely */
export function rollbackCommand({ package: name, stack, previous, stage }: Deploy): string | undefined {
  const word = /^[a-z0-9][a-zA-Z0-9.+~-]*$/;
  if (!["failed", "boot-failed", "rolled-back"].includes(stage)) return undefined;
  if (name === undefined || stack === undefined || !word.test(name) || !word.test(stack)) return undefined;
  const to = previous !== undefined && word.test(previous) ? ` --to ${previous}` : "";
  return `towline rollback ${name} --stack ${stack}${to}`;
}

export function releaseOf({ package: name = "a package", version }: Deploy): string {
  return version === undefined ? name : `${name} ${version}`;
}

function placeOf({ stack, group }: Deploy): string {
  return [stack, group].filter(Boolean).join("/");
}

function hostOf(deploy: Deploy): string {
  const place = placeOf(deploy);
  const host = deploy.instance ?? "a host";
  return place === "" ? host : `${host} (${place})`;
}
