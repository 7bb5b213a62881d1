import { fitted } from "../shown-text";
import type { GroupExplanation } from "./explain-group";
import type { HostExplanation } from "./explain-host";
import type { VersionExplanation } from "./explain-version";
import type { Fact } from "./facts";
import type { Remedy } from "./remedies";
import { sentence } from "./sentence";

/** An explanation of any kind. */
export type Explanation = HostExplanation | GroupExplanation | VersionExplanation;

/** An explanation for people: what is so, by which facts, and what would change it. Nothing of it is cut. */
export function explanationLines(explanation: Explanation, terminal: boolean): string[] {
  const lines = linesOf(explanation).flatMap((line) => line.split("\n"));
  return terminal ? fitted(lines) : lines;
}

function linesOf(explanation: Explanation): string[] {
  switch (explanation.kind) {
    case "host":
      return hostLines(explanation);
    case "group":
      return groupLines(explanation);
    case "version":
      return versionLines(explanation);
  }
}

function hostLines(host: HostExplanation): string[] {
  const { group, instance, at, decisions, silent, reported } = host;
  return [
    `${host.stack}/${group}/${instance} at ${at}: ${sentence(host)}`,
    ...(silent ? [`  It has been silent since ${reported}: whether it does that, nobody knows.`] : []),
    ...(decisions.length === 0 ? [] : ["Why these versions:"]),
    ...decisions.map(({ package: name, installed, version, reason }) => {
      const wants =
        installed === version ? `stays with ${version}` : `has ${installed ?? "none"}, is to have ${version ?? "none"}`;
      return `  ${name} ${wants}: ${reason}`;
    }),
    ...factLines(host.facts),
    ...remedyLines(host.remedies),
    ...unknownLines(host.unknown),
  ];
}

function groupLines({ stack, group, at, hosts, silent, facts, unknown }: GroupExplanation): string[] {
  return [
    `${stack}/${group} at ${at}:`,
    ...(hosts.length === 0 ? ["  it has no hosts"] : []),
    ...hosts.flatMap((one) => [`  ${one.instances.join(", ")}: ${one.sentence}`, ...remedyLines(one.remedies, "  ")]),
    ...silent.map((one) => `  ${one} is silent: whether it does that, nobody knows`),
    ...factLines(facts),
    ...unknownLines(unknown),
  ];
}

function versionLines({ stack, package: name, version, at, state, record, groups }: VersionExplanation): string[] {
  return [
    `${name} ${version} in ${stack} at ${at}: ${state ?? "nothing is known of its publication"}`,
    ...record.map((line) => `  ${line}`),
    ...groups.flatMap((one) => [
      `${one.group}: ${one.word}${one.reason === "" ? "" : `: ${one.reason}`}`,
      `  it runs on ${one.runs.join(", ") || "no host"}`,
      ...one.others.map((other) => `  ${other.instance} ${other.sentence}`),
      ...factLines(one.facts),
      ...unknownLines(one.unknown),
    ]),
  ];
}

function factLines(facts: readonly Fact[]): string[] {
  return ["By these objects:", ...facts.map(({ object, at, says }) => `  ${object}${at ? ` of ${at}` : ""}: ${says}`)];
}

function remedyLines(remedies: readonly Remedy[], indent = ""): string[] {
  if (remedies.length === 0) return [];
  return [
    `${indent}What would change it:`,
    ...remedies.map(({ when, next }) => `${indent}  once ${when}, it ${sentence(next)}`),
  ];
}

function unknownLines(unknown: readonly string[]): string[] {
  return unknown.map((one) => `Not known: ${one}.`);
}
