import { readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { sha256 } from "../checksum";
import type { DebFile } from "../deb/deb";
import { InputError, messageOf } from "../errors";
import { warn } from "../progress";
import { readIfThere } from "../read-if-there";
import { replaceFile } from "../replace-file";
import { checkedOut } from "../repository/provenance";
import { parseStanzas } from "../repository/stanzas";
import { tryTool } from "../tool";
import { debianComponents, findComponents } from "./find-components";
import { readSbom, renderSbom } from "./sbom";
import { aboutOf, type Build, parseStatement, type Statement, sbomOf, stateOrigin, subjectOf } from "./statement";

/** What a build says of a package: what is in it, and what it was made from. */
export interface Evidence {
  /** CycloneDX in JSON. */
  readonly sbom: string;
  /** In-toto statement in JSON. */
  readonly statement: string;
}

/** The files of a package's evidence, which lie beside it. */
export function evidenceFiles(debPath: string): { readonly sbom: string; readonly statement: string } {
  const stem = join(dirname(debPath), basename(debPath).replace(/\.deb$/, ""));
  return { sbom: `${stem}.cdx.json`, statement: `${stem}.provenance.json` };
}

export interface BuiltFrom {
  /** The tree that was packed. */
  readonly stage: string;
  /** The app's folder. */
  readonly folder: string;
  /** Time of the release, seconds since 1970. */
  readonly epoch: number;
  /** When the build began, milliseconds since the epoch. */
  readonly started: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Writes down what is in a package that was just built, and what it was built from. */
export async function writeEvidence(deb: DebFile, from: BuiltFrom): Promise<void> {
  const files = evidenceFiles(deb.path);
  const control = await readFile(join(from.stage, "DEBIAN", "control"), "utf8");
  const [fields] = parseStanzas(control);
  const relations = ["pre-depends", "depends"].flatMap((field) => fields?.get(field)?.replaceAll("\n", " ") ?? []);
  const components = [...(await findComponents(from.stage)), ...debianComponents(relations)];
  const sbom = await renderSbom(deb, components, from.epoch);
  const build = { ...(await buildOf(from)), started: from.started, finished: Date.now() };
  const statement = stateOrigin(deb, basename(deb.path), sbom, basename(files.sbom), build);
  // A statement is believed only beside its own SBOM: none of the two is there with an older one.
  await rm(files.statement, { force: true });
  await replaceFile(files.sbom, sbom);
  await replaceFile(files.statement, `${JSON.stringify(statement, null, 1)}\n`);
}

async function buildOf({ folder, environment }: BuiltFrom): Promise<Omit<Build, "started" | "finished">> {
  const { exitCode, stdout } = await tryTool("git", ["-C", folder, "config", "--get", "remote.origin.url"]);
  const remote = exitCode === 0 ? stdout.trim() : "";
  const url = environment.BUILD_URL ?? "";
  return {
    commit: await checkedOut(folder, "."),
    source: remote === "" ? null : withoutSecrets(remote),
    url: URL.canParse(url) ? url : null,
  };
}

/** The address of a repository, without the name and password that some carry. */
export function withoutSecrets(remote: string): string {
  if (!URL.canParse(remote)) return remote.replace(/^[^@/]*@/, "");
  const url = new URL(remote);
  [url.username, url.password, url.search, url.hash] = ["", "", "", ""];
  return url.href;
}

/**
 * The evidence beside a package.
 *
 * @returns undefined where there is none
 * @throws InputError where it is another package's, or was changed
 */
export async function readEvidence(deb: DebFile): Promise<Evidence | undefined> {
  const files = evidenceFiles(deb.path);
  const text = async (path: string) => (await readIfThere(path))?.toString("utf8");
  const [sbom, statement] = [await text(files.sbom), await text(files.statement)];
  if (statement === undefined) return undefined;
  if (sbom === undefined)
    throw new InputError(`${files.statement}: its SBOM ${files.sbom} is not there; build the package again`);
  const evidence = { sbom, statement };
  checkEvidence(deb, evidence, files.statement);
  return evidence;
}

/**
 * @param place of the statement, for people
 * @throws InputError where evidence is no evidence of a package
 */
export function checkEvidence(
  deb: Pick<DebFile, "path" | "sha256" | "name" | "version">,
  evidence: Evidence,
  place: string,
): void {
  const statement = stated(evidence.statement, place);
  if (subjectOf(statement) !== deb.sha256) {
    throw new InputError(
      `${place}: is about a package of sha256 ${subjectOf(statement)}, but ${deb.path} has ${deb.sha256}; build the package again`,
    );
  }
  const { package: name, version } = aboutOf(statement);
  if (name !== deb.name || version !== deb.version) {
    throw new InputError(
      `${place}: is about ${name} ${version}, not about ${deb.name} ${deb.version}; build the package again`,
    );
  }
  if (sbomOf(statement) !== sha256(evidence.sbom)) {
    throw new InputError(`${place}: is not about the SBOM beside it, which was changed; build the package again`);
  }
  readSbom(evidence.sbom, place);
}

function stated(text: string, place: string): Statement {
  try {
    return parseStatement(text);
  } catch (cause) {
    throw new InputError(`${place}: is no statement of a build of towline's: ${firstLine(messageOf(cause))}`, {
      cause,
    });
  }
}

function firstLine(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .join(" ")
    .slice(0, 200);
}

/**
 * Says that nobody knows what packages were built from: older ones and those of others have no evidence.
 *
 * @throws InputError where it is required
 */
export function missEvidence(packages: readonly string[], required: boolean): void {
  const [first, ...others] = packages;
  if (first === undefined) return;
  const what = others.length === 0 ? `${first} was` : `${first} and ${others.length} more were`;
  const sentence = `nothing says what ${what} built from, and what is in ${others.length === 0 ? "it" : "them"}`;
  if (required) throw new InputError(`${sentence}; build with this towline, or leave --require-provenance away`);
  warn(`${sentence}: 'towline affected' cannot look into ${others.length === 0 ? "it" : "them"}`);
}
